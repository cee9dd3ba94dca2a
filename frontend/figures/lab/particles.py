"""Particles that descended their MMD to a marginal, over lines that hold a share of that marginal (paper V)."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from frontend.figures.lab.records import Floats
from frontend.theme import base_layout, palette

Json = Mapping[str, Any]

SEEDS = (0, 2, 3, 1)
"""Places of the seeds in the categorical palette, in the order of the rows."""
SHARES = (0.5, 0.9, 0.99)
"""What each line holds of the marginal."""
LOGISTIC_SCALE = np.sqrt(3) / np.pi
"""Of a logistic of unit variance."""
EXCESS_KURTOSIS = {"normal": 0.0, "logistic": 1.2}
"""The excess kurtosis of each marginal itself."""


def scatter(result: Json, marginal: str, *, scheme: str | None) -> go.Figure:
    """The particles of every seed of a marginal.

    Args:
        result: of the bench; its ``rows`` hold ``points`` of shape [500, 2].
        marginal: ``normal`` or ``logistic``.
        scheme: light or dark.
    """
    colours = palette(scheme)
    figure = go.Figure()
    for share in SHARES:
        x, y = outline(marginal, share)
        figure.add_scatter(
            x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, line={"color": colours.muted, "width": 1},
        )  # fmt: skip
        at = int(np.argmax(y))
        figure.add_annotation(
            x=x[at], y=y[at], text=f"{share:.0%}".replace("%", " %"), showarrow=False, yanchor="bottom",
            font={"size": 11, "color": colours.text}, bgcolor=colours.surface, borderpad=1,
        )  # fmt: skip
    for place, row in zip(SEEDS, rows(result, marginal), strict=False):
        points = np.asarray(row["points"], float).reshape(-1, 2)
        figure.add_scatter(
            x=points[:, 0], y=points[:, 1], mode="markers", name=f"seed {row['seed']}",
            marker={"size": 4.5, "color": colours.series[place], "opacity": 0.75, "line": {"width": 0}},
            hovertemplate="%{x:.3f}, %{y:.3f}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    figure.update_layout(base_layout(colours))
    figure.update_layout(
        margin={"l": 40, "r": 10, "t": 30, "b": 42}, hovermode="closest", uirevision=f"particles {marginal}",
        legend={
            "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "itemsizing": "constant",
        },
    )  # fmt: skip
    across = _across(result)
    title = {"standoff": 4}
    figure.update_xaxes(range=[-across, across], constrain="domain", title={**title, "text": "first dimension"})
    figure.update_yaxes(range=[-across, across], scaleanchor="x", title={**title, "text": "second dimension"})
    return figure


def rows(result: Json, marginal: str) -> list[Json]:
    """What settled beside a marginal, by seed."""
    return [row for row in result["rows"] if row["marginal"] == marginal]


def table(result: Json, marginal: str) -> dict[str, Sequence[Any]]:
    """One row for each particle."""
    found = [(row["marginal"], row["seed"], *point) for row in rows(result, marginal) for point in row["points"]]
    return {name: [row[at] for row in found] for at, name in enumerate(("marginal", "seed", "x", "y"))}


@cache
def outline(marginal: str, share: float) -> tuple[list[float], list[float]]:
    """The line m(x) m(y) = L inside which a share of the marginal lies, closed.

    For each x on it, y is where the density is L / m(x).
    """
    density, where = _ONE[marginal]
    level = _level(density, share)
    peak = float(density(np.zeros(1))[0])
    half = float(where(np.array([level / peak]))[0]) * np.sin(np.linspace(-np.pi / 2, np.pi / 2, 121))
    upper = where(np.minimum(level / density(half), peak))
    return [*half, *half[::-1]], [*upper, *-upper[::-1]]


def _level(density: Callable[[Floats], Floats], share: float) -> float:
    """The height of the product of two densities above which a share of it lies."""
    grid = np.linspace(0, 10, 801)
    one = density(grid)
    heights = np.outer(one, one).ravel()
    one[0] /= 2  # the axes belong to two quarters
    masses, falling = np.outer(one, one).ravel(), np.argsort(-heights)
    inside = np.cumsum(masses[falling]) / masses.sum()
    return float(heights[falling][np.searchsorted(inside, share)])


def _normal(x: Floats) -> Floats:
    density: Floats = np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    return density


def _where_normal(density: Floats) -> Floats:
    place: Floats = np.sqrt(-2 * np.log(density * np.sqrt(2 * np.pi)).clip(max=0))
    return place


def _logistic(x: Floats) -> Floats:
    density: Floats = np.cosh(x / (2 * LOGISTIC_SCALE)) ** -2 / (4 * LOGISTIC_SCALE)
    return density


def _where_logistic(density: Floats) -> Floats:
    place: Floats = 2 * LOGISTIC_SCALE * np.arccosh((4 * LOGISTIC_SCALE * density).clip(max=1) ** -0.5)
    return place


_ONE: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "normal": (_normal, _where_normal),
    "logistic": (_logistic, _where_logistic),
}
"""The density of each marginal in one dimension, and where, right of 0, it has a given value."""


def _across(result: Json) -> float:
    """How far the axes reach, the same for every marginal, so that tails compare."""
    furthest = max((abs(value) for row in result["rows"] for point in row["points"] for value in point), default=0.0)
    outlines = [max(outline(marginal, SHARES[-1])[0]) for marginal in _ONE]
    return 1.06 * max(furthest, *outlines)

"""Proposition 1 of paper I on two points: where the encoder's N(±c, s²) goes over training, and what it ends as."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from frontend.figures.lab.records import Floats
from frontend.theme import Palette, base_layout, palette

Json = Mapping[str, Any]

NAMES = {"elbo": "ELBO", "infovae": "InfoVAE"}
COLOURS = {"elbo": 0, "infovae": 2}
"""Places in the categorical palette."""
UPPER = ("below", "to")
"""Words of a bound that a quantity stays under."""
SYMBOLS = {"c": "c", "s": "s", "sigma": "σ"}
LEAST = 1e-12
"""End of an axis for what falls to nothing: under the ELBO σ leaves what a computer can write."""
TALLEST = 2.0
"""A density above this is cut off: a spike would flatten m(z) to a line."""


def curve(result: Json, quantity: str, *, scheme: str | None) -> go.Figure:
    """One quantity over the steps of both objectives, on a logarithmic axis.

    Args:
        result: of the bench; its ``curves`` hold ``step``, ``c``, ``s`` and ``sigma`` of each objective.
        quantity: ``c``, ``s`` or ``sigma``.
        scheme: light or dark.
    """
    colours = palette(scheme)
    figure = go.Figure(
        [
            go.Scatter(
                x=each["step"], y=each[quantity], mode="lines", name=NAMES[each["objective"]],
                line={"color": _ink(each["objective"], colours), "width": 2},
                hovertemplate=f"step %{{x}}<br>{SYMBOLS[quantity]} = %{{y:.4~g}}<extra>%{{fullData.name}}</extra>",
            )
            for each in result["curves"]
        ]
    )  # fmt: skip
    for objective in NAMES:
        for word, value in asked(result, objective).get(quantity, {}).items():
            _bound(figure, value, f"{NAMES[objective]} {word} {value:g}", _ink(objective, colours), under=word in UPPER)
    _lay_out(figure, colours, f"proposition {quantity}")
    low, high = _powers(result, quantity)
    ticks = _ticks(low, high)
    figure.update_yaxes(
        type="log", range=[low, high], tickvals=ticks, ticktext=[_power(each) for each in ticks],
        title={"text": SYMBOLS[quantity], "standoff": 4},
    )  # fmt: skip
    figure.update_xaxes(title={"text": "Adam step", "standoff": 6}, nticks=5)
    return figure


def asked(result: Json, objective: str) -> dict[str, dict[str, float]]:
    """Where each quantity of an objective should be at the end: by quantity, the word of each bound and its value.

    Args:
        result: of the bench; its ``bars`` hold them by objective, as ``c_above``; a result without them asks nothing.
        objective: whose.
    """
    found: dict[str, dict[str, float]] = {}
    for name, value in ((result.get("bars") or {}).get(objective) or {}).items():
        quantity, _, word = name.partition("_")
        found.setdefault(quantity, {})[word] = float(value)
    return found


def _bound(figure: go.Figure, value: float, words: str, ink: str, *, under: bool) -> None:
    figure.add_hline(y=value, line={"color": ink, "width": 1, "dash": "4px,3px"})
    figure.add_annotation(
        x=1, xref="paper", y=np.log10(value), text=words, showarrow=False, xanchor="right",
        yanchor="top" if under else "bottom", font={"size": 11, "color": ink},
    )  # fmt: skip


def densities(result: Json, objective: str, *, scheme: str | None) -> go.Figure:
    """q(z|x = 1), q(z|x = -1) and m(z) at the last step of an objective: the top row of the paper's figure 1."""
    colours = palette(scheme)
    table = density_table(result, objective)
    lines = (
        ("m(z)", "m(z)", colours.line, colours.shade),
        ("q(z|x = −1)", "q(z|x=-1)", colours.series[1], None),
        ("q(z|x = 1)", "q(z|x=1)", colours.series[3], None),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=table["z"], y=table[column], mode="lines", name=name, line={"color": ink, "width": 1.8},
                fill="tozeroy" if fill else None, fillcolor=fill,
                hovertemplate="z = %{x:.3f}<br>%{y:.3f}<extra>%{fullData.name}</extra>",
            )
            for name, column, ink, fill in lines
        ]
    )  # fmt: skip
    _lay_out(figure, colours, f"proposition {objective}")
    top = _top(result)
    widest = max(end[0] for end in map(_end, result["curves"]))
    across = 1.12 * max(widest, 3.0)
    centre, scale = _end(_of(result, objective))
    if _peak(scale) > top:
        for place in (centre, -centre):
            figure.add_annotation(
                x=place, y=top, text=f"up to {_peak(scale):.0f}", showarrow=False, yanchor="top",
                xanchor="right" if place > 0 else "left", xshift=-6 if place > 0 else 6,
                font={"size": 11, "color": colours.muted},
            )  # fmt: skip
    figure.update_xaxes(range=[-across, across], title={"text": "z", "standoff": 4})
    figure.update_yaxes(range=[0, top], title={"text": "density", "standoff": 4})
    return figure


def curve_table(result: Json, quantity: str) -> dict[str, Sequence[Any]]:
    """One row for each step kept of each objective."""
    curves = result["curves"]
    return {
        "objective": [each["objective"] for each in curves for _ in each["step"]],
        "step": [step for each in curves for step in each["step"]],
        quantity: [value for each in curves for value in each[quantity]],
    }


def density_table(result: Json, objective: str) -> dict[str, Sequence[Any]]:
    """The three densities of an objective over z, with places enough around each code."""
    centre, scale = _end(_of(result, objective))
    widest = max(end[0] for end in map(_end, result["curves"]))
    across = 1.2 * max(widest, 3.0)
    near = centre + scale * np.linspace(-8, 8, 161)
    z = np.unique(np.concatenate([np.linspace(-across, across, 241), near, -near]))
    return {
        "z": z.tolist(),
        "q(z|x=-1)": _normal(z, -centre, scale).tolist(),
        "q(z|x=1)": _normal(z, centre, scale).tolist(),
        "m(z)": _normal(z, 0.0, 1.0).tolist(),
    }


def _of(result: Json, objective: str) -> Json:
    found: Json = next(each for each in result["curves"] if each["objective"] == objective)
    return found


def _end(curve: Json) -> tuple[float, float]:
    """Where the code of x = 1 ended, and its scale."""
    return abs(float(curve["c"][-1])), abs(float(curve["s"][-1]))


def _peak(scale: float) -> float:
    return float(1 / (scale * np.sqrt(2 * np.pi)))


def _normal(z: Floats, mean: float, scale: float) -> Floats:
    density: Floats = np.exp(-0.5 * ((z - mean) / scale) ** 2) * _peak(scale)
    return density


def _top(result: Json) -> float:
    """The end of the densities' axis, the same for both objectives."""
    peaks = [_peak(1.0), *(_peak(_end(each)[1]) for each in result["curves"])]
    return 1.12 * max(peak for peak in peaks if peak <= TALLEST)


def _powers(result: Json, quantity: str) -> tuple[float, float]:
    """Ends of a logarithmic axis for a quantity and what is asked of it; a line that falls to nothing leaves it."""
    reached = [value for each in result["curves"] for value in each[quantity]]
    bounds = [value for each in NAMES for value in asked(result, each).get(quantity, {}).values()]
    levels = [max(value, LEAST) for value in [*reached, *bounds]]
    low, high = float(np.log10(min(levels))), float(np.log10(max(levels)))
    room = 0.08 * (high - low) + 0.02
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Places of round numbers: 1, 2, 5 in each power of ten, or some of the powers alone where there are many."""
    every = max(1, round((high - low) / 5))
    steps = (1, 2, 5) if high - low < 2 else (1,)
    powers = range(int(np.floor(low)), int(np.ceil(high)) + 1)
    found = [step * 10.0**power for power in powers if power % every == 0 for step in steps]
    return [each for each in found if low <= np.log10(each) <= high]


def _power(value: float) -> str:
    """A tick's number; a small one as a power of ten."""
    return f"{value:g}" if value >= 1e-3 else f"10<sup>\u2212{round(-np.log10(value))}</sup>"


def _ink(objective: str, colours: Palette) -> str:
    return colours.series[COLOURS[objective]]


def _lay_out(figure: go.Figure, colours: Palette, name: str) -> None:
    figure.update_layout(base_layout(colours))
    figure.update_layout(
        margin={"l": 58, "r": 16, "t": 30, "b": 42}, hovermode="closest", uirevision=name,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
    )  # fmt: skip

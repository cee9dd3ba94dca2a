"""Lines that help to read the plane: the bound D = H - R and lines of equal ELBO."""

import math
import re
from textwrap import wrap

import plotly.graph_objects as go

from frontend.figures.frontiers import Bound
from frontend.figures.window import Window
from frontend.formats import compact, number
from frontend.query import View
from frontend.theme import Palette


def short_ids(text: str) -> str:
    """A text with its long ids cut to what tells them apart."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{24}\b", "\\1\u2026", text)


def bound_traces(bound: Bound | None, view: View, window: Window, colours: Palette) -> list[go.Scatter]:
    """D = H - R, and the region below it."""
    if bound is None:
        return []
    entropy, far = bound.value, max(bound.value, window.x1) * 4
    if view.axes == "skew":
        line, region = ([0.0, far], [entropy, entropy]), ([0.0, far, far, 0.0], [entropy, entropy, 0.0, 0.0])
    else:
        line, region = ([0.0, entropy], [entropy, 0.0]), ([0.0, entropy, 0.0], [entropy, 0.0, 0.0])
    return [
        go.Scatter(
            x=region[0], y=region[1], fill="toself", fillcolor=colours.shade, mode="none", hoverinfo="skip",
            name="infeasible", showlegend=False,
        ),
        go.Scatter(
            x=line[0], y=line[1], mode="lines", hoverinfo="skip", name="D = H − R", showlegend=False,
            line={"color": colours.muted, "width": 1.2, "dash": "4px,3px"},
        ),
    ]  # fmt: skip


def name_bound(figure: go.Figure, bound: Bound | None, view: View, window: Window, colours: Palette) -> None:
    if bound is None:
        return
    skew = view.axes == "skew"
    what = "R + D < H" if skew else "D < H − R"
    where = "shaded" if window.y0 < bound.value else "below"
    figure.add_annotation(
        x=0.992 if skew else 0.008, y=0.012, xref="paper", yref="paper", xanchor="right" if skew else "left",
        yanchor="bottom", align="right" if skew else "left", showarrow=False,
        text="<br>".join(_known(bound, where, what) if bound.exact else _bounded(bound, where, what)),
        font={"size": 11, "color": colours.muted},
    )  # fmt: skip


def _known(bound: Bound, where: str, what: str) -> list[str]:
    return [f"{where}: {what}, infeasible", f"{bound.source}: H = {number(bound.value, 4)}"]


def _bounded(bound: Bound, where: str, what: str) -> list[str]:
    return [
        f"{where}: {what} at the best known bound,",
        *wrap(f"H ≤ {number(bound.value)}, {short_ids(bound.source)}", width=44),
        "(infeasible if H is that large)",
    ]


def _levels(window: Window, view: View) -> list[float]:
    """Round values of R + D that cross the view."""
    if view.axes == "skew":
        low, high = window.y0, window.y1
    else:
        low, high = max(window.x0, 0.0) + window.y0, window.x1 + window.y1
    rough = max(high - low, 1e-9) / 8
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1) if step * index > 0]


def iso_elbo(view: View, window: Window, colours: Palette) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for level in _levels(window, view):
        x += [0.0, window.x1 * 4 if view.axes == "skew" else level, None]
        y += [level, level if view.axes == "skew" else 0.0, None]
    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, name="equal R + D",
        line={"color": colours.axis, "width": 1}, opacity=0.75,
    )  # fmt: skip


def name_iso_elbo(figure: go.Figure, view: View, window: Window, colours: Palette) -> None:
    """Names the lines at the right or upper edge, where points are few."""
    if view.axes == "skew":
        return
    for level in _levels(window, view):
        x, y = window.x1, level - window.x1
        if not window.y0 < y < window.y1:
            continue
        figure.add_annotation(
            x=x, y=y, text=f"R + D = {compact(level)}", showarrow=False, xanchor="right", yanchor="bottom",
            font={"size": 10, "color": colours.muted}, opacity=0.8,
        )  # fmt: skip

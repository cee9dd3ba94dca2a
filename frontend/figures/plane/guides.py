"""Lines that help to read the plane: the bound D = H - R and lines of equal ELBO."""

import math
import re
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from frontend.figures.plane import lines
from frontend.figures.plane.frontiers import Bound
from frontend.figures.plane.window import Window, spot
from frontend.theme import Palette
from frontend.views.query import View
from frontend.words.formats import compact, number


def short_ids(text: str) -> str:
    """A text with its long ids cut to what tells them apart."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{24}\b", "\\1\u2026", text)


def bound_traces(bound: Bound | None, view: View, window: Window, colours: Palette) -> list[go.Scatter]:
    """D = H - R, and the region below it."""
    if bound is None:
        return []
    entropy, far = bound.value, max(bound.value, window.x1) * 4
    # On skew axes the region goes on to rates above H, where D would be below 0.
    end = far if view.axes == "skew" else entropy
    border = lines.line([0.0, end], [entropy, entropy - end], view)
    low_x, low_y = (lines.TINY if axis in view.logs else 0.0 for axis in ("x", "y"))
    region = ([*border[0], border[0][-1], low_x], [*border[1], low_y, low_y])
    return [
        go.Scatter(
            x=region[0], y=region[1], fill="toself", fillcolor=colours.shade, mode="none", hoverinfo="skip",
            name="infeasible", showlegend=False,
        ),
        go.Scatter(
            x=border[0], y=border[1], mode="lines", hoverinfo="skip", name="D = H − R", showlegend=False,
            line={"color": colours.muted, "width": 1.2, "dash": "4px,3px"},
        ),
    ]  # fmt: skip


BOUND_NAME = "bound"
"""Of the annotation, which a narrow screen has no room for."""

_PLOT = (640, 320)
"""Pixels across and up of a small plot on a wide screen: what fits there fits on larger ones."""
_LETTER, _LINE = 5.8, 14.5
"""Pixels of a letter, on average, and of a line, in the font of the words."""
_EDGE = (0.008, 0.012)
"""Between the words and the corner, as shares of the plot."""


def bound_lines(bound: Bound, window: Window) -> list[str]:
    """What the region below the bound is, in lines."""
    where, what = "shaded" if window.y0 < bound.value else "below", "R + D < H"
    return _known(bound, where, what) if bound.exact else _bounded(bound, where, what)


def says_bound(figure: go.Figure) -> bool:
    """Whether the region is named in the plot itself."""
    return any(note.name == BOUND_NAME for note in figure.layout.annotations)


def name_bound(figure: go.Figure, bound: Bound | None, view: View, window: Window, colours: Palette) -> None:
    """Names the shaded region where the words fit inside it: elsewhere they would stand over points."""
    if bound is None:
        return
    words = bound_lines(bound, window)
    if not _fit(words, bound, view, window):
        return
    skew = view.axes == "skew"
    figure.add_annotation(
        x=1 - _EDGE[0] if skew else _EDGE[0], y=_EDGE[1], xref="paper", yref="paper",
        xanchor="right" if skew else "left", yanchor="bottom", align="right" if skew else "left", showarrow=False,
        text="<br>".join(map(escape, words)), name=BOUND_NAME,
        font={"size": 11, "color": colours.muted},
    )  # fmt: skip


def _fit(words: list[str], bound: Bound, view: View, window: Window) -> bool:
    """Whether each line, from its top at its far end, is below the bound in the first view of a small plot."""
    ends = [_EDGE[0] + len(line) * _LETTER / _PLOT[0] for line in words]
    tops = [_EDGE[1] + index * _LINE / _PLOT[1] for index in range(len(words), 0, -1)]
    across = [max(_at(share, "x", view, window.x0, window.x1), 0.0) for share in ends]
    up = [_at(share, "y", view, window.y0, window.y1) for share in tops]
    sums = up if view.axes == "skew" else [x + y for x, y in zip(across, up, strict=True)]
    return max(sums) < bound.value


def _at(share: float, axis: str, view: View, low: float, high: float) -> float:
    """The value that stands at a share of an axis."""
    if axis in view.logs:
        return float(low * (high / low) ** share)
    return low + share * (high - low)


def _known(bound: Bound, where: str, what: str) -> list[str]:
    return [f"{where}: {what}, infeasible", f"{bound.source}: H = {number(bound.value, 4)}"]


def _bounded(bound: Bound, where: str, what: str) -> list[str]:
    source = f"H ≤ {number(bound.value)}, {short_ids(bound.source)}"
    return [
        f"{where}: {what}, infeasible for the",
        "best known upper bound on H:",
        *wrap(source, width=44),
        "H itself, and so the true border, may lie lower",
    ]


def _levels(bound: Bound | None, view: View, window: Window) -> list[float]:
    """Round values of R + D that cross the view; above 0, unless H has no bound, where D and R + D may be negative."""
    if view.axes == "skew":
        low, high = window.y0, window.y1
    else:
        low, high = max(window.x0, 0.0) + window.y0, window.x1 + window.y1
    rough = max(high - low, 1e-9) / 8
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    levels = [step * index for index in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return levels if bound is None else [level for level in levels if level > 0]


def iso_elbo(bound: Bound | None, view: View, window: Window, colours: Palette) -> go.Scatter:
    """Lines of equal R + D, down to D = 0, or where H has no bound to far below the view."""
    x: list[float | None] = []
    y: list[float | None] = []
    lowest = min(0.0, window.y0 - 4 * (window.y1 - window.y0)) if bound is None else 0.0
    for level in _levels(bound, view, window):
        end = window.x1 * 4 if view.axes == "skew" else level - lowest
        across, up = lines.line([0.0, end], [level, level - end], view)
        x += [*across, None]
        y += [*up, None]
    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, name="equal R + D",
        line={"color": colours.axis, "width": 1}, opacity=0.75,
    )  # fmt: skip


def name_iso_elbo(figure: go.Figure, bound: Bound | None, view: View, window: Window, colours: Palette) -> None:
    """Names the lines at the right or upper edge, where points are few."""
    if view.axes == "skew":
        return
    for level in _levels(bound, view, window):
        x, y = window.x1, level - window.x1
        if not window.y0 < y < window.y1:
            continue
        figure.add_annotation(
            x=spot(x, "x", view), y=spot(y, "y", view), text=f"R + D = {compact(level)}",
            showarrow=False, xanchor="right", yanchor="bottom", font={"size": 10, "color": colours.muted}, opacity=0.8,
        )  # fmt: skip

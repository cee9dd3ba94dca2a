"""The marks of the points: one trace for each look with error bars, or thousands in one WebGL trace."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from frontend.figures.plane.hover import head, hover
from frontend.figures.plane.looks import Looks
from frontend.figures.plane.marks import UNSELECTED, Mark
from frontend.figures.plane.records import PlanePoint, ids_of
from frontend.figures.plane.window import place
from frontend.theme import Palette
from frontend.views.query import View

MANY = 3000
"""Above this count of points SVG becomes slow: one WebGL trace draws them all, without error bars."""
MOST_SLOTS = 32
"""Above this count of colours they are a scale, and each point has its own."""


def points_traces(
    records: Sequence[PlanePoint], looks: Looks, view: View, colours: Palette
) -> list[go.Scatter | go.Scattergl]:
    """The points that have a place on the axes."""
    if len(records) > MANY:
        return [_cloud(records, looks, view)]
    kinds: dict[tuple[str, bool, str], list[PlanePoint]] = defaultdict(list)
    for record in records:
        mark = looks.marks[record.id]
        # Colours on a scale are as many as points: those are one trace for each shape.
        kinds[mark.shape, mark.filled, mark.colour if looks.scale is None else ""].append(record)
    return [_kind(members, looks, view, colours) for _, members in sorted(kinds.items())]


def _kind(members: Sequence[PlanePoint], looks: Looks, view: View, colours: Palette) -> go.Scatter:
    """All points that look the same, or on a scale of colours have the same shape."""
    used = [looks.marks[point.id] for point in members]
    mark = used[0]
    one = looks.scale is None
    fill = mark.colour if one else [each.colour for each in used]
    errors = {"color": mark.colour if one else colours.muted, "thickness": 1, "width": 3}
    tuples = {point.symbols for point in members}
    return go.Scatter(
        x=[point.rate for point in members],
        y=[place(point, view)[1] for point in members],
        error_x={"type": "data", "array": [point.rate_stderr or 0.0 for point in members], **errors},
        error_y={"type": "data", "array": [_height_error(point, view) for point in members], **errors},
        mode="markers",
        name=tuples.pop() if len(tuples) == 1 else "points",
        showlegend=False,
        customdata=[ids_of(point) for point in members],
        hovertext=[hover(point) for point in members],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "size": 12, "symbol": mark.symbol, "color": fill, "opacity": 1.0,
            "line": _rim(mark, fill, colours),
        },
        unselected=UNSELECTED,
    )  # fmt: skip


def _rim(mark: Mark, fill: object, colours: Palette) -> dict[str, object]:
    return {"width": 1.2, "color": colours.surface} if mark.filled else {"width": 2.2, "color": fill}


def _height_error(point: PlanePoint, view: View) -> float:
    """The error of what goes up: of D, or of R + D, which has one of its own where it is known."""
    if view.axes == "skew" and point.neg_elbo_stderr is not None:
        return point.neg_elbo_stderr
    return point.distortion_stderr or 0.0


def _cloud(records: Sequence[PlanePoint], looks: Looks, view: View) -> go.Scattergl:
    """Every point in one WebGL trace; its ids, words and shapes are texts in ``meta``, which the browser unfolds.

    Plotly checks and copies every element of a list, several times; it does neither with arrays and texts.
    """
    up = "R + D" if view.axes == "skew" else "D"
    used = [looks.marks[record.id] for record in records]
    return go.Scattergl(
        x=np.array([record.rate for record in records]),
        y=np.array([place(record, view)[1] for record in records]),
        mode="markers",
        name="points",
        showlegend=False,
        meta={
            "ids": " ".join(",".join(ids_of(record)) for record in records),
            "words": _words(records),
            "symbols": _joined([look.number for look in used]),
        },
        hovertemplate=f"%{{text}}<br>R  %{{x:.2f}}<br>{up}  %{{y:.2f}}<extra></extra>",
        marker={"size": 7, "opacity": 0.85, **_colours(used)},
        unselected=UNSELECTED,
    )  # fmt: skip


def _joined(numbers: Sequence[int]) -> str:
    """Numbers as one text."""
    return " ".join(map(str, numbers))


def _colours(used: Sequence[Mark]) -> dict[str, object]:
    """The colour of each mark: its place on a scale that has just these, where they are few."""
    slots = {colour: slot for slot, colour in enumerate(dict.fromkeys(mark.colour for mark in used))}
    if not 1 < len(slots) <= MOST_SLOTS:
        return {"color": [mark.colour for mark in used]}
    last = len(slots) - 1
    return {
        "color": np.array([slots[mark.colour] for mark in used], dtype=np.uint8),
        "colorscale": [[slot / last, colour] for colour, slot in slots.items()],
        "cmin": 0,
        "cmax": last,
        "showscale": False,
    }


def _words(records: Sequence[PlanePoint]) -> list[dict[str, Any]]:
    """The lines of each hover: the different ones, and which of them each point has."""
    columns: list[dict[str, Any]] = []
    for lines in zip(*map(head, records), strict=True):
        slots: dict[str, int] = {}
        at = [slots.setdefault(line, len(slots)) for line in lines]
        columns.append({"words": list(slots), "at": _joined(at)})
    return columns

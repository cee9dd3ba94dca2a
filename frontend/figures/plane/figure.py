"""The rate-distortion plane: points, frontiers, the bound D = H - R, and lines of equal ELBO."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from frontend.figures.plane import band, legend, published
from frontend.figures.plane.channels import DERIVED
from frontend.figures.plane.cloud import points_traces
from frontend.figures.plane.frontiers import Bound, Frontier, overlays
from frontend.figures.plane.guides import bound_traces, iso_elbo, name_bound, name_iso_elbo
from frontend.figures.plane.looks import Looks, looks
from frontend.figures.plane.records import Measured, PlanePoint
from frontend.figures.plane.window import Window, stands, window_of
from frontend.theme import Palette, base_layout, palette
from frontend.views.query import View

RATE_TITLE = "rate R (nats)"
DISTORTION_TITLE = "distortion D (nats)"
SKEW_TITLE = "R + D (nats)"


def plane(
    records: Sequence[PlanePoint],
    groups: Sequence[Frontier],
    bound: Bound | None,
    *,
    view: View,
    scheme: str | None,
    everything: Mapping[str, PlanePoint] | None = None,
    unplaced: Sequence[Measured] = (),
    coded: Looks | None = None,
) -> go.Figure:
    """The figure.

    Args:
        records: the points to draw.
        groups: staircases and hulls to draw, by the ids of ``everything``.
        bound: best known upper bound on H; None where it has none, as the differential entropy of real-valued data.
        view: axes, overlays, layers.
        scheme: light or dark.
        everything: all points by id, for frontiers that pass through points not drawn; default ``records``.
        unplaced: points whose R is not defined, which stand in a band at the edge.
        coded: the looks of the points, and of those that the legend is about besides; default of those drawn.
    """
    colours = palette(scheme)
    by_id = everything if everything is not None else {record.id: record for record in records}
    beside = list(unplaced) if band.stands(view) else []
    drawn = [record for record in records if stands(record, view)]
    if coded is None:
        all_points = [*records, *beside]
        coded = looks(all_points, all_points, view, colours, [point.id for point in beside])
    window = window_of(records, bound, view, [point.distortion for point in beside])
    figure = go.Figure()
    for trace in (
        *bound_traces(bound, view, window, colours),
        iso_elbo(bound, view, window, colours),
        *overlays(groups, by_id, view, colours, group_colours(by_id.values(), coded, view)),
        *published.published(view, window, colours),
        *points_traces(drawn, coded, view, colours),
    ):
        figure.add_trace(trace)
    figure.add_trace(band.band(beside, coded, colours) if beside else band.absent())
    for trace in legend.legend(coded, view, colours):
        figure.add_trace(trace)
    layout = _layout(view, window, colours)
    figure.update_layout(band.beside(layout, colours) if beside else band.without(layout))
    name_bound(figure, bound, view, window, colours)
    name_iso_elbo(figure, bound, view, window, colours)
    return figure


def group_colours(records: Iterable[PlanePoint], coded: Looks, view: View) -> dict[str, str]:
    """The colours of groups that the points have already: where colour and groups say the same."""
    channel = {"architecture": "tuple"}.get(view.group, view.group)
    if channel != view.colour or channel in ("none", "decoder"):  # a decoder's colour says its network too
        return {}
    value = DERIVED[channel].value
    return {str(value(point)): coded.marks[point.id].colour for point in records if point.id in coded.marks}


def _exactly(low: float, high: float) -> dict[str, Any]:
    """An automatic range with these ends: what is not automatic is a person's zoom, and the browser keeps it."""
    return {"autorange": True, "autorangeoptions": {"include": [low, high], "clipmin": low, "clipmax": high}}


def _axis(name: str, low: float, high: float, view: View) -> dict[str, Any]:
    """One axis: linear, or logarithmic with plain numbers at its ticks."""
    kind = {"type": "log", "tickformat": "~g"} if name in view.logs else {"type": "linear"}
    return {**_exactly(low, high), **kind}


def _layout(view: View, window: Window, colours: Palette) -> dict[str, Any]:
    layout = base_layout(colours)
    skew = view.axes == "skew"
    layout["xaxis"] = {
        **layout["xaxis"],
        **_axis("x", window.x0, window.x1, view),
        "title": {**layout["xaxis"]["title"], "text": RATE_TITLE},
    }
    layout["yaxis"] = {
        **layout["yaxis"],
        **_axis("y", window.y0, window.y1, view),
        "title": {**layout["yaxis"]["title"], "text": SKEW_TITLE if skew else DISTORTION_TITLE},
    }
    return {
        **layout,
        "margin": {"l": 62, "r": 12, "t": 30, "b": 46},
        "legend": {
            **layout["legend"],
            "orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom",
        },
        "hovermode": "closest",
        "hoverdistance": 12,
        "clickmode": "event",
        "dragmode": "zoom",
        # The same text means the same view: hidden series survive an update, and the browser carries the zoom over.
        "uirevision": f"{view.dataset}|{view.axes}|{''.join(view.logs)}",
        "transition": {"duration": 0},
    }  # fmt: skip

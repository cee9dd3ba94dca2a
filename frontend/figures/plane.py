"""The rate-distortion plane: points, frontiers, the bound D = H - R, and lines of equal ELBO."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from frontend.figures import marks
from frontend.figures.frontiers import Bound, Frontier, overlays
from frontend.figures.guides import bound_traces, iso_elbo, name_bound, name_iso_elbo
from frontend.figures.records import PlanePoint
from frontend.figures.window import Window, place, window_of
from frontend.formats import compact, number, plus_minus, tuple_text
from frontend.query import View
from frontend.theme import Palette, base_layout, palette

MANY = 3000
"""Above this count of points SVG becomes slow: one WebGL trace draws them all, without error bars."""

RING = 0
"""Index of the trace that rings the selected point: below the others, so that clicks reach the points."""

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
    selected: PlanePoint | None = None,
) -> go.Figure:
    """The figure.

    Args:
        records: the points to draw.
        groups: staircases and hulls to draw, by the ids of ``everything``.
        bound: best known upper bound on H.
        view: axes, overlays.
        scheme: light or dark.
        everything: all points by id, for frontiers that pass through points not drawn; default ``records``.
        selected: the point with a ring.
    """
    colours = palette(scheme)
    by_id = everything if everything is not None else {record.id: record for record in records}
    window = window_of(records, bound, view)
    figure = go.Figure()
    figure.add_trace(_ring(selected if selected in records else None, view, colours))
    for trace in bound_traces(bound, view, window, colours):
        figure.add_trace(trace)
    figure.add_trace(iso_elbo(view, window, colours))
    for trace in overlays(groups, by_id, view, colours):
        figure.add_trace(trace)
    for trace in _marks(records, view, colours):
        figure.add_trace(trace)
    for trace in _keys(records, colours):
        figure.add_trace(trace)
    figure.update_layout(_layout(view, window, colours))
    name_bound(figure, bound, view, window, colours)
    name_iso_elbo(figure, view, window, colours)
    return figure


def _ring(selected: PlanePoint | None, view: View, colours: Palette) -> go.Scatter:
    x, y = ([value] for value in place(selected, view)) if selected else ([], [])
    return go.Scatter(
        x=x, y=y, mode="markers", name="selected", hoverinfo="skip", showlegend=False,
        marker={"size": 21, "symbol": "circle-open", "line": {"width": 2.5}, "color": colours.accent},
    )  # fmt: skip


def _marks(records: Sequence[PlanePoint], view: View, colours: Palette) -> list[go.Scatter | go.Scattergl]:
    if len(records) > MANY:
        return [_cloud(records, view, colours)]
    kinds: dict[tuple[str, str], list[PlanePoint]] = defaultdict(list)
    for record in records:
        kinds[record.architecture, record.networks].append(record)
    return [_kind(kind, members, view, colours) for kind, members in sorted(kinds.items())]


def _kind(kind: tuple[str, str], members: Sequence[PlanePoint], view: View, colours: Palette) -> go.Scatter:
    """All points of one tuple on the same networks."""
    symbols, networks = kind
    look = marks.mark(symbols, networks, colours)
    rim = look.colour if not look.filled else colours.surface
    errors = {"color": look.colour, "thickness": 1, "width": 3}
    return go.Scatter(
        x=[point.rate for point in members],
        y=[place(point, view)[1] for point in members],
        error_x={"type": "data", "array": [point.rate_stderr or 0.0 for point in members], **errors},
        error_y={"type": "data", "array": [point.distortion_stderr or 0.0 for point in members], **errors},
        mode="markers",
        name=tuple_text(symbols),
        legendgroup=marks.decoder_name(symbols[1:2], marks.decoder_network(networks)),
        showlegend=False,
        customdata=[[point.id] for point in members],
        hovertext=[hover(point) for point in members],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "size": 12, "symbol": look.symbol, "color": look.colour, "opacity": 1.0,
            "line": {"width": 2.2 if not look.filled else 1.2, "color": rim},
        },
    )  # fmt: skip


def _cloud(records: Sequence[PlanePoint], view: View, colours: Palette) -> go.Scattergl:
    """Every point in one WebGL trace, its look in numbers."""
    looks = {kind: marks.mark(*kind, colours) for kind in {(r.architecture, r.networks) for r in records}}
    up = "R + D" if view.axes == "skew" else "D"
    used = [looks[record.architecture, record.networks] for record in records]
    return go.Scattergl(
        x=np.array([record.rate for record in records]),
        y=np.array([place(record, view)[1] for record in records]),
        mode="markers",
        name="points",
        showlegend=False,
        customdata=[[record.id] for record in records],
        text=[f"{tuple_text(record.architecture)} {record.method}" for record in records],
        hovertemplate=f"<b>%{{text}}</b><br>R  %{{x:.2f}}<br>{up}  %{{y:.2f}}<extra></extra>",
        marker={
            "size": 7, "symbol": [look.number for look in used], "color": [look.colour for look in used],
            "opacity": 0.85,
        },
    )  # fmt: skip


def _keys(records: Sequence[PlanePoint], colours: Palette) -> list[go.Scatter]:
    """The legend's entries: each colour, and each shape and fill where there is more than one."""

    def entry(name: str, symbol: str, colour: str, group: str | None, rank: int) -> go.Scatter:
        return go.Scatter(
            x=[None], y=[None], mode="markers", name=name, legendgroup=group, legendrank=rank, hoverinfo="skip",
            marker={"size": 11, "symbol": symbol, "color": colour, "line": {"width": 2 if "open" in symbol else 0}},
        )  # fmt: skip

    entries = []
    kinds = {(r.architecture[1:2], marks.decoder_network(r.networks)) for r in records}
    decoders = sorted(kinds, key=lambda each: (marks.slot(*each), each))
    for decoder, network in decoders:
        name = marks.decoder_name(decoder, network)
        entries.append(entry(name, "circle", colours.series[marks.slot(decoder, network)], name, 100))
    tuples = {record.architecture for record in records}
    marginals, encoders = marks.present(tuples, 2), marks.present(tuples, 0)
    if len(marginals) > 1 or marginals not in ([], ["-"], ["?"]):
        for symbol in marginals:
            shape, name = marks.SHAPES.get(symbol, marks.UNKNOWN_SHAPE), marks.MARGINALS.get(symbol, "other")
            entries.append(entry(f"{name} marginal", shape, colours.muted, None, 200))
    if len(encoders) > 1 or encoders not in ([], ["-"], ["?"]):
        for symbol in encoders:
            shape, name = "circle-open" if symbol == "+" else "circle", marks.ENCODERS.get(symbol, "other")
            entries.append(entry(f"{name} encoder", shape, colours.muted, None, 300))
    return entries


def hover(point: PlanePoint) -> str:
    """The essentials of a point, when the pointer is over it."""
    how = point.method + (f", β = {compact(point.beta)}" if point.beta is not None else "")
    lines = [
        f"<b>{tuple_text(point.architecture)}</b>  {point.networks}".rstrip(),
        f"{how} · seed {point.seed}",
        f"R  {number(point.rate)} {plus_minus(point.rate_stderr)}",
        f"D  {number(point.distortion)} {plus_minus(point.distortion_stderr)}",
        f"R + D  {number(point.neg_elbo)}",
    ]
    if point.mi_lower is not None and point.mi_upper is not None:
        saturated = ", saturated" if point.saturated else ""
        lines.append(f"I(x; z) in [{number(point.mi_lower)}, {number(point.mi_upper)}]{saturated}")
    if point.label:
        lines.append(point.label)
    return "<br>".join(lines)


def _exactly(low: float, high: float) -> dict[str, Any]:
    """An automatic range with these ends: what is not automatic is a person's zoom, and the browser keeps it."""
    return {"autorange": True, "autorangeoptions": {"include": [low, high], "clipmin": low, "clipmax": high}}


def _layout(view: View, window: Window, colours: Palette) -> dict[str, Any]:
    layout = base_layout(colours)
    skew = view.axes == "skew"
    layout["xaxis"] = {
        **layout["xaxis"],
        **_exactly(window.x0, window.x1),
        "title": {**layout["xaxis"]["title"], "text": RATE_TITLE},
    }
    layout["yaxis"] = {
        **layout["yaxis"],
        **_exactly(window.y0, window.y1),
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
        "uirevision": f"{view.dataset}|{view.axes}",
        "transition": {"duration": 0},
    }  # fmt: skip

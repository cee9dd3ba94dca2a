"""The rate-distortion plane: points, frontiers, the bound D = H - R, and lines of equal ELBO."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

from frontend.figures import marks
from frontend.figures.records import PlanePoint
from frontend.formats import compact, number, plus_minus, tuple_text
from frontend.query import FULL, View
from frontend.theme import Palette, base_layout, palette

MANY = 3000
"""Above this count of points SVG becomes slow: one WebGL trace draws them all, without error bars."""

RING = 0
"""Index of the trace that rings the selected point: below the others, so that clicks reach the points."""

RATE_TITLE = "rate R (nats)"
DISTORTION_TITLE = "distortion D (nats)"
SKEW_TITLE = "R + D (nats)"


@dataclass(frozen=True)
class Bound:
    """The best known upper bound on the data entropy H, nats, and who found it."""

    value: float
    source: str


@dataclass(frozen=True)
class Frontier:
    """One group's staircase and hull, as ids of points."""

    key: str
    staircase: tuple[str, ...]
    hull: tuple[str, ...]
    evaluation: str = FULL


@dataclass(frozen=True)
class Window:
    """What of the plane is in view."""

    x0: float
    x1: float
    y0: float
    y1: float


def frontiers(answer: Mapping[str, Any] | None) -> list[Frontier]:
    """The groups of GET /frontier."""
    found = []
    for group in (answer or {}).get("groups") or []:
        limit = group.get("eval_limit")
        key = str(group["key"]).removesuffix(f" (eval_limit {limit})")
        evaluation = FULL if limit is None else str(limit)
        found.append(Frontier(key, tuple(group["staircase"]), tuple(group["hull"]), evaluation))
    return found


def entropy_bound(answer: Mapping[str, Any] | None) -> Bound | None:
    """The bound of GET /frontier."""
    bound = (answer or {}).get("entropy_bound")
    return Bound(float(bound["value"]), str(bound["source"])) if bound and bound.get("value") is not None else None


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
    window = _window(records, bound, view)
    figure = go.Figure()
    figure.add_trace(_ring(selected if selected in records else None, view, colours))
    for trace in _bound(bound, view, window, colours):
        figure.add_trace(trace)
    figure.add_trace(_iso_elbo(view, window, colours))
    for trace in _overlays(groups, by_id, view, colours):
        figure.add_trace(trace)
    for trace in _marks(records, view, colours):
        figure.add_trace(trace)
    for trace in _keys(records, colours):
        figure.add_trace(trace)
    figure.update_layout(_layout(view, window, colours))
    _name_bound(figure, bound, view, window, colours)
    _name_iso_elbo(figure, view, window, colours)
    return figure


def short_ids(text: str) -> str:
    """A text with its long ids cut to what tells them apart."""
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{24}\b", "\\1\u2026", text)


def place(record: PlanePoint, view: View) -> tuple[float, float]:
    """Where a point stands on the axes of a view."""
    return record.rate, record.neg_elbo if view.axes == "skew" else record.distortion


def _ring(selected: PlanePoint | None, view: View, colours: Palette) -> go.Scatter:
    x, y = ([value] for value in place(selected, view)) if selected else ([], [])
    return go.Scatter(
        x=x, y=y, mode="markers", name="selected", hoverinfo="skip", showlegend=False,
        marker={"size": 21, "symbol": "circle-open", "line": {"width": 2.5}, "color": colours.accent},
    )  # fmt: skip


def beyond(records: Sequence[PlanePoint], bound: Bound | None, view: View) -> int:
    """How many points the first view leaves out, because they are far from all others."""
    window = _window(records, bound, view)
    inside = [window.x0 <= x <= window.x1 and window.y0 <= y <= window.y1 for x, y in (place(r, view) for r in records)]
    return inside.count(False)


def _window(records: Sequence[PlanePoint], bound: Bound | None, view: View) -> Window:
    """A view of the points with room around; a far outlier does not squeeze the rest together."""
    if not records:
        top = bound.value if bound else 1.0
        return Window(-0.02 * top, top, 0.0, 1.1 * top)
    x_low, x_high = _extent([record.rate for record in records], bound)
    y_low, y_high = _extent([place(record, view)[1] for record in records], bound)
    x_low, across = min(0.0, x_low), max(x_high - min(0.0, x_low), 1.0)
    up = max(y_high - y_low, 0.3 * abs(y_high), 1.0)
    y_low = min(y_low, bound.value) if bound and view.axes == "skew" else y_low
    bottom = y_low - 0.22 * up
    if view.axes == "rd" and y_low >= 0:
        bottom = max(bottom, -0.02 * y_high)
    return Window(x_low - 0.025 * across, x_high + 0.06 * across, bottom, y_high + 0.08 * up)


def _extent(values: Sequence[float], bound: Bound | None) -> tuple[float, float]:
    """The least and the greatest value; a model that diverged does not count.

    What is within four times the entropy is always in view, and so is what is within twenty times the median.
    """
    low, middle, high = (float(value) for value in np.quantile(np.asarray(values, dtype=float), [0.0, 0.5, 1.0]))
    limit = low + max(4 * abs(bound.value) if bound else 0.0, 20 * (middle - low))
    if len(values) < 3 or high <= limit:
        return low, high
    return low, max(value for value in values if value <= limit)


def _bound(bound: Bound | None, view: View, window: Window, colours: Palette) -> list[go.Scatter]:
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


def _name_bound(figure: go.Figure, bound: Bound | None, view: View, window: Window, colours: Palette) -> None:
    if bound is None:
        return
    skew = view.axes == "skew"
    what = "R + D < H" if skew else "D < H − R"
    where = "shaded" if window.y0 < bound.value else "below"
    figure.add_annotation(
        x=0.992 if skew else 0.008, y=0.012, xref="paper", yref="paper", xanchor="right" if skew else "left",
        yanchor="bottom", align="right" if skew else "left", showarrow=False,
        text="<br>".join(
            [
                f"{where}: {what}, infeasible",
                *wrap(f"best known H ≤ {number(bound.value)}: {short_ids(bound.source)}", width=40),
            ]
        ),
        font={"size": 11, "color": colours.muted},
    )  # fmt: skip


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


def _iso_elbo(view: View, window: Window, colours: Palette) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for level in _levels(window, view):
        x += [0.0, window.x1 * 4 if view.axes == "skew" else level, None]
        y += [level, level if view.axes == "skew" else 0.0, None]
    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False, name="equal R + D",
        line={"color": colours.axis, "width": 1}, opacity=0.75,
    )  # fmt: skip


def _name_iso_elbo(figure: go.Figure, view: View, window: Window, colours: Palette) -> None:
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


def _overlays(
    groups: Sequence[Frontier], by_id: Mapping[str, PlanePoint], view: View, colours: Palette
) -> list[go.Scatter]:
    traces = []
    single = len(groups) == 1
    for index, group in enumerate(groups):
        colour = colours.line if single else colours.series[index % len(colours.series)]
        suffix = "" if single else f" {_group_name(group.key)}"
        for name, ids in (("staircase", group.staircase), ("hull", group.hull)):
            if name not in view.overlays:
                continue
            along = sorted((by_id[i] for i in ids if i in by_id), key=lambda p: (p.rate, -p.distortion))
            x, y = _steps(along, view) if name == "staircase" else _straight(along, view)
            traces.append(
                go.Scatter(
                    x=x, y=y, mode="lines", hoverinfo="skip", name=name + suffix, legendrank=index,
                    line={"color": colour, "width": 1.6, "dash": "solid" if name == "staircase" else "7px,4px"},
                )
            )  # fmt: skip
    return traces


def _steps(along: Sequence[PlanePoint], view: View) -> tuple[list[float], list[float]]:
    """The staircase: a point's D holds at every greater rate, until a point below it takes over."""
    x: list[float] = []
    distortion: list[float] = []
    for before, after in pairwise(along):
        x += [before.rate, after.rate]
        distortion += [before.distortion, before.distortion]
    if along:
        x.append(along[-1].rate)
        distortion.append(along[-1].distortion)
    return x, _upwards(x, distortion, view)


def _straight(along: Sequence[PlanePoint], view: View) -> tuple[list[float], list[float]]:
    x = [point.rate for point in along]
    return x, _upwards(x, [point.distortion for point in along], view)


def _upwards(x: Sequence[float], distortion: Sequence[float], view: View) -> list[float]:
    if view.axes == "skew":
        return [r + d for r, d in zip(x, distortion, strict=True)]
    return list(distortion)


def _group_name(key: str) -> str:
    return tuple_text(key) if len(key) == 3 and set(key) <= set("-+vl?") else key


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
    decoders = sorted({(r.architecture[1:2], marks.decoder_network(r.networks)) for r in records})
    for decoder, network in decoders:
        name = marks.decoder_name(decoder, network)
        entries.append(entry(name, "circle", colours.series[marks.slot(decoder, network)], name, 100))
    tuples = {record.architecture for record in records}
    marginals, encoders = marks.present(tuples, 2), marks.present(tuples, 0)
    if len(marginals) > 1 or marginals not in ([], ["-"]):
        for symbol in marginals:
            shape, name = marks.SHAPES.get(symbol, marks.UNKNOWN_SHAPE), marks.MARGINALS.get(symbol, "other")
            entries.append(entry(f"{name} marginal", shape, colours.muted, None, 200))
    if len(encoders) > 1 or encoders not in ([], ["-"]):
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

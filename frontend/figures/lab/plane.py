"""Every toy model in its rate-distortion plane, above a strip of where each objective put the rate."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from frontend.figures.lab.records import AIMED, ELBO, OTHER, TARGET, ToyModel, ToyPoint, Truth
from frontend.theme import Palette, base_layout, palette

LOOKS = {ELBO: (0, "circle"), AIMED: (2, "diamond"), OTHER: (5, "cross")}
"""Place in the categorical palette, and shape, of each kind of run."""
NAMES = {ELBO: "ELBO", AIMED: "target rate 0.5", OTHER: "other settings"}


def toy_plane(
    points: Sequence[ToyPoint], truth: Truth, made: ToyModel, *, seed: int | None, scheme: str | None
) -> go.Figure:
    """The plane with its exact curve, and R alone by objective.

    Args:
        points: the measured models.
        truth: with the curve D = H - R.
        made: the hand-built model.
        seed: the one on show, whose points are ringed.
        scheme: light or dark.
    """
    colours = palette(scheme)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, row_heights=[0.72, 0.28], vertical_spacing=0.05)
    for trace in _lines(truth, colours):
        figure.add_trace(trace, row=1, col=1)
    kinds = [kind for kind in LOOKS if kind != OTHER or any(point.kind == kind for point in points)]
    for kind in kinds:
        members = [point for point in points if point.kind == kind]
        figure.add_trace(_marks(kind, members, [p.distortion for p in members], truth, colours), row=1, col=1)
        heights = _spread(members, len(LOOKS) - 1 - list(LOOKS).index(kind))
        figure.add_trace(_marks(kind, members, heights, truth, colours, legend=False), row=2, col=1)
        figure.add_trace(_rings(members, [p.distortion for p in members], seed, colours), row=1, col=1)
        figure.add_trace(_rings(members, heights, seed, colours), row=2, col=1)
    figure.add_trace(_hand_built(made, colours), row=1, col=1)
    if not points:  # an axis without any place is not a number to the browser
        figure.add_trace(go.Scatter(x=[TARGET], y=[0], mode="none", hoverinfo="skip", showlegend=False), row=2, col=1)
    _lay_out(figure, kinds, colours)
    right = max([1.3 * made.rate, *(1.12 * point.rate for point in points)])
    figure.update_xaxes(range=[-0.02 * right, min(1.02 * truth.entropy, max(right, 1.0))])
    return figure


def _lines(truth: Truth, colours: Palette) -> list[go.Scatter]:
    curve, fixed = truth.curve, truth.blahut_arimoto
    return [
        go.Scatter(
            x=curve[0], y=curve[1], mode="lines", hoverinfo="skip", name="D = H − R, exact",
            line={"color": colours.line, "width": 1.4},
        ),
        go.Scatter(
            x=fixed[0], y=fixed[1], mode="lines", hoverinfo="skip", name="best with the hand-built decoder",
            line={"color": colours.muted, "width": 1.2, "dash": "4px,3px"},
        ),
    ]  # fmt: skip


def _marks(
    kind: str, members: Sequence[ToyPoint], heights: Sequence[float], truth: Truth, colours: Palette,
    *, legend: bool = True,
) -> go.Scatter:  # fmt: skip
    place, symbol = LOOKS[kind]
    return go.Scatter(
        x=[point.rate for point in members], y=list(heights), mode="markers", name=NAMES[kind], legendgroup=kind,
        showlegend=legend, customdata=[[point.id, point.seed] for point in members],
        hovertext=[hover(point, truth) for point in members], hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "size": 9, "symbol": symbol, "color": colours.series[place], "opacity": 0.85,
            "line": {"width": 1, "color": colours.surface},
        },
    )  # fmt: skip


def _rings(members: Sequence[ToyPoint], heights: Sequence[float], seed: int | None, colours: Palette) -> go.Scatter:
    ringed = [(p.rate, y) for p, y in zip(members, heights, strict=True) if p.seed == seed and p.kind != OTHER]
    return go.Scatter(
        x=[x for x, _ in ringed], y=[y for _, y in ringed], mode="markers", name="on show", hoverinfo="skip",
        showlegend=False,
        marker={"size": 16, "symbol": "circle-open", "line": {"width": 2}, "color": colours.accent},
    )  # fmt: skip


def _hand_built(made: ToyModel, colours: Palette) -> go.Scatter:
    return go.Scatter(
        x=[made.rate], y=[made.distortion], mode="markers", name="hand-built",
        hovertemplate="<b>hand-built optimal</b><br>R  %{x:.4f}<br>D  %{y:.4f}<extra></extra>",
        marker={
            "size": 15, "symbol": "star", "color": colours.series[1], "line": {"width": 1, "color": colours.surface},
        },
    )  # fmt: skip


def _spread(members: Sequence[ToyPoint], level: int) -> list[float]:
    """Heights around a level that keep points of equal rate apart."""
    by_seed = {seed: index for index, seed in enumerate(sorted({point.seed for point in members}))}
    step = 0.6 / max(len(by_seed) - 1, 1)
    return [level - 0.3 + step * by_seed[point.seed] for point in members]


def hover(point: ToyPoint, truth: Truth) -> str:
    """The essentials of a toy model."""
    lines = [
        f"<b>{NAMES[point.kind]}</b>, seed {point.seed}",
        f"R  {point.rate:.4f}",
        f"D  {point.distortion:.4f}",
        f"R + D − H  {point.rate + point.distortion - truth.entropy:.4f}",
    ]
    return "<br>".join(lines + ([f"I(z; z*)  {point.with_source:.3f}"] if point.with_source is not None else []))


def _lay_out(figure: go.Figure, kinds: Sequence[str], colours: Palette) -> None:
    base = base_layout(colours)
    figure.update_layout({key: value for key, value in base.items() if key not in ("xaxis", "yaxis")})
    axis: dict[str, Any] = {key: value for key, value in base["xaxis"].items() if key != "title"}
    figure.update_xaxes(axis)
    figure.update_yaxes(axis)
    title = {"standoff": 6, "font": {"size": 13, "color": colours.text}}
    figure.update_xaxes(title={**title, "text": "rate R (nats)"}, row=2, col=1)
    figure.update_yaxes(title={**title, "text": "distortion D (nats)"}, row=1, col=1)
    levels = {len(LOOKS) - 1 - list(LOOKS).index(kind): NAMES[kind] for kind in kinds}
    figure.update_yaxes(
        tickvals=list(levels), ticktext=list(levels.values()), showgrid=False,
        range=[min(levels) - 0.6, 2.6], row=2, col=1,
    )  # fmt: skip
    figure.add_shape(
        type="line", x0=TARGET, x1=TARGET, y0=0, y1=1, xref="x2", yref="y2 domain",
        line={"color": colours.series[LOOKS[AIMED][0]], "width": 1, "dash": "3px,3px"},
    )  # fmt: skip
    figure.update_layout(
        margin={"l": 104, "r": 12, "t": 8, "b": 46},
        legend={**base["legend"], "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        hovermode="closest", clickmode="event", uirevision="toy",
    )  # fmt: skip

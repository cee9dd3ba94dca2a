"""Rate, distortion and information of a few points on one axis, with their errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from frontend.theme import Palette, base_layout, palette


@dataclass(frozen=True, kw_only=True)
class Row:
    """One point; nats per example, None where undefined."""

    name: str
    """Written beside it, once for each row."""
    rate: float | None
    rate_stderr: float | None
    distortion: float | None
    distortion_stderr: float | None
    information: tuple[float, float] | None
    """Lower and upper end of the interval of I(x; z)."""


def whiskers(rows: Sequence[Row], *, scheme: str | None) -> go.Figure:
    """R and D as dots with one standard error to each side, I as a bar over its interval; the first row on top.

    Args:
        rows: the points, by rate.
        scheme: light or dark.
    """
    colours = palette(scheme)
    figure = go.Figure([_information(rows, colours), *_dots(rows, colours)])
    figure.update_layout(base_layout(colours))
    figure.update_layout(
        xaxis={"title": {"text": "nats per example"}, "range": _range(rows)},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(rows))),
            "ticktext": [row.name for row in rows],
            "range": [len(rows) - 0.5, -0.5],
            "showgrid": False,
            "ticks": "",
            "fixedrange": True,
        },
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"},
        margin={"l": 8, "r": 16, "t": 34, "b": 44},
        shapes=[_rule(place, colours) for place in range(len(rows))],
    )
    figure.update_yaxes(automargin=True)
    return figure


def _range(rows: Sequence[Row]) -> list[float]:
    """From a little below 0, so that a dot at 0 is whole, to a little above everything."""
    known = [each for row in rows for each in (row.rate, row.distortion, *(row.information or ())) if each is not None]
    low, high = min([0.0, *known]), max([1.0, *known])
    return [low - 0.02 * (high - low), high + 0.04 * (high - low)]


def _rule(place: int, colours: Palette) -> dict[str, object]:
    line = {"color": colours.grid, "width": 1}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": place, "y1": place, "layer": "below", "line": line}


def _information(rows: Sequence[Row], colours: Palette) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for place, row in enumerate(rows):
        if row.information:
            x += [*sorted(row.information), None]
            y += [place + 0.2, place + 0.2, None]
    return go.Scatter(
        x=x,
        y=y,
        mode="lines+markers",
        name="I(x; z), its interval",
        line={"color": colours.series[2], "width": 3},
        marker={"symbol": "line-ns-open", "size": 9, "line": {"width": 2, "color": colours.series[2]}},
        hovertemplate="I(x; z): %{x:.2f} nats<extra></extra>",
    )


def _dots(rows: Sequence[Row], colours: Palette) -> list[go.Scatter]:
    kinds = (
        ("R ± one standard error", "circle", colours.series[0], [(row.rate, row.rate_stderr) for row in rows]),
        (
            "D ± one standard error",
            "diamond-open",
            colours.series[1],
            [(row.distortion, row.distortion_stderr) for row in rows],
        ),
    )
    traces = []
    for name, symbol, colour, values in kinds:
        there = [(place, value, stderr or 0.0) for place, (value, stderr) in enumerate(values) if value is not None]
        traces.append(
            go.Scatter(
                x=[value for _, value, _ in there],
                y=[place for place, _, _ in there],
                error_x={"type": "data", "array": [stderr for _, _, stderr in there], "thickness": 1.5, "width": 5},
                mode="markers",
                name=name,
                marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
                hovertemplate=f"{name[0]}: %{{x:.2f}} ± %{{error_x.array:.2f}} nats<extra></extra>",
            )
        )
    return traces

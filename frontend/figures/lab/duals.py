"""Duals of f-divergences on correlated Gaussians: what the best and a trained critic say, as a share of the truth."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from frontend.theme import Palette, base_layout, palette

Json = Mapping[str, Any]

CRITICS = (("best", "best critic", 0, "circle", 0.13), ("trained", "trained critic", 1, "diamond", -0.13))
"""Key, name, place in the categorical palette, shape, and height beside the row's middle."""
TOLERANCE = 0.05
"""The shaded band: within 5 % of the truth."""
ROW_PX, HEAD_PX = 30, 42
"""Height of a row, and of what stands above and below a panel."""


def dots(result: Json, *, scheme: str | None) -> go.Figure:
    """One panel for each information, one row for each dual, the truth at 1.

    Args:
        result: of the bench; its ``rows`` hold ``truth`` and the ``value`` and ``stderr`` of each critic.
        scheme: light or dark.
    """
    colours, panels = palette(scheme), groups(result)
    tall = [len(rows) for rows in panels.values()]
    figure = make_subplots(
        rows=len(panels), cols=1, shared_xaxes=True, row_heights=[count + 0.2 for count in tall],
        vertical_spacing=HEAD_PX * 0.8 / height(result), subplot_titles=[f"I = {each:.3g} nats" for each in panels],
    )  # fmt: skip
    for place, rows in enumerate(panels.values(), start=1):
        for critic in CRITICS:
            figure.add_trace(_marks(rows, critic, colours, legend=place == 1), row=place, col=1)
        names = [row["title"] for row in rows]
        figure.update_yaxes(
            tickvals=list(range(len(rows))), ticktext=names, showgrid=False,
            range=[len(rows) - 0.5, -0.5], row=place, col=1,
        )  # fmt: skip
        figure.add_vrect(
            x0=1 - TOLERANCE, x1=1 + TOLERANCE, fillcolor=colours.shade, line_width=0, layer="below", row=place, col=1
        )
        figure.add_vline(x=1, line={"color": colours.line, "width": 1.2}, row=place, col=1)
    _lay_out(figure, colours, len(panels))
    figure.update_xaxes(range=_range(result))
    return figure


def groups(result: Json) -> dict[float, list[Json]]:
    """The rows by information, rising."""
    every = sorted({float(row["information"]) for row in result["rows"]})
    return {each: [row for row in result["rows"] if float(row["information"]) == each] for each in every}


def height(result: Json) -> int:
    """Pixels that the figure needs."""
    return ROW_PX * len(result["rows"]) + HEAD_PX * len(groups(result)) + 40


def table(result: Json) -> dict[str, Sequence[Any]]:
    """One row for each dual, unrounded."""
    rows = result["rows"]
    plain = {name: [row[name] for row in rows] for name in ("kind", "unit", "information", "truth")}
    return plain | {
        f"{critic}_{name}": [row[critic].get(name) for row in rows]
        for critic, names in (("best", ("value", "stderr")), ("trained", ("value", "stderr", "steps")))
        for name in names
    }


def _marks(
    rows: Sequence[Json], critic: tuple[str, str, int, str, float], colours: Palette, *, legend: bool
) -> go.Scatter:
    key, name, place, symbol, beside = critic
    told = [(at, row, row[key]) for at, row in enumerate(rows) if row[key] and row[key]["value"] is not None]
    return go.Scatter(
        x=[each["value"] / row["truth"] for _, row, each in told], y=[at - beside for at, _, _ in told],
        error_x={
            "type": "data", "array": [(each["stderr"] or 0.0) / row["truth"] for _, row, each in told],
            "color": colours.series[place], "thickness": 1.4, "width": 3,
        },
        mode="markers", name=name, legendgroup=key, showlegend=legend,
        customdata=[[row["title"], row["truth"], each["value"], each["stderr"] or 0.0] for _, row, each in told],
        hovertemplate="<b>%{customdata[0]}</b><br>truth %{customdata[1]:.4f}<br>"
        "value %{customdata[2]:.4f} ± %{customdata[3]:.4f}<extra>%{fullData.name}</extra>",
        marker={"size": 9, "symbol": symbol, "color": colours.series[place]},
    )  # fmt: skip


def _range(result: Json) -> list[float]:
    """The axis of shares: all dots with their bars, and the truth."""
    ends = [1 - 2 * TOLERANCE, 1 + 2 * TOLERANCE]
    for row in result["rows"]:
        for key, *_ in CRITICS:
            if row[key] and row[key]["value"] is not None:
                middle, error = row[key]["value"] / row["truth"], (row[key]["stderr"] or 0.0) / row["truth"]
                ends += [middle - error, middle + error]
    room = 0.04 * (max(ends) - min(ends))
    return [min(ends) - room, max(ends) + room]


def _lay_out(figure: go.Figure, colours: Palette, panels: int) -> None:
    base = base_layout(colours)
    figure.update_layout({key: value for key, value in base.items() if key not in ("xaxis", "yaxis")})
    axis = {key: value for key, value in base["xaxis"].items() if key != "title"}
    figure.update_xaxes(axis)
    figure.update_yaxes({**axis, "ticks": "", "automargin": True})
    figure.update_xaxes(
        title={"text": "value as a share of the truth", "standoff": 6, "font": {"size": 13, "color": colours.text}},
        row=panels, col=1,
    )  # fmt: skip
    figure.update_annotations(font={"size": 12.5, "color": colours.text}, xanchor="left", x=0)
    figure.update_layout(
        margin={"l": 8, "r": 10, "t": 52, "b": 44}, hovermode="closest", uirevision="duals",
        legend={**base["legend"], "orientation": "h", "x": 0, "xref": "container", "xanchor": "left", "y": 1,
                "yref": "container", "yanchor": "top"},
    )  # fmt: skip

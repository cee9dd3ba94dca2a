"""The aggregated posterior against the marginal: codes and draws of m(z) on the same axes."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from frontend.figures.densities import Plane, line_density, plane_density, window
from frontend.theme import Palette, base_layout, palette

Arrays = Mapping[str, Sequence[float]]

MASSES = (0.5, 0.8, 0.95)
"""Shares of a density within its contours, from the innermost."""
CLASSES = (
    "#4e8fd0", "#e88b2d", "#4fa35a", "#b877b8", "#3fb0ac", "#c9a227", "#df5f62", "#9c7a5f", "#f08fa8", "#8d95a0",
)  # fmt: skip
"""Of up to ten classes: all between the lightness of both schemes."""
SYMBOLS = (
    "circle", "circle", "diamond", "diamond", "triangle-up",
    "triangle-up", "triangle-up", "circle", "diamond", "circle",
)  # fmt: skip
"""Of the same classes: colours that the common colour blindnesses bring together have different symbols."""


def codes(arrays: Arrays, *, scheme: str | None, point_id: str) -> go.Figure:
    """Codes coloured by class, and contours of q(z) and m(z) over them; of one dimension, both densities.

    Args:
        arrays: of a point: ``codes_x``, ``marginal_x``, and ``codes_y``, ``marginal_y``, ``codes_class``,
            ``codes_share`` where there are such.
        scheme: light or dark.
        point_id: keeps the zoom while the same point is shown.
    """
    colours = palette(scheme)
    figure = go.Figure(layout=base_layout(colours))
    figure.update_layout(
        margin={"l": 48, "r": 10, "t": 8, "b": 40},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemsizing": "constant"},
        uirevision=point_id,
        hovermode="closest",
    )
    (_in_plane if arrays.get("codes_y") else _on_line)(figure, arrays, colours)
    return figure


def groups(classes: Sequence[float] | None, count: int) -> list[tuple[str, str | None, list[int]]]:
    """Name, colour and places of the codes of each class; one group without a colour where there are too many."""
    found = sorted({int(each) for each in classes or ()})
    if not classes or len(found) > len(CLASSES):
        return [("codes", None, list(range(count)))]
    return [
        (str(each), CLASSES[index], [place for place, of in enumerate(classes) if int(of) == each])
        for index, each in enumerate(found)
    ]


def _in_plane(figure: go.Figure, arrays: Arrays, colours: Palette) -> None:
    x, y = arrays["codes_x"], arrays["codes_y"]
    ends = window(x, arrays["marginal_x"]), window(y, arrays["marginal_y"])
    for order, (name, colour, places) in enumerate(groups(arrays.get("codes_class"), len(x))):
        figure.add_trace(
            go.Scatter(
                x=[x[place] for place in places], y=[y[place] for place in places], mode="markers", name=name,
                marker={
                    "size": 6, "color": colour or colours.series[0], "opacity": 0.75,
                    "symbol": SYMBOLS[order] if colour else "circle",
                },
                hovertemplate=f"{'class ' if colour else ''}{name}<br>%{{x:.3~f}}, %{{y:.3~f}}<extra></extra>",
            )
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=arrays["marginal_x"], y=arrays["marginal_y"], mode="markers", name="draws of m(z)", visible="legendonly",
            marker={"size": 4, "color": colours.muted, "opacity": 0.6}, hoverinfo="skip",
        )
    )  # fmt: skip
    for name, prefix, line in (
        ("m(z)", "marginal", {"color": colours.muted, "dash": "4px,3px"}),
        ("q(z)", "codes", {"color": colours.line, "dash": "solid"}),
    ):
        _contours(figure, name, plane_density(arrays[f"{prefix}_x"], arrays[f"{prefix}_y"], *ends), line)
    axes = _axis_names(arrays.get("codes_share"))
    # one unit is as long on both axes, so that N(0, I) is round
    figure.update_xaxes(title={"text": axes[0]}, range=list(ends[0]))
    figure.update_yaxes(title={"text": axes[1]}, range=list(ends[1]), scaleanchor="x", scaleratio=1)


def _contours(figure: go.Figure, name: str, plane: Plane, line: Mapping[str, str]) -> None:
    for order, mass in enumerate(MASSES):
        level = plane.level(mass)
        figure.add_trace(
            go.Contour(
                x=plane.x, y=plane.y, z=plane.height, name=f"contours of {name}",
                contours={"type": "constraint", "operation": "=", "value": level, "coloring": "none"},
                line={**line, "width": 2.0 - 0.5 * order}, fillcolor="rgba(0,0,0,0)", showscale=False,
                hoverinfo="skip", showlegend=order == 0, legendgroup=name,
            )
        )  # fmt: skip


def _on_line(figure: go.Figure, arrays: Arrays, colours: Palette) -> None:
    x = arrays["codes_x"]
    ends = window(x, arrays["marginal_x"])
    peak = 0.0
    for name, prefix, style in (
        ("m(z)", "marginal", {"line": {"color": colours.muted, "dash": "4px,3px", "width": 2}}),
        ("q(z)", "codes", {"line": {"color": colours.line, "width": 2}, "fill": "tozeroy", "fillcolor": colours.shade}),
    ):
        along, height = line_density(arrays[f"{prefix}_x"], ends)
        peak = max(peak, float(height.max()))
        figure.add_trace(go.Scatter(x=along, y=height, mode="lines", name=name, hoverinfo="skip", **style))
    found = groups(arrays.get("codes_class"), len(x))
    step = 0.35 * peak / max(len(found), 3)
    for row, (name, colour, places) in enumerate(found):
        figure.add_trace(
            go.Scatter(
                x=[x[place] for place in places], y=[-step * (row + 0.8)] * len(places), mode="markers", name=name,
                marker={"size": 5, "color": colour or colours.series[0], "opacity": 0.6},
                hovertemplate=f"{'class ' if colour else ''}{name}<br>%{{x:.3~f}}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_xaxes(title={"text": "z"}, range=list(ends))
    figure.update_yaxes(title={"text": "density"}, rangemode="normal", tickvals=_ticks(peak))


def _ticks(peak: float) -> list[float]:
    """Heights to name: those of a density, and none below 0, where its codes lie."""
    step = next((each for each in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 50) if peak / each < 5), peak / 4)
    return [round(step * number, 6) for number in range(int(peak / step) + 1)]


def _axis_names(share: Sequence[float] | None) -> Sequence[Any]:
    if not share:
        return "z<sub>1</sub>", "z<sub>2</sub>"
    return tuple(f"{name} principal axis, {part:.0%}" for name, part in zip(("1st", "2nd"), share, strict=True))

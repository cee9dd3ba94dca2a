"""e(z|x) beside the true posterior p(z|x) of one image (I, figure 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from frontend.figures.densities import line_density, plane_density, window
from frontend.theme import base_layout, palette

Arrays = Mapping[str, Sequence[float]]
Ends = tuple[float, float]

SIDES = (("e", "e(z|x)"), ("p", "p(z|x)"))
MASSES = (0.5, 0.9)


@dataclass(frozen=True)
class Pair:
    """Draws of both posteriors of one test image."""

    image: int
    """Its place in the test split."""
    draws: Mapping[str, Sequence[float]]
    """By ``e_x``, ``p_x``, and above one dimension ``e_y``, ``p_y``."""

    @property
    def axes(self) -> str:
        """``x``, or ``xy`` above one dimension."""
        return "xy" if "e_y" in self.draws else "x"


def pairs(arrays: Arrays) -> list[Pair]:
    """The images whose posteriors a point holds draws of."""
    images = arrays.get("true_posterior_image") or ()
    names = [name for name in ("e_x", "e_y", "p_x", "p_y") if arrays.get(f"true_posterior_{name}")]
    found = []
    for order, image in enumerate(images):
        draws = {}
        for name in names:
            values = arrays[f"true_posterior_{name}"]
            each = len(values) // len(images)
            draws[name] = values[order * each : (order + 1) * each]
        found.append(Pair(int(image), draws))
    return found


def scale(found: Sequence[Pair]) -> float:
    """The largest extent of any image along any axis, so that all can be drawn on one scale; 0 without an image."""
    return max((high - low for pair in found for low, high in (_window(pair, axis) for axis in pair.axes)), default=0.0)


def posteriors(pair: Pair, extent: float, *, scheme: str | None, point_id: str) -> go.Figure:
    """Both posteriors of one image, beside each other on the same axes; of one dimension, over each other.

    Args:
        pair: the draws.
        extent: as :func:`scale`: every image has as many units to a side.
        scheme: light or dark.
        point_id: keeps the zoom while the same point is shown.
    """
    colours = palette(scheme)
    base = base_layout(colours)
    ends = {axis: _centred(pair, axis, extent) for axis in pair.axes}
    figure = go.Figure(layout=base)
    figure.update_layout(margin={"l": 40, "r": 8, "t": 22, "b": 30}, showlegend=False, uirevision=point_id)
    if pair.axes == "x":
        for order, (side, name) in enumerate(SIDES):
            places, height = line_density(pair.draws[f"{side}_x"], ends["x"])
            line = {"color": colours.series[order], "width": 2, "dash": "solid" if order == 0 else "4px,3px"}
            figure.add_trace(go.Scatter(x=places, y=height, mode="lines", name=name, line=line, hoverinfo="skip"))
        figure.update_layout(
            showlegend=True, legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"}
        )
        return figure.update_xaxes(range=list(ends["x"])).update_yaxes(rangemode="tozero", nticks=4)
    for order, (side, name) in enumerate(SIDES):
        number, left = ("", "2")[order], 0.52 * order
        x, y = pair.draws[f"{side}_x"], pair.draws[f"{side}_y"]
        axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        plane = plane_density(x, y, ends["x"], ends["y"])
        figure.add_trace(
            go.Scatter(
                x=x, y=y, mode="markers", name=name, hoverinfo="skip", **axes,
                marker={"size": 4, "color": colours.series[order], "opacity": 0.45},
            )
        )  # fmt: skip
        for mass in MASSES:
            figure.add_trace(
                go.Contour(
                    x=plane.x, y=plane.y, z=plane.height, showscale=False, hoverinfo="skip", **axes,
                    contours={"type": "constraint", "operation": "=", "value": plane.level(mass), "coloring": "none"},
                    line={"color": colours.line, "width": 1.3}, fillcolor="rgba(0,0,0,0)",
                )
            )  # fmt: skip
        shared = {} if order == 0 else {"matches": "x"}
        axis = {**base["xaxis"], "nticks": 3}
        figure.update_layout(
            {
                f"xaxis{number}": {**axis, **shared, "domain": [left, left + 0.48], "range": list(ends["x"]),
                                   "anchor": f"y{number}"},
                f"yaxis{number}": {**axis, "range": list(ends["y"]), "anchor": f"x{number}",
                                   "showticklabels": order == 0, **({} if order == 0 else {"matches": "y"})},
            }
        )  # fmt: skip
        figure.add_annotation(
            text=name, showarrow=False, xref="paper", yref="paper", x=left + 0.24, y=1, xanchor="center",
            yanchor="bottom",
            font={"size": 12, "color": colours.muted},
        )  # fmt: skip
    return figure


def _centred(pair: Pair, axis: str, extent: float) -> Ends:
    low, high = _window(pair, axis)
    middle = (low + high) / 2
    return middle - extent / 2, middle + extent / 2


def _window(pair: Pair, axis: str) -> Ends:
    return window(*(draws for name, draws in pair.draws.items() if name[-1] == axis))

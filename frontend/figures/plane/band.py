"""The band at the plane's edge: points whose R is not defined, at the height of their D."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from frontend.figures.plane.hover import hover_beside
from frontend.figures.plane.looks import Looks
from frontend.figures.plane.marks import UNSELECTED
from frontend.figures.plane.records import Measured
from frontend.theme import Palette
from frontend.views.query import View

AXIS = "x2"
"""The band's own axis across, on which places mean nothing; up, it shares the plane's."""
TITLE = "R not<br>defined"
_WIDTH = 0.075
"""Share of the figure."""
_GAP = 0.012
_MANY = 3000
"""Above this count of points SVG becomes slow."""
_PLACES = (0.0, -0.45, 0.45)
"""Neighbours in D stand beside each other."""


def stands(view: View) -> bool:
    """Whether a view has the band: where R + D goes up, a point without R has no height either."""
    return view.axes == "rd"


def ordered(points: Sequence[Measured]) -> list[Measured]:
    """The points from the lowest D to the highest."""
    return sorted(points, key=lambda point: (point.distortion, point.id))


def places(points: Sequence[Measured]) -> dict[str, tuple[float, float]]:
    """Where each point stands in the band, by its id."""
    return {p.id: (_PLACES[i % len(_PLACES)], p.distortion) for i, p in enumerate(ordered(points))}


def band(points: Sequence[Measured], looks: Looks, colours: Palette) -> go.Scatter | go.Scattergl:
    """The points as hollow marks."""
    along, at = ordered(points), places(points)
    kind = go.Scatter if len(along) <= _MANY else go.Scattergl
    bars = {"array": [point.distortion_stderr or 0.0 for point in along], "color": colours.muted}
    return kind(
        x=[at[point.id][0] for point in along],
        y=[point.distortion for point in along],
        xaxis=AXIS,
        error_y={"type": "data", "thickness": 1, "width": 3, **bars} if kind is go.Scatter else None,
        mode="markers",
        name="R not defined",
        showlegend=False,
        customdata=[[point.id] for point in along],
        hovertext=[hover_beside(point) for point in along],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={
            "size": 12,
            "symbol": [f"{looks.marks[point.id].shape}-open" for point in along],
            "color": [looks.marks[point.id].colour for point in along],
            "line": {"width": 2.2},
        },
        unselected=UNSELECTED,
    )


def absent() -> go.Scatter:
    """Nothing on the band's axis: Plotly 7 fails where an axis comes or goes between two figures of one plot."""
    return go.Scatter(x=[], y=[], xaxis=AXIS, name="beside", mode="markers", hoverinfo="skip", showlegend=False)


def without(layout: dict[str, Any]) -> dict[str, Any]:
    """The layout without the band, its axis out of sight."""
    hidden = {"domain": [0.999, 1], "anchor": "y", "visible": False, "fixedrange": True, "range": [-1, 1]}
    return {**layout, "xaxis2": hidden}


def beside(layout: dict[str, Any], colours: Palette) -> dict[str, Any]:
    """The layout with room for the band at its right."""
    edge = 1 - _WIDTH
    across = {
        **layout["xaxis"],
        "domain": [edge, 1],
        "anchor": "y",
        "type": "linear",
        "range": [-1, 1],
        "autorange": False,
        "autorangeoptions": None,
        "fixedrange": True,
        "showgrid": False,
        "ticks": "",
        "tickvals": [0],
        "ticktext": [TITLE],
        "tickfont": {"size": 11, "color": colours.muted},
        "title": None,
    }
    backdrop = {
        "type": "rect", "xref": "paper", "yref": "paper", "x0": edge, "x1": 1, "y0": 0, "y1": 1,
        "fillcolor": colours.shade, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip
    plane = {**layout["xaxis"], "domain": [0, edge - _GAP]}
    return {**layout, "xaxis": plane, "xaxis2": across, "shapes": [backdrop]}

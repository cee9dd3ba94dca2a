"""What of the plane is in view at first, and where a point stands in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frontend.figures.plane.frontiers import Bound
from frontend.figures.plane.records import PlanePoint
from frontend.views.query import View

_MOST_DECADES = 6
"""Of a logarithmic axis, at first: a rate of 1e-17 does not squeeze the rest together."""


@dataclass(frozen=True)
class Window:
    """What of the plane is in view."""

    x0: float
    x1: float
    y0: float
    y1: float


def place(record: PlanePoint, view: View) -> tuple[float, float]:
    """Where a point stands on the axes of a view."""
    return record.rate, record.neg_elbo if view.axes == "skew" else record.distortion


def stands(record: PlanePoint, view: View) -> bool:
    """Whether a point has a place: a logarithmic axis has none for what is not above 0."""
    x, y = place(record, view)
    return (x > 0 or "x" not in view.logs) and (y > 0 or "y" not in view.logs)


def spot(value: float, axis: str, view: View) -> float:
    """A coordinate as Plotly's annotations want it: on a logarithmic axis, its logarithm."""
    return math.log10(value) if axis in view.logs else value


def beyond(records: Sequence[PlanePoint], bound: Bound | None, view: View, heights: Sequence[float] = ()) -> int:
    """How many points the first view leaves out, because they are far from all others."""
    window = window_of(records, bound, view, heights)
    places = [place(record, view) for record in records if stands(record, view)]
    inside = [window.x0 <= x <= window.x1 and window.y0 <= y <= window.y1 for x, y in places]
    return [*inside, *(window.y0 <= y <= window.y1 for y in heights)].count(False)


def window_of(records: Sequence[PlanePoint], bound: Bound | None, view: View, heights: Sequence[float] = ()) -> Window:
    """A view of the points with room around; a far outlier does not squeeze the rest together.

    Args:
        records: the points with a place.
        bound: on H.
        view: axes.
        heights: D of the points beside the plane.
    """
    window = _linear(records, bound, view, heights)
    placed = [place(record, view) for record in records if stands(record, view)]
    ups = [y for _, y in placed] + [height for height in heights if height > 0]
    x0, x1 = _logarithmic([x for x, _ in placed], window.x1) if "x" in view.logs else (window.x0, window.x1)
    y0, y1 = _logarithmic(ups, window.y1) if "y" in view.logs else (window.y0, window.y1)
    return Window(x0, x1, y0, y1)


def _logarithmic(values: Sequence[float], top: float) -> tuple[float, float]:
    """Ends of a logarithmic axis: all values above 0, with room around, up to where the linear view ends."""
    top = top if top > 0 else 1.0
    low = min((value for value in values if value <= top), default=top / 100)
    room = (top / low) ** 0.05 * 1.05
    return max(low, top * 10.0**-_MOST_DECADES) / room, top


def _linear(records: Sequence[PlanePoint], bound: Bound | None, view: View, heights: Sequence[float]) -> Window:
    top = bound.value if bound else 1.0
    if not records and not heights:
        return Window(-0.02 * top, top, 0.0, 1.1 * top)
    x_low, x_high = _extent([record.rate for record in records], bound) if records else (0.0, top)
    y_low, y_high = _extent([*(place(record, view)[1] for record in records), *heights], bound)
    x_low, across = min(0.0, x_low), max(x_high - min(0.0, x_low), 1.0)
    up = max(y_high - y_low, 0.6 * abs(y_high), 1.0)
    room = up - (y_high - y_low)  # a few points close together stand in a part of the plane, not across all of it
    y_low, y_high = y_low - room / 2, y_high + room / 2
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

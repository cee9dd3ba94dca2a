"""What of the plane is in view at first, and where a point stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from frontend.figures.frontiers import Bound
from frontend.figures.records import PlanePoint
from frontend.query import View


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


def beyond(records: Sequence[PlanePoint], bound: Bound | None, view: View) -> int:
    """How many points the first view leaves out, because they are far from all others."""
    window = window_of(records, bound, view)
    inside = [window.x0 <= x <= window.x1 and window.y0 <= y <= window.y1 for x, y in (place(r, view) for r in records)]
    return inside.count(False)


def window_of(records: Sequence[PlanePoint], bound: Bound | None, view: View) -> Window:
    """A view of the points with room around; a far outlier does not squeeze the rest together."""
    if not records:
        top = bound.value if bound else 1.0
        return Window(-0.02 * top, top, 0.0, 1.1 * top)
    x_low, x_high = _extent([record.rate for record in records], bound)
    y_low, y_high = _extent([place(record, view)[1] for record in records], bound)
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

"""Lines that are straight in (R, D), on the axes of any view: a logarithmic axis bends them."""

from collections.abc import Sequence
from itertools import pairwise

from frontend.views.query import View

TINY = 1e-9
"""Nats; what stands for 0 at the end of a logarithmic axis."""
_FINE = [10.0**-exponent for exponent in range(9, 0, -1)]
_STEPS = [0.0, *_FINE, *(step / 16 for step in range(2, 15)), *(1 - share for share in reversed(_FINE)), 1.0]
"""Shares of a segment: close together at both ends, where a logarithmic axis stretches it."""

Path = tuple[list[float | None], list[float | None]]


def line(rates: Sequence[float], distortions: Sequence[float], view: View) -> Path:
    """The path through some places of the plane: across, and up.

    Args:
        rates: of each corner, nats.
        distortions: of each corner, nats.
        view: axes.
    """
    corners = list(zip(rates, distortions, strict=True))
    places = corners[:1]
    for before, after in pairwise(corners):
        places += [_between(before, after, share) for share in _STEPS[1:]] if _bends(before, after, view) else [after]
    across = [rate for rate, _ in places]
    up = [rate + distortion if view.axes == "skew" else distortion for rate, distortion in places]
    return _above(across, "x", view), _above(up, "y", view)


def _bends(before: tuple[float, float], after: tuple[float, float], view: View) -> bool:
    if not view.logs:
        return False
    return view.axes == "skew" or (before[0] != after[0] and before[1] != after[1])


def _between(before: tuple[float, float], after: tuple[float, float], share: float) -> tuple[float, float]:
    return before[0] + share * (after[0] - before[0]), before[1] + share * (after[1] - before[1])


def _above(values: Sequence[float], axis: str, view: View) -> list[float | None]:
    """Values that a logarithmic axis has a place for; the least of it stands for 0."""
    return [max(value, TINY) for value in values] if axis in view.logs else list(values)

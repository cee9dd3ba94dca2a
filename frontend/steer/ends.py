"""The ends and the middle of a frontier: an autoencoder, what lies between, and an autodecoder."""

from collections.abc import Sequence
from typing import TypeVar

from frontend.figures.plane.records import PlanePoint

Point = TypeVar("Point", bound=PlanePoint)


def share(point: PlanePoint) -> float:
    """R / (R + D), the part of the code length that is in the code; 0 where that is no length."""
    return point.rate / point.neg_elbo if point.neg_elbo > 0 else 0.0


def ends(along: Sequence[Point]) -> list[Point]:
    """The lowest rate, the point whose share lies nearest to half way between the ends' shares, and the highest rate.

    Args:
        along: a staircase, by rising rate; of fewer than three points, all are taken.
    """
    if len(along) <= 3:
        return list(along)
    half = (share(along[0]) + share(along[-1])) / 2
    return [along[0], min(along[1:-1], key=lambda point: abs(share(point) - half)), along[-1]]

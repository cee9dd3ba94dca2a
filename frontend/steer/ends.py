"""The ends and the middle of a frontier: an autoencoder, what lies between, and an autodecoder."""

from collections.abc import Sequence
from typing import TypeVar

from frontend.figures.plane.records import PlanePoint
from frontend.words.formats import number

Point = TypeVar("Point", bound=PlanePoint)


def share(point: PlanePoint) -> float:
    """R / (R + D), the part of the code length that is in the code; 0 where that is no length."""
    return point.rate / point.neg_elbo if point.neg_elbo > 0 else 0.0


def ends(along: Sequence[Point]) -> list[Point]:
    """An autodecoder, the point whose share lies nearest to half way between the ends' shares, and the highest rate.

    Of several autodecoders it is the one with the lowest D: all have next to no rate, and the others only a worse
    decoder. Where there is none, it is the lowest rate.

    Args:
        along: a staircase, by rising rate; of fewer than three points, all are taken.
    """
    if len(along) <= 3:
        return list(along)
    low = max((place for place, point in enumerate(along[:-1]) if point.label == "autodecoder"), default=0)
    half = (share(along[low]) + share(along[-1])) / 2
    between = along[low + 1 : -1]
    middle = [min(between, key=lambda point: abs(share(point) - half))] if between else []
    return [along[low], *middle, along[-1]]


def missing(picked: Sequence[PlanePoint]) -> str:
    """What a person who expects an autodecoder at the left and an autoencoder at the right should know; often empty.

    Args:
        picked: the ends and the middle, by rising rate; at least one.
    """
    ends_ = ((picked[0], "autodecoder", "left", "large"), (picked[-1], "autoencoder", "right", "small"))
    return " ".join(
        f"This frontier has no {name} yet: its {side} end, R {number(point.rate)}, D {number(point.distortion)}, has "
        f"R / (R + D) = {number(share(point))}. A run with a {beta} beta may make one."
        for point, name, side, beta in ends_
        if point.label and point.label != name
    )

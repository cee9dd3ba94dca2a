"""Frontiers of points that the server has none of: means over seeds, and what the filters let through."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from frontend.figures.plane.records import PlanePoint

Point = TypeVar("Point", bound=PlanePoint)


def staircase(points: Sequence[Point]) -> list[Point]:
    """The non-dominated points by rising rate: none is at most as large in both R and D and smaller in one."""
    along: list[Point] = []
    for point in sorted(points, key=lambda each: (each.rate, each.distortion, each.id)):
        tie = bool(along) and (point.rate, point.distortion) == (along[-1].rate, along[-1].distortion)
        if not along or tie or point.distortion < along[-1].distortion:
            along.append(point)
    return along


def hull(points: Sequence[Point]) -> list[Point]:
    """The corners of the lower convex hull by rising rate: a part of the staircase."""
    corners: list[Point] = []
    for point in staircase(points):
        while len(corners) > 1 and not _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    return corners


def hypervolume(points: Sequence[PlanePoint], corner: float) -> float:
    """Area that the points dominate below R = D = corner, nats^2."""
    along = staircase([point for point in points if point.rate < corner and point.distortion < corner])
    heights = [corner, *(point.distortion for point in along)]
    steps = zip(along, pairwise(heights), strict=True)
    return sum((corner - point.rate) * (above - below) for point, (above, below) in steps)


def _turns_left(a: PlanePoint, b: PlanePoint, c: PlanePoint) -> bool:
    return (b.rate - a.rate) * (c.distortion - a.distortion) > (b.distortion - a.distortion) * (c.rate - a.rate)

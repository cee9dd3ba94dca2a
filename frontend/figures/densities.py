"""Smooth densities of clouds of points, for pictures of q(z), m(z) and posteriors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LINE = 240
"""Places of a density along a line."""
GRID = 72
"""Places of a density along each side of a plane."""
SHARPER = 0.9
"""Of the bandwidth that suits one normal cloud: q(z) has clusters, which that one would blur into each other."""


@dataclass(frozen=True)
class Plane:
    """A density over a grid.

    Args:
        x: places along x.
        y: places along y.
        height: shape [len(y), len(x)].
    """

    x: Array
    y: Array
    height: Array

    def level(self, mass: float) -> float:
        """The height above which the grid holds this share of the density: the contour of a region of that mass."""
        heights = np.sort(self.height, axis=None)[::-1]
        held = np.cumsum(heights) / max(float(heights.sum()), 1e-300)
        return float(heights[min(int(np.searchsorted(held, mass)), len(heights) - 1)])


def window(*clouds: Sequence[float]) -> tuple[float, float]:
    """Where nearly all of every cloud lies, with some room."""
    ends = [np.quantile(np.asarray(cloud, dtype=np.float64), (0.004, 0.996)) for cloud in clouds if len(cloud)]
    low, high = (min(float(low) for low, _ in ends), max(float(high) for _, high in ends)) if ends else (-1.0, 1.0)
    room = 0.1 * (high - low) or max(abs(low) * 0.1, 0.5)
    return low - room, high + room


def line_density(points: Sequence[float], ends: tuple[float, float]) -> tuple[Array, Array]:
    """Places along a line, and the density of the points there: a Gaussian on each."""
    x = np.linspace(*ends, LINE)
    return x, _bumps(x, np.asarray(points, dtype=np.float64), -1 / 5).mean(1)


def plane_density(
    x: Sequence[float], y: Sequence[float], x_ends: tuple[float, float], y_ends: tuple[float, float]
) -> Plane:
    """The density of points of a plane: a Gaussian on each, as wide along x and y as the cloud is."""
    places = np.linspace(*x_ends, GRID), np.linspace(*y_ends, GRID)
    along = [_bumps(at, np.asarray(of, dtype=np.float64), -1 / 6) for at, of in zip(places, (x, y), strict=True)]
    return Plane(*places, along[1] @ along[0].T / max(len(x), 1))


def _bumps(places: Array, points: Array, power: float) -> Array:
    """Gaussians on each point, shape [places, points], as wide as Scott's rule has it for a sharper picture."""
    spread = float(points.std()) if len(points) > 1 else 0.0
    width = max(SHARPER * spread * len(points) ** power, 1e-3 * float(places[-1] - places[0]))
    bumps: Array = np.exp(-0.5 * ((places[:, None] - points) / width) ** 2) / (width * np.sqrt(2 * np.pi))
    return bumps

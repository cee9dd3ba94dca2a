"""Pure geometry of the rate-distortion plane: what is non-dominated, what is convex, how much is dominated.

Rates and distortions are float arrays [N] in nats per example; NaN marks a point without a finite rate or distortion
(an implicit model), which is on no staircase and on no hull.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def staircase(rate: Floats, distortion: Floats) -> Indices:
    """Indices of the non-dominated points, by rising rate.

    A point is dominated when another is at most as large in both coordinates and smaller in one. Equal points do not
    dominate each other: ties are kept.

    Args:
        rate: [N], nats.
        distortion: [N], nats.
    """
    defined = np.flatnonzero(np.isfinite(rate) & np.isfinite(distortion))
    order = defined[np.argsort(rate[defined])]
    if order.size == 0:
        return order
    rates, distortions = rate[order], distortion[order]
    # One column of the staircase for each distinct rate: its lowest distortion, against the lowest further left.
    first = np.flatnonzero(np.concatenate(([True], rates[1:] != rates[:-1])))
    lowest = np.minimum.reduceat(distortions, first)
    further_left = np.concatenate(([np.inf], np.minimum.accumulate(lowest)[:-1]))
    column = np.repeat(np.arange(first.size), np.diff(np.append(first, rates.size)))
    keep = (distortions == lowest[column]) & (lowest < further_left)[column]
    found: Indices = order[keep]
    return found[np.lexsort((found, rate[found]))]  # ties in their own order, whatever the sort made of them


def hull(rate: Floats, distortion: Floats) -> Indices:
    """Indices of the corners of the lower convex hull, by rising rate: a subset of the staircase.

    What time-sharing between models could reach. Points inside an edge are no corners; equal corners are all kept.

    Args:
        rate: [N], nats.
        distortion: [N], nats.
    """
    steps = staircase(rate, distortion)
    rates, distortions = rate[steps].tolist(), distortion[steps].tolist()
    corners: list[int] = []
    for here in range(len(steps)):
        if corners and rates[corners[-1]] == rates[here]:
            continue  # a tie of the last corner
        while len(corners) > 1 and not _turns_left(rates, distortions, corners[-2], corners[-1], here):
            corners.pop()
        corners.append(here)
    return steps[np.isin(rate[steps], rate[steps[corners]])]


def _turns_left(x: list[float], y: list[float], a: int, b: int, c: int) -> bool:
    return (x[b] - x[a]) * (y[c] - y[a]) > (y[b] - y[a]) * (x[c] - x[a])


def hypervolume(rate: Floats, distortion: Floats, reference: tuple[float, float]) -> float:
    """Area that the points dominate below the reference, nats^2.

    Args:
        rate: [N], nats.
        distortion: [N], nats.
        reference: rate and distortion of the corner; a point beyond it adds nothing.
    """
    inside = (rate < reference[0]) & (distortion < reference[1])
    rates, distortions = rate[inside], distortion[inside]
    steps = staircase(rates, distortions)
    heights = np.concatenate(([reference[1]], distortions[steps]))
    return float(np.sum((reference[0] - rates[steps]) * (heights[:-1] - heights[1:])))

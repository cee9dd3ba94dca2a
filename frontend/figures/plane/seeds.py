"""Means over seeds: the points of one recipe and beta are one experiment, run with several seeds."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

from frontend.figures.plane.records import PlanePoint, Spread


def averaged(records: Sequence[PlanePoint], bars: str) -> list[PlanePoint]:
    """One point for each experiment: the mean of R and of D over its seeds.

    What was run twice with one seed counts once, by its mean. An experiment with one seed stays as it
    was measured, without an error: its own is over test images, and no spread over seeds.

    Args:
        records: the points of one evaluation set.
        bars: ``se`` or ``sd``: the error bars are the standard error of the mean, or the standard deviation.
    """
    experiments: dict[tuple[str, float | None, str], list[PlanePoint]] = defaultdict(list)
    for point in records:
        key = (point.recipe, point.beta, point.evaluation) if point.recipe else ("", None, point.id)
        experiments[key].append(point)
    return [_mean(members, bars) for members in experiments.values()]


def _mean(members: Sequence[PlanePoint], bars: str) -> PlanePoint:
    by_seed: dict[int, list[PlanePoint]] = defaultdict(list)
    for point in members:
        by_seed[point.seed].append(point)
    first = min(members, key=lambda point: (point.seed, point.id))
    if len(by_seed) < 2:
        return replace(first, rate_stderr=None, distortion_stderr=None, neg_elbo_stderr=None)
    rates = [fmean(point.rate for point in same) for same in by_seed.values()]
    distortions = [fmean(point.distortion for point in same) for same in by_seed.values()]
    spread = Spread(
        ids=(first.id, *(point.id for point in members if point is not first)),
        seeds=len(by_seed),
        rate=stdev(rates),
        distortion=stdev(distortions),
        neg_elbo=stdev(r + d for r, d in zip(rates, distortions, strict=True)),
    )
    rate, distortion, total = (
        spread.stderr(deviation) if bars == "se" else deviation
        for deviation in (spread.rate, spread.distortion, spread.neg_elbo)
    )
    return replace(
        first, rate=fmean(rates), distortion=fmean(distortions), rate_stderr=rate, distortion_stderr=distortion,
        neg_elbo_stderr=total, spread=spread, mi_lower=None, mi_upper=None, label=_one([p.label for p in members]),
    )  # fmt: skip


def stdev(values: Iterable[float]) -> float:
    """Standard deviation of a sample, n - 1 below; in floats, since exact fractions of 20,000 experiments take 5 s."""
    numbers = list(values)
    mean = fmean(numbers)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in numbers) / (len(numbers) - 1))


def _one(labels: Sequence[str]) -> str:
    """The label that all of them have; empty where they differ."""
    return labels[0] if len(set(labels)) == 1 else ""

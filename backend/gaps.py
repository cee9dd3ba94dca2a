"""Where a frontier has gaps, and the runs that would fill them. Pure.

Rates and distortions are in nats per example. All points given together were measured on one evaluation set.
"""

import copy
import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.frontier import Floats, staircase
from backend.spec import recipes

LEAST = 0.01**2 / 2
"""Size of a gap below which the frontier is whole: a step of 1 % of the scale in R and in D."""
NEAR = 0.1
"""Part of a gap within which two runs of one family are taken for the same."""
MOST_EPOCHS = 100_000
"""Of one run."""
BETA, TARGET = "objective.rate.beta", "objective.rate.target_rate"

Tree = dict[str, Any]
Values = Mapping[tuple[str, str], Floats]
"""The betas and target rates of some runs, by their family and the name of the field."""


@dataclass(frozen=True)
class Gap:
    """Two neighbours on a staircase, as indices of the points."""

    left: int
    """At the lower rate."""
    right: int
    size: float
    """Area between the staircase's step and the chord, in units of scale^2."""


@dataclass(frozen=True)
class Place:
    """A place along the chord of a gap."""

    gap: Gap
    share: float
    """0 at the left neighbour, 1 at the right one."""


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A measured point, and the run that made it."""

    point: str
    rate: float
    distortion: float
    spec: Mapping[str, Any]
    """Written out in full."""
    seconds: float | None
    """What its run took; None where that is unknown."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A run that should land in a gap."""

    rate: float
    distortion: float | None
    """On the chord, which time-sharing between the neighbours would reach; None beyond the ends of the staircase."""
    between: tuple[str, ...]
    """The points that it is worked out from."""
    why: str
    key: str
    """The field that sets it apart from the run it starts from."""
    value: float
    spec: Tree
    """In full, ready to be submitted."""
    seconds: float | None
    """What the run that it starts from took."""


def gaps(rate: Floats, distortion: Floats, scale: float | None) -> list[Gap]:
    """The gaps between neighbours on the staircase, the largest first.

        size = (R_2 - R_1) (D_1 - D_2) / (2 scale^2)

    is the area between the step of the staircase and its chord: what the dominated area gains, at the least, once the
    frontier between the two is known, if that frontier is convex. As in the hypervolume, points beyond twice the scale
    count for nothing.

    Args:
        rate: [N], nats; NaN where undefined.
        distortion: [N], nats.
        scale: the data entropy H or a bound on it, nats; None takes the extent of the staircase.
    """
    steps = staircase(rate, distortion)
    if scale is not None and scale > 0:
        steps = steps[(rate[steps] <= 2 * scale) & (distortion[steps] <= 2 * scale)]
    if steps.size < 2:
        return []
    if scale is None or scale <= 0:
        scale = float(max(np.ptp(rate[steps]), np.ptp(distortion[steps])))
    found = []
    for left, right in zip(steps[:-1].tolist(), steps[1:].tolist(), strict=True):
        area = (rate[right] - rate[left]) * (distortion[left] - distortion[right])
        if area > 0:  # a tie has none
            found.append(Gap(left, right, float(area) / (2 * scale**2)))
    return sorted((gap for gap in found if gap.size >= LEAST), key=lambda gap: -gap.size)


def places(found: Sequence[Gap]) -> Iterator[Place]:
    """The middles of the gaps, the largest gap first; a gap that stays large once it is halved comes again by halves.

    Half a chord has half the width and half the height: a quarter of the size.
    """
    waiting = [(-gap.size, number, 0.0, 1.0) for number, gap in enumerate(found)]
    heapq.heapify(waiting)
    while waiting:
        size, number, low, high = heapq.heappop(waiting)
        middle = (low + high) / 2
        yield Place(found[number], middle)
        if -size / 4 >= LEAST:
            heapq.heappush(waiting, (size / 4, number, low, middle))
            heapq.heappush(waiting, (size / 4, number, middle, high))


def between(left: Neighbour, right: Neighbour, share: float) -> list[Proposal]:
    """Runs for a place between two neighbours, to be tried in this order: the first that the rules allow is the one.

    Where both are of one family and differ in beta, and the larger beta has the lower rate, a beta between,
    geometrically: log beta falls about evenly along R. Otherwise the rate is asked for, of the better neighbour's
    model (the one with the smaller R + D) and then of the other's.

    Args:
        left: the neighbour at the lower rate.
        right: the one at the higher rate.
        share: how far from left to right, above 0 and below 1.
    """
    nearest = sorted((left, right), key=lambda each: each.rate + each.distortion)
    high, low = _beta(left.spec), _beta(right.spec)
    if high and low and high > low and _family(left.spec) == _family(right.spec):
        value = tidy(high ** (1 - share) * low**share, low, high)
        rate, distortion = _on_chord(left, right, math.log(high / value) / math.log(high / low))
        words = f"one family at beta {high:.4g} and beta {low:.4g}: a beta between"
        return [_proposal(nearest[0], BETA, value, rate, distortion, (left, right), _why(left, right, words))]
    value = tidy(left.rate + share * (right.rate - left.rate), left.rate, right.rate)
    rate, distortion = _on_chord(left, right, (value - left.rate) / (right.rate - left.rate))
    words = "two families, or one without a beta between them: the rate itself, of the {} neighbour's model"
    return [
        _proposal(model, TARGET, value, rate, distortion, (left, right), _why(left, right, words.format(which)))
        for model, which in zip(nearest, ("better", "other"), strict=True)
    ]


def towards(nearest: Neighbour, rate: float, distortion: float | None) -> Proposal:
    """A run that aims at a rate, from the specification of the nearest point.

    Args:
        nearest: whose model is taken.
        rate: R*, nats.
        distortion: what is expected there; None where nothing says.
    """
    words = f"R* = {rate:.4g} of the nearest point's model, which has R = {nearest.rate:.4g}"
    return _proposal(nearest, TARGET, rate, rate, distortion, (nearest,), words)


def expected(rate: float, rates: Floats, distortions: Floats) -> float | None:
    """The distortion that the chords of a staircase have at a rate; None beyond its ends.

    Args:
        rate: nats.
        rates: [N] of the staircase, rising.
        distortions: [N].
    """
    if not rates.size or not rates[0] <= rate <= rates[-1]:
        return None
    return float(np.interp(rate, rates, distortions))


def tidy(value: float, low: float, high: float) -> float:
    """The value with as few digits as keep it apart from both ends, and within a tenth of the gap of where it was."""
    for digits in range(1, 16):
        short = float(f"{value:.{digits}g}")
        if low < short < high and abs(short - value) <= NEAR * min(value - low, high - value):
            return short
    return value


def from_the_start(spec: Mapping[str, Any], first: Mapping[str, Any] | None) -> tuple[Tree, float] | None:
    """The same run without the one that it continues, as many epochs long as both; and how much longer that is.

    Args:
        spec: of a run, in full.
        first: of the run that its chain of continued runs began with; None where that was deleted.

    Returns:
        None where nobody knows whether the chain began with annealing, which its later runs no longer have.
    """
    training, objective = spec["training"], spec["objective"]
    before = training.get("continues")
    if not before:
        return dict(spec), 1.0
    rate = objective["rate"]
    if rate["kind"] == "beta":
        if first is None:
            return None
        rate = {**rate, "anneal_epochs": first["objective"]["rate"].get("anneal_epochs", 0)}
    epochs = min(training["epochs"] + (before.get("epochs") or 0), MOST_EPOCHS)
    found = {
        **spec,
        "objective": {**objective, "rate": rate},
        "training": {**training, "continues": None, "epochs": epochs},
    }
    return found, epochs / training["epochs"]


def values_of(runs: Iterable[tuple[str, str]]) -> Values:
    """The betas and target rates that runs have.

    Args:
        runs: the family of each, and the text of its objective.
    """
    found: dict[tuple[str, str], set[float]] = defaultdict(set)
    for family, objective in set(runs):
        if (named := recipes.rate_value(objective)) is not None:
            name, value = named
            found[family, name].add(value)
    return {key: np.array(sorted(values)) for key, values in found.items()}


def nearly(proposal: Proposal, known: Values, width: float) -> bool:
    """Whether some run is of the proposal's family, with a value close by.

    Args:
        proposal: the run in question.
        known: of other runs.
        width: of the gap: nats of R, or the logarithm of the ratio of its betas.
    """
    values = known.get((_family(proposal.spec), proposal.key.rpartition(".")[2]))
    if values is None:
        return False
    apart = values - proposal.value if proposal.key == TARGET else np.log(values / proposal.value)
    return bool((np.abs(apart) <= NEAR * width).any())


def width(proposal: Proposal, left: Neighbour, right: Neighbour) -> float:
    """Of the gap that a proposal lies in, as :func:`nearly` measures it."""
    if proposal.key == TARGET:
        return right.rate - left.rate
    return abs(math.log((_beta(left.spec) or 1.0) / (_beta(right.spec) or 1.0)))


def _family(spec: Mapping[str, Any]) -> str:
    return recipes.family(recipes.split(spec))


def _beta(spec: Mapping[str, Any]) -> float | None:
    beta = spec["objective"]["rate"].get("beta")
    return float(beta) if beta else None


def _on_chord(left: Neighbour, right: Neighbour, share: float) -> tuple[float, float]:
    return (
        left.rate + share * (right.rate - left.rate),
        left.distortion + share * (right.distortion - left.distortion),
    )


def _why(left: Neighbour, right: Neighbour, words: str) -> str:
    gained, lost = right.rate - left.rate, left.distortion - right.distortion
    return f"no point for {gained:.3g} nats of R, in which D falls by {lost:.3g}; {words}"


def _proposal(
    start: Neighbour,
    key: str,
    value: float,
    rate: float,
    distortion: float | None,
    points: tuple[Neighbour, ...],
    why: str,
) -> Proposal:
    spec = copy.deepcopy(dict(start.spec))
    spec["objective"]["rate"] = (
        {**spec["objective"]["rate"], "beta": value} if key == BETA else {"kind": "target", "target_rate": value}
    )
    return Proposal(
        rate=rate,
        distortion=distortion,
        between=tuple(each.point for each in points),
        why=why,
        key=key,
        value=value,
        spec=spec,
        seconds=start.seconds,
    )

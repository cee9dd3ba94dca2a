"""Runs that would fill a frontier, from what is stored: those that the rules allow and nobody has asked for yet."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend import gaps
from backend.datasets import DatasetFacts, EntropyBound
from backend.errors import Invalid
from backend.expand import expand
from backend.frontier import staircase
from backend.gaps import Neighbour, Place, Proposal, Values
from backend.spec import RunSpec, recipes
from backend.store import known_runs, specs
from backend.store.points import Columns
from backend.store.session import Session

_TRIED = 8
"""Places looked at for each proposal that is wanted: the others are known already, or the rules refuse them."""
_TOO_FEW = "A gap lies between two points of a frontier, and here there {}: queue a sweep over beta first."
_WHOLE = "No gap is left: no step of this frontier is above 1 % of the scale in both R and D."
_KNOWN = "The runs that would fill what gaps are left wait, run or have ended already."
_IGNORED = ("cancelled",)
"""A run that a person cancelled may be proposed again."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The points of one frontier."""

    dataset: str
    """``name/binarize``."""
    columns: Columns
    of_dataset: NDArray[np.int64]
    """Indices of the points of the data set, on whatever frontier."""
    chosen: NDArray[np.int64]
    """Indices of the points of this frontier."""
    bound: EntropyBound
    known: Mapping[str, DatasetFacts]
    """Every data set there is."""

    def of(self, name: str) -> NDArray[Any]:
        """A column of the points of this frontier."""
        values: NDArray[Any] = self.columns.table[name][self.chosen]
        return values


@dataclass(frozen=True)
class Proposed:
    """A proposal that the rules allow, written out in full."""

    proposal: Proposal
    spec: RunSpec


@dataclass(frozen=True)
class Found:
    """Proposals, and why there are none or what is to be said of them."""

    note: str | None
    proposed: Collection[Proposed]


# -- between neighbours -----------------------------------------------------------------------------------------------


def between(session: Session, scene: Scene, limit: int) -> Found:
    """At most so many runs between neighbours on the staircase, the largest gap first."""
    rates, distortions = scene.of("rate"), scene.of("distortion")
    found = gaps.gaps(rates, distortions, scene.bound.value)
    if not found:
        several = staircase(rates, distortions).size
        return Found(_WHOLE if several > 1 else _TOO_FEW.format("is one" if several else "is none"), [])
    places = [place for place, _ in zip(gaps.places(found), range(_TRIED * limit), strict=False)]
    neighbours = _neighbours(session, scene, {each for p in places for each in (p.gap.left, p.gap.right)})
    asked = _asked(session, scene)
    proposed: list[tuple[float, Proposed]] = []
    for place in places:
        if len(proposed) == limit:
            break
        made = _fill(session, scene, neighbours, asked, place)
        if made is not None:
            proposed.append((place.gap.size, made))
    proposed.sort(key=lambda each: -each[0])
    return Found(None if proposed else _KNOWN, [made for _, made in proposed])


def _asked(session: Session, scene: Scene) -> Values:
    """What the runs of the data set were made with: those that have points, and those that have none yet."""
    table = scene.columns.table
    measured = zip(*(table[name][scene.of_dataset] for name in ("family", specs.column("objective"))), strict=True)
    objective = recipes.SECTIONS.index("objective")
    others = [(recipes.family(each), each[objective]) for each in known_runs.without_points(session, scene.dataset)]
    return gaps.values_of([*measured, *others])


def _fill(
    session: Session, scene: Scene, neighbours: Mapping[int, Neighbour], asked: Values, place: Place
) -> Proposed | None:
    """The run for a place between neighbours; None where it is known, or nobody's rules allow one."""
    left, right = (neighbours.get(each) for each in (place.gap.left, place.gap.right))
    if left is None or right is None:
        return None
    for proposal in gaps.between(left, right, place.share):
        made = _allowed(scene, proposal)
        if made is not None:
            near = gaps.nearly(proposal, asked, gaps.width(proposal, left, right))
            return None if near or _status(session, made) else made
    return None


def _allowed(scene: Scene, proposal: Proposal) -> Proposed | None:
    """The proposal written out in full; None where the rules refuse it."""
    try:
        return Proposed(proposal, expand(proposal.spec, scene.known).spec)
    except Invalid:
        return None


def _status(session: Session, made: Proposed) -> str | None:
    """How the run of this very specification stands; None where there is none."""
    digest = made.spec.digest
    return known_runs.statuses_of(session, [digest], ignoring=_IGNORED).get(digest)


def _neighbours(session: Session, scene: Scene, indices: set[int]) -> dict[int, Neighbour]:
    """Points with the runs that made them, as if trained from the start; those for which that is unknown are left out.

    So are those that were deleted meanwhile.
    """
    run_ids, ids = scene.of("run_id"), scene.of("id")
    rates, distortions = scene.of("rate"), scene.of("distortion")
    made = known_runs.made_by(session, {run_ids[each] for each in indices})
    first = known_runs.beginnings(session, {run_id: run.spec for run_id, run in made.items()})
    found: dict[int, Neighbour] = {}
    for each in indices:
        run_id = run_ids[each]
        whole = gaps.from_the_start(made[run_id].spec, first[run_id]) if run_id in made else None
        if whole is not None:
            spec, longer = whole
            took = _seconds(made[run_id].timings)
            found[each] = Neighbour(
                point=ids[each],
                rate=float(rates[each]),
                distortion=float(distortions[each]),
                spec=spec,
                seconds=took and took * longer,
            )
    return found


def _seconds(timings: Mapping[str, Any]) -> float | None:
    """What a run took in all, by its timings; None where it has none."""
    parts = [value for name, value in timings.items() if name.endswith("_s") and isinstance(value, int | float)]
    return float(sum(parts)) if "train_s" in timings else None


# -- at a place -------------------------------------------------------------------------------------------------------


def at(session: Session, scene: Scene, rate: float, distortion: float) -> Found:
    """The run that aims at the rate of a place, from the nearest point whose model can be asked for one."""
    rates, distortions = scene.of("rate"), scene.of("distortion")
    defined = np.flatnonzero(np.isfinite(rates) & np.isfinite(distortions))
    if not defined.size:
        return Found("There is no point to take a model from: queue a run or a sweep first.", [])
    distance = np.hypot(rates[defined] - rate, distortions[defined] - distortion)
    steps = staircase(rates, distortions)
    aim = gaps.expected(rate, rates[steps], distortions[steps])
    wanted = defined[np.argsort(distance, kind="stable")[:_TRIED]].tolist()
    neighbours = _neighbours(session, scene, set(wanted))
    note = _of_place(scene, rate, distortion, aim)
    for each in wanted:
        made = _allowed(scene, gaps.towards(neighbours[each], rate, aim)) if each in neighbours else None
        if made is None:
            continue
        if status := _status(session, made):
            note = " ".join(filter(None, (note, f"A run of this very specification is known: it {_state(status)}.")))
        return Found(note, [made])
    return Found("No point near this place has a model whose rate can be asked for.", [])


def _state(status: str) -> str:
    return {"queued": "waits", "running": "is running"}.get(status, f"has {status}")


def _of_place(scene: Scene, rate: float, distortion: float, aim: float | None) -> str | None:
    """What is to be said of a place that no run can reach, or that would move nothing."""
    rates, distortions, bound = scene.of("rate"), scene.of("distortion"), scene.bound
    there = "" if aim is None else f" At this rate, D of about {aim:.4g} is what the points beside it lead to expect."
    if bound.value is not None and rate + distortion < bound.value:
        least = bound.value - rate
        if bound.exact:
            return (
                f"No model can be here: R + D is at least H = {bound.value:.4g} nats, so at R = {rate:.4g} D is at "
                f"least {least:.4g}. The run aims at the rate.{there}"
            )
        return (
            f"No model is known to reach this place: R + D is below {bound.value:.4g} nats, the best known bound on H "
            f"({bound.source}). The run aims at the rate.{there}"
        )
    if bool(((rates <= rate) & (distortions <= distortion)).any()):
        return (
            "This place is above what exists: some point has a smaller rate and a smaller distortion, so a point here "
            f"would not move the frontier. The run aims at the rate.{there}"
        )
    return None

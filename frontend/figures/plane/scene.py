"""From everything measured on a data set to what one view of its plane shows. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from frontend.figures.plane import band, geometry
from frontend.figures.plane.frontiers import EVERYTHING, ROLE, Bound, Frontier
from frontend.figures.plane.looks import Looks, alone, looks
from frontend.figures.plane.records import Measured, PlanePoint, chosen_evaluation, ids_of, shown
from frontend.figures.plane.seeds import averaged
from frontend.theme import Palette
from frontend.views.query import LOOK, View


@dataclass(frozen=True)
class Scene:
    """Everything the plane and the strip need of one data set."""

    dataset: str
    everything: list[PlanePoint]
    unplaced: list[Measured]
    """Points whose R is not defined."""
    groups: list[Frontier]
    bound: Bound | None
    total: int
    thinned: bool
    refused: Mapping[str, str] = field(default_factory=dict)
    """What the server said of fields that no specification has, by the path that was asked for."""

    @property
    def measured(self) -> list[Measured]:
        """Every point, with and without R."""
        return [*self.everything, *self.unplaced]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the filters of a view let through, and the frontiers of that."""

    evaluation: str
    passed: int
    """Points that the filters let through."""
    records: list[PlanePoint]
    """Those with a place, or their means over seeds."""
    unplaced: list[Measured]
    groups: list[Frontier]
    by_id: Mapping[str, PlanePoint]
    """The points that the frontiers pass through."""

    @property
    def along(self) -> list[PlanePoint]:
        """The points on any staircase, by rising rate."""
        found = dict.fromkeys(point for group in self.groups for point in group.staircase)
        there = [self.by_id[point] for point in found if point in self.by_id]
        return sorted(there, key=lambda point: (point.rate, -point.distortion))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one view shows of a scene."""

    view: View
    evaluation: str
    records: list[PlanePoint]
    unplaced: list[Measured]
    groups: list[Frontier]
    by_id: Mapping[str, PlanePoint]
    """The points that the frontiers pass through."""
    along: list[PlanePoint]
    """Those on any staircase, by rising rate."""
    looks: Looks
    same: int
    """Points of the evaluation set on show."""
    filtered: int
    """Of those, points that the filters let through."""
    dominated: int
    """Points or means left out because others dominate them."""
    aside: int
    """Points or means left out because one entry of the legend is shown alone."""
    means: int
    """Means over several seeds."""
    undrawn: int
    """Points or means left out because there are too many to draw."""


MOST_DRAWN = 5000
"""Of means; of points, the server gives as many unless it is asked for all."""

_KEYS: Mapping[str, Callable[[Measured], str]] = {
    "none": lambda _point: EVERYTHING,
    "architecture": lambda point: point.architecture,
    "encoder": lambda point: point.architecture[0:1],
    "decoder": lambda point: point.architecture[1:2],
    "marginal": lambda point: point.architecture[2:3],
    "method": lambda point: point.method,
    "network": lambda point: point.networks or "none",
}
"""The group of a point, as the server names it."""


def standing(found: Scene, view: View) -> Standing:
    """The points of a view and their frontiers, which plane, strip, table and ends share."""
    evaluation = chosen_evaluation(found.measured, view)
    passed, unplaced = shown(found.everything, view, evaluation), shown(found.unplaced, view, evaluation)
    count = len(passed) + len(unplaced)
    groups = [group for group in found.groups if group.evaluation == evaluation]
    by_id, records = {point.id: point for point in found.everything}, passed
    if view.seeds != "each":
        records = averaged(passed, view.seeds)
        by_id = {point.id: point for point in records}
        unplaced = [replace(point, distortion_stderr=None) for point in unplaced]
    if view.seeds != "each" or view.tuples or view.methods or view.sweep:
        groups = frontiers_of(records, view.group, evaluation, found.bound)  # the server knows those of all points only
    return Standing(evaluation=evaluation, passed=count, records=records, unplaced=unplaced, groups=groups, by_id=by_id)


def stage(found: Scene, view: View, colours: Palette) -> Stage:
    """What a view shows; a role whose field there is none of says what it usually says."""
    usual: dict[str, Any] = {role: LOOK[role] for role in LOOK if getattr(view, role) in found.refused}
    view = replace(view, **usual)
    on = standing(found, view)
    evaluation, records, unplaced = on.evaluation, on.records, on.unplaced
    left = nondominated(records, on.groups) if "nondominated" in view.layers else records
    beside = unplaced if band.stands(view) else []
    everything = [point for point in found.measured if point.evaluation == evaluation]
    coded = looks([*left, *beside], everything, view, colours, [point.id for point in beside])
    seen, unplaced_seen = _alone(left, coded, view), _alone(unplaced, coded, view) if beside else unplaced
    drawn = _drawn(seen, {point.id for point in on.along}, view.point)
    return Stage(
        view=view, evaluation=evaluation, records=drawn, unplaced=unplaced_seen, groups=on.groups, by_id=on.by_id,
        along=on.along, looks=coded, same=len(everything), filtered=on.passed, dominated=len(records) - len(left),
        aside=len(left) - len(seen) + len(unplaced) - len(unplaced_seen),
        means=sum(point.spread is not None for point in records), undrawn=len(seen) - len(drawn),
    )  # fmt: skip


def frontiers_of(records: Sequence[PlanePoint], grouping: str, evaluation: str, bound: Bound | None) -> list[Frontier]:
    """Staircase, hull and hypervolume of each group of some points."""
    groups: dict[str, list[PlanePoint]] = defaultdict(list)
    for point in records:
        groups[_KEYS[grouping](point)].append(point)
    return [
        Frontier(
            key,
            tuple(point.id for point in geometry.staircase(members)),
            tuple(point.id for point in geometry.hull(members)),
            evaluation,
            None if bound is None else geometry.hypervolume(members, 2 * bound.value),
        )
        for key, members in sorted(groups.items())
    ]


def nondominated(records: Sequence[PlanePoint], groups: Sequence[Frontier]) -> list[PlanePoint]:
    """The points on the staircase of their group."""
    along = {point for group in groups for point in group.staircase}
    return [point for point in records if point.id in along]


def _drawn(records: list[PlanePoint], along: Set[str], selected: str | None) -> list[PlanePoint]:
    """About :data:`MOST_DRAWN` points: the selected one, those along a frontier, and of the others an even share."""
    if len(records) <= MOST_DRAWN:
        return records
    keeps = {point.id for point in records if point.id in along or selected in ids_of(point)}
    kept = [point for point in records if point.id in keeps]
    others = sorted((point for point in records if point.id not in keeps), key=lambda point: point.rate)
    room = max(MOST_DRAWN - len(kept), 0)
    return kept + [others[index * len(others) // room] for index in range(room)]


Point = TypeVar("Point", bound=Measured)


def _alone(points: Sequence[Point], coded: Looks, view: View) -> list[Point]:
    role, _, key = (view.only or "").partition(":")
    if role == ROLE:
        return [point for point in points if _KEYS[view.group](point) == key]
    return alone(points, coded.names, view.only)

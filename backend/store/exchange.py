"""Runs that leave in a file, with their points, pictures and curves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from backend.store.points import shown_at
from backend.store.runs import has_tag
from backend.store.tables import History, Picture, Point, Run, SweepRun

_AT_ONCE = 50
"""Runs read by one query."""


@dataclass(frozen=True)
class Selection:
    """Which runs are meant; null means any."""

    dataset: str | None = None
    """``name/binarize``."""
    sweep: str | None = None
    tag: str | None = None


@dataclass(frozen=True)
class StoredPoint:
    """A point with the pictures it has, content included."""

    point: Point
    pictures: Sequence[Picture]


@dataclass(frozen=True)
class StoredRun:
    """A run with what a file holds of it."""

    run: Run
    history: Sequence[tuple[int, Mapping[str, Any]]]
    """(step, columns), by step."""
    points: Sequence[StoredPoint]


def chosen(session: Session, selection: Selection) -> list[str]:
    """Ids of the runs with points that a selection means, oldest first."""
    query = select(Run.id).where(Run.status == "succeeded", select(Point.id).where(Point.run_id == Run.id).exists())
    if selection.dataset is not None:
        query = query.where(Run.dataset == selection.dataset)
    if selection.sweep is not None:
        query = query.where(Run.id.in_(select(SweepRun.run_id).where(SweepRun.sweep_id == selection.sweep)))
    if selection.tag is not None:
        query = query.where(has_tag(session, selection.tag))
    return list(session.scalars(query.order_by(Run.created_at, Run.id)))


def stored(session: Session, run_ids: Sequence[str]) -> Iterator[StoredRun]:
    """Runs with all that a file holds of them, in the order given, a few at a time."""
    for start in range(0, len(run_ids), _AT_ONCE):
        some = run_ids[start : start + _AT_ONCE]
        found = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_(some)))}
        curves: dict[str, list[tuple[int, Mapping[str, Any]]]] = {run_id: [] for run_id in some}
        points: dict[str, list[StoredPoint]] = {run_id: [] for run_id in some}
        rows = select(History.run_id, History.step, History.columns).where(History.run_id.in_(some))
        for run_id, step, columns in session.execute(rows.order_by(History.run_id, History.step)):
            curves[run_id].append((step, columns))
        ordered = select(Point).where(Point.run_id.in_(some)).order_by(Point.run_id, Point.position, Point.id)
        of_these = session.scalars(ordered).all()
        pictures = _pictures(session, [point.id for point in of_these])
        for point in of_these:
            points[point.run_id].append(StoredPoint(point, pictures[point.id]))
        yield from (StoredRun(found[run_id], curves[run_id], points[run_id]) for run_id in some)
        session.expunge_all()  # their pictures need not stay in memory


def _pictures(session: Session, point_ids: Sequence[str]) -> dict[str, list[Picture]]:
    found: dict[str, list[Picture]] = {point_id: [] for point_id in point_ids}
    query = select(Picture).where(Picture.point_id.in_(point_ids)).options(undefer(Picture.png))
    for picture in session.scalars(query):
        found[picture.point_id].append(picture)
    return {point_id: sorted(each, key=lambda picture: shown_at(picture.name)) for point_id, each in found.items()}

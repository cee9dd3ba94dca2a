"""Sweeps: sets of runs made, cancelled and retried as one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.errors import Conflict, NotFound
from backend.expand import Expanded
from backend.store import runs
from backend.store.clock import utc_now
from backend.store.runs import Page, Position
from backend.store.statuses import ACTIVE, RETRYABLE, STATUSES
from backend.store.tables import Point, Run, Sweep, SweepRun


@dataclass(frozen=True)
class Summary:
    """A sweep as one unit."""

    sweep: Sweep
    runs: Sequence[str] | None
    """Ids, in the order of the grid; None where they were not asked for."""
    counts: Mapping[str, int]
    """Runs by status."""
    progress: float
    """Share of the work done, 0 to 1."""
    left_s: float | None
    """Seconds until its runs have ended, those of others not counted; None where that is unknown."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A run of a sweep, and where it landed."""

    cell: int
    """Which combination of the grid, the last key varying fastest."""
    run_id: str
    status: str
    cancel_requested: bool
    progress: float
    seconds: float | None
    """What it took; None before it has succeeded."""
    point_id: str | None
    """Its first point."""
    rate: float | None
    distortion: float | None


def create(session: Session, base: Mapping[str, Any], grid: Mapping[str, Any], expanded: Sequence[Expanded]) -> Sweep:
    """Make a sweep; a run whose digest is known is taken in instead of being trained again."""
    sweep = Sweep(id=uuid.uuid4().hex, base=dict(base), grid=dict(grid), created_at=utc_now())
    session.add(sweep)
    session.flush()
    cells: dict[str, int] = {}
    for cell, submitted in enumerate(runs.submit_all(session, expanded)):
        cells.setdefault(submitted.run.id, cell)  # two combinations may be one run
    session.add_all(SweepRun(sweep_id=sweep.id, run_id=run_id, position=cell) for run_id, cell in cells.items())
    session.flush()
    return sweep


def get(session: Session, sweep_id: str) -> Sweep:
    """One sweep.

    Raises:
        NotFound: there is none of that id.
    """
    sweep = session.get(Sweep, sweep_id)
    if sweep is None:
        raise NotFound(f"no sweep has the id {sweep_id!r}")
    return sweep


def page(session: Session, limit: int, after: Position | None) -> Page:
    """Sweeps, newest first."""
    return runs.newest_first(session, select(Sweep), Sweep, limit, after)


def summaries(session: Session, sweeps: Sequence[Sweep], *, members: bool = True) -> list[Summary]:
    """Sweeps in the same order, by a few queries that read no specification, however many runs they have.

    Args:
        members: whether to name their runs.
    """
    ids = [sweep.id for sweep in sweeps]
    of_sweeps = SweepRun.sweep_id.in_(ids)
    took = func.avg(Run.timings["train_s"].as_float()), func.avg(Run.timings["measure_s"].as_float())
    counted = (
        select(SweepRun.sweep_id, Run.status, func.count(), *took)
        .join(Run, Run.id == SweepRun.run_id)
        .where(of_sweeps)
        .group_by(SweepRun.sweep_id, Run.status)
    )
    counts = {sweep_id: dict.fromkeys(STATUSES, 0) for sweep_id in ids}
    mean_s: dict[str, float] = {}
    for sweep_id, status, count, train_s, measure_s in session.execute(counted):
        counts[sweep_id][status] = count
        if status == "succeeded" and train_s is not None:
            mean_s[sweep_id] = float(train_s) + float(measure_s or 0.0)
    going: dict[str, list[Mapping[str, Any]]] = {sweep_id: [] for sweep_id in ids}
    running = select(SweepRun.sweep_id, Run.progress).join(Run, Run.id == SweepRun.run_id)
    for sweep_id, progress in session.execute(running.where(of_sweeps, Run.status == "running")):
        going[sweep_id].append(progress)
    named: dict[str, list[str]] = {sweep_id: [] for sweep_id in ids}
    if members:
        of_each = select(SweepRun.sweep_id, SweepRun.run_id).where(of_sweeps).order_by(SweepRun.position)
        for sweep_id, run_id in session.execute(of_each):
            named[sweep_id].append(run_id)
    return [
        Summary(
            sweep=sweep,
            runs=named[sweep.id] if members else None,
            counts=counts[sweep.id],
            progress=_progress(counts[sweep.id], going[sweep.id]),
            left_s=_left_s(counts[sweep.id]["queued"], going[sweep.id], mean_s.get(sweep.id)),
        )
        for sweep in sweeps
    ]


def members(session: Session, sweep: Sweep) -> list[Member]:
    """The runs of a sweep with where they landed, in the order of the grid."""
    took = Run.timings["train_s"].as_float(), Run.timings["measure_s"].as_float()
    rows = session.execute(
        select(
            SweepRun.position, Run.id, Run.status, Run.cancel_requested, Run.progress, *took,
            Point.id, Point.rate, Point.distortion,
        )
        .join(Run, Run.id == SweepRun.run_id)
        .outerjoin(Point, (Point.run_id == Run.id) & (Point.position == 0))
        .where(SweepRun.sweep_id == sweep.id)
        .order_by(SweepRun.position)
    )  # fmt: skip
    return [
        Member(
            cell=cell,
            run_id=run_id,
            status=status,
            cancel_requested=cancelling,
            progress=1.0 if status not in ACTIVE else _share_done(progress),
            seconds=None if train_s is None else train_s + (measure_s or 0.0),
            point_id=point_id,
            rate=rate,
            distortion=distortion,
        )
        for cell, run_id, status, cancelling, progress, train_s, measure_s, point_id, rate, distortion in rows
    ]


def _progress(counts: Mapping[str, int], running: Sequence[Mapping[str, Any]]) -> float:
    """Every run counts the same, one that has ended as a whole."""
    total = sum(counts.values())
    ended = total - counts["queued"] - counts["running"]
    return (ended + sum(map(_share_done, running))) / total if total else 1.0


def _share_done(progress: Mapping[str, Any]) -> float:
    steps = progress.get("steps")
    return min(1.0, progress.get("step", 0) / steps) if steps else 0.0


def _left_s(queued: int, running: Sequence[Mapping[str, Any]], mean_s: float | None) -> float | None:
    """The longest of those that run, and then those that wait, as many at a time as run now.

    Those that wait take as long as those that have succeeded, else as those that run will have.
    """
    if not queued and not running:
        return None
    known = [each for each in running if each.get("eta_s") is not None]
    if len(known) < len(running):
        return None
    longest = max((float(each["eta_s"]) for each in known), default=0.0)
    if not queued:
        return longest
    if mean_s is None:
        begun = [(float(each["eta_s"]), _share_done(each)) for each in known]
        whole = [eta_s / (1 - share) for eta_s, share in begun if share < 1]
        mean_s = sum(whole) / len(whole) if whole else None
    return None if mean_s is None else longest + queued * mean_s / max(1, len(running))


def cancel(session: Session, sweep: Sweep) -> None:
    """Cancel every run that waits or runs.

    Raises:
        Conflict: all have ended.
    """
    active = [run.id for run in _locked_members(session, sweep) if run.status in ACTIVE]
    if not active:
        raise Conflict("nothing to cancel: every run of this sweep has ended")
    for run_id in active:
        runs.cancel(session, run_id)


def retry(session: Session, sweep: Sweep) -> None:
    """Queue every failed or cancelled run again that can be: not one whose start is gone, or that was not made here.

    Raises:
        Conflict: there is none.
    """
    runs.submitting_alone(session)  # before any run is locked
    ended = [run.id for run in _locked_members(session, sweep) if run.status in RETRYABLE]
    if not ended:
        raise Conflict("nothing to retry: no run of this sweep has failed or was cancelled")
    refused: list[str] = []
    for run_id in ended:
        try:
            runs.retry(session, run_id)
        except Conflict as conflict:  # raised before anything of this run was written
            refused.append(str(conflict))
    if len(refused) == len(ended):
        which = "the one run that has" if len(ended) == 1 else f"none of the {len(ended)} runs that have"
        verb = "cannot" if len(ended) == 1 else "can"
        raise Conflict(f"{which} failed or was cancelled {verb} be queued again: {refused[0]}")


def _locked_members(session: Session, sweep: Sweep) -> list[Run]:
    return runs.locked(session, session.scalars(select(SweepRun.run_id).where(SweepRun.sweep_id == sweep.id)).all())

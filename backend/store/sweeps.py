"""Sweeps: sets of runs made, cancelled and retried as one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Conflict, NotFound
from backend.expand import Expanded
from backend.store import runs
from backend.store.clock import utc_now
from backend.store.runs import Page, Position
from backend.store.tables import Run, Sweep, SweepRun


@dataclass(frozen=True)
class SweepDetails:
    """A sweep with its runs, in the order of the grid."""

    sweep: Sweep
    runs: Sequence[Run]


def create(session: Session, base: Mapping[str, Any], grid: Mapping[str, Any], expanded: Sequence[Expanded]) -> Sweep:
    """Make a sweep; a run whose digest is known is taken in instead of being trained again."""
    sweep = Sweep(id=uuid.uuid4().hex, base=dict(base), grid=dict(grid), created_at=utc_now())
    session.add(sweep)
    session.flush()
    members = dict.fromkeys(submitted.run.id for submitted in runs.submit_all(session, expanded))
    session.add_all(
        SweepRun(sweep_id=sweep.id, run_id=run_id, position=position) for position, run_id in enumerate(members)
    )
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


def details(session: Session, sweeps: Sequence[Sweep]) -> list[SweepDetails]:
    """Sweeps with their runs, in the same order; one query however many they are."""
    members: dict[str, list[Run]] = {sweep.id: [] for sweep in sweeps}
    rows = session.execute(
        select(SweepRun.sweep_id, Run)
        .join(Run, Run.id == SweepRun.run_id)
        .where(SweepRun.sweep_id.in_(list(members)))
        .order_by(SweepRun.position)
    )
    for sweep_id, run in rows:
        members[sweep_id].append(run)
    return [SweepDetails(sweep, members[sweep.id]) for sweep in sweeps]


def cancel(session: Session, sweep: Sweep) -> None:
    """Cancel every run that waits or runs.

    Raises:
        Conflict: all have ended.
    """
    active = [run.id for run in _locked_members(session, sweep) if run.status in runs.ACTIVE]
    if not active:
        raise Conflict("nothing to cancel: every run of this sweep has ended")
    for run_id in active:
        runs.cancel(session, run_id)


def retry(session: Session, sweep: Sweep) -> None:
    """Queue every failed or cancelled run again.

    Raises:
        Conflict: none has failed or was cancelled.
    """
    ended = [run.id for run in _locked_members(session, sweep) if run.status in runs.RETRYABLE]
    if not ended:
        raise Conflict("nothing to retry: no run of this sweep has failed or was cancelled")
    for run_id in ended:
        runs.retry(session, run_id)


def _locked_members(session: Session, sweep: Sweep) -> list[Run]:
    return runs.locked(session, session.scalars(select(SweepRun.run_id).where(SweepRun.sweep_id == sweep.id)).all())

"""What the Lab computed: at most one job of a bench waits or runs, and the newest result stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.orm import Session

from backend.store import jobs, runs
from backend.store.statuses import ACTIVE
from backend.store.tables import Job

KIND = "lab"
QUEUE = "train"
"""Whoever clicks for samples never waits behind what takes minutes."""
PRIORITY = 1
"""It takes two minutes and a person waits for it: before the runs that wait, behind the one that is trained."""


@dataclass(frozen=True)
class Found:
    """How far a bench is."""

    active: Job | None = None
    """The job that waits or runs."""
    newest: Job | None = None
    """The newest one that succeeded."""
    failed: Job | None = None
    """The newest one that failed, where none has succeeded since."""


def ask(session: Session, name: str) -> Job:
    """The waiting or running job that computes a bench; a new one where there is none."""
    runs.submitting_alone(session)  # else two clicks at once make two jobs
    active = found(session, [name])[name].active
    return active or jobs.enqueue(session, kind=KIND, queue=QUEUE, payload={"name": name}, priority=PRIORITY)


def found(session: Session, names: Collection[str]) -> dict[str, Found]:
    """How far each bench is."""
    rows = _rows(session)
    return {name: _found(session, [row for row in rows if row.payload["name"] == name]) for name in names}


def forget_old(session: Session, before: datetime) -> int:
    """Delete what ended before then, but for the newest result of each bench; returns how many."""
    rows = _rows(session)
    kept = {row.payload["name"]: row.id for row in rows if row.state == "succeeded"}
    ended = [row.id for row in rows if row.state not in ACTIVE and row.finished_at < before]
    old = delete(Job).where(Job.id.in_(set(ended) - set(kept.values())))
    return len(session.scalars(old.returning(Job.id).execution_options(synchronize_session=False)).all())


def _rows(session: Session) -> Sequence[Row[Any]]:
    """Every such job without its result, the one that ended last at the end."""
    wanted = select(Job.id, Job.state, Job.payload, Job.finished_at).where(Job.kind == KIND)
    return session.execute(wanted.order_by(Job.finished_at, Job.created_at, Job.id)).all()


def _found(session: Session, rows: Sequence[Row[Any]]) -> Found:
    def last(*states: str) -> str | None:
        return next((row.id for row in reversed(rows) if row.state in states), None)

    active, newest, ended = last(*ACTIVE), last("succeeded"), last("succeeded", "failed")
    failed = ended if ended != newest else None
    return Found(*(session.get(Job, ident) if ident else None for ident in (active, newest, failed)))

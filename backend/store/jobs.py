"""The life of a job: queued, claimed under a lease, renewed, ended, handed back or taken back.

Lock order everywhere: jobs by run, then runs by id, then revision; :func:`backend.store.runs.locked` takes the first
two. Whoever submits holds the lock of :func:`backend.store.runs.submitting_alone` before any of them.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.errors import Conflict, LeaseLost, NotFound
from backend.store import checkpoints
from backend.store.clock import database_clock, utc_now
from backend.store.session import mark_changed
from backend.store.tables import Attempt, Job, Run

QUEUES = ("train", "interactive")

_INSTANT = timedelta(microseconds=1)
"""What a database tells two times apart by."""

_STANDING = {
    "running": "is running",
    "succeeded": "has succeeded",
    "failed": "has failed",
    "cancelled": "was cancelled",
}
"""How a job stands that does not wait."""

CLAIM_ORDER = (Job.priority.desc(), Job.created_at, Job.id)
"""The order in which waiting jobs are taken; ``created_at`` is a job's place in line and moves when that does."""

MAX_LOST_LEASES = 3
"""Leases a job may lose in a row without a newer checkpoint."""

MEMORY_HINTS = {
    "train": "try a smaller batch_size, width or latent_dim",
    "draw": "ask for fewer samples, or wait until the machine is less busy",
    "decode": "ask for fewer pictures, or wait until the machine is less busy",
    "estimate": "ask for fewer images or samples, or wait until the machine is less busy",
    "download": "wait until the machine is less busy, then download it again",
    "time": "wait until the machine is less busy, or ask about a smaller model",
    "lab": "wait until the machine is less busy, then run it again",
}
"""What helps where the memory did not suffice, by kind of job."""


@dataclass(frozen=True)
class Lease:
    """The right to write for a job, until another worker holds a newer token."""

    job_id: str
    token: str
    seconds: float


def enqueue(
    session: Session,
    *,
    kind: str,
    queue: str,
    payload: Mapping[str, Any],
    run_id: str | None = None,
    point_id: str | None = None,
    priority: int = 0,
) -> Job:
    """Add a waiting job. A train job names its runs in ``payload["run_ids"]``; the first is its ``run_id``."""
    job = Job(
        id=uuid.uuid4().hex,
        kind=kind,
        queue=queue,
        payload=dict(payload),
        state="queued",
        priority=priority,
        run_id=run_id,
        point_id=point_id,
        progress={},
        created_at=utc_now(),
    )
    session.add(job)
    session.flush()
    return job


def get(session: Session, job_id: str) -> Job:
    """One job.

    Raises:
        NotFound: there is none of that id.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"no job has the id {job_id!r}")
    return job


def claim(session: Session, queue: str, worker: Mapping[str, Any], lease_s: float) -> Job | None:
    """Take the waiting job of highest priority, the oldest among equals; null where none waits.

    One UPDATE, so that two workers never take the same job; on Postgres a job being claimed is passed over.
    """
    waiting = (
        select(Job.id)
        .where(Job.queue == queue, Job.state == "queued")
        .order_by(*CLAIM_ORDER)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    now = utc_now()
    job = session.scalars(
        update(Job)
        .where(Job.id == waiting)
        .values(
            state="running",
            lease_token=uuid.uuid4().hex,
            lease_until=database_clock() + lease_s,
            attempts=Job.attempts + 1,
            started_at=func.coalesce(Job.started_at, now),
            finished_at=None,
            error=None,
        )
        .returning(Job)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).one_or_none()
    if job is None:
        return None
    _set_runs(
        session,
        job,
        status="running",
        worker=dict(worker),
        started_at=func.coalesce(Run.started_at, now),
        finished_at=None,
        error=None,
    )
    for run_id in run_ids(job):
        session.add(
            Attempt(
                run_id=run_id,
                worker=dict(worker),
                lease_token=job.lease_token,
                started_at=now,
                from_step=checkpoints.newest_step(session, run_id) or 0,
            )
        )
    session.flush()
    return job


def lease_of(job: Job, seconds: float) -> Lease:
    """The lease of a job that was just claimed."""
    if job.lease_token is None:
        raise LeaseLost(f"job {job.id} is not claimed")
    return Lease(job.id, job.lease_token, seconds)


def hold(session: Session, lease: Lease) -> Job:
    """Renew the lease; every write for a job begins with this, in the same transaction.

    Raises:
        LeaseLost: another worker has the job now, or it has ended or was deleted.
    """
    job = session.scalars(
        update(Job)
        .where(Job.id == lease.job_id, Job.lease_token == lease.token, Job.state == "running")
        .values(lease_until=database_clock() + lease.seconds)
        .returning(Job)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).one_or_none()
    if job is None:
        raise LeaseLost(f"job {lease.job_id} belongs to another worker now")
    return job


def finish(
    session: Session,
    job: Job,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> None:
    """End a held job as succeeded, failed or cancelled, and with it its runs."""
    _close_attempt(session, job, state)
    _end(session, job, state, result=result, error=error)


def release(session: Session, job: Job) -> None:
    """Hand a held job back: it waits again, in its old place; one that a person cancelled meanwhile ends instead."""
    if job.cancel_requested:
        finish(session, job, "cancelled")
        return
    _close_attempt(session, job, "released")
    _wait_again(session, job)


def request_cancel(session: Session, job: Job) -> None:
    """Cancel a waiting job at once; ask the worker of a running one to stop.

    Raises:
        NotFound: the job was deleted meanwhile.
        Conflict: the job has ended.
    """
    held = _lock(session, job.id)
    if held.state == "queued":
        _end(session, held, "cancelled")
    elif held.state == "running":
        held.cancel_requested = True
        _set_runs(session, held, cancel_requested=True)
    else:
        raise Conflict(f"nothing to cancel: it has already {_ended(held.state)}")
    session.flush()


def requeue(session: Session, job: Job) -> None:
    """Let a failed or cancelled job wait again, behind those that wait already; it goes on from its last checkpoint.

    Raises:
        Conflict: the job is waiting, running or succeeded.
    """
    held = _lock(session, job.id)
    if held.state not in ("failed", "cancelled"):
        raise Conflict(f"only a failed or cancelled run can be queued again; this one is {held.state}")
    held.created_at = utc_now()
    held.lost_leases = 0
    held.started_at = None
    _wait_again(session, held)
    _set_runs(session, held, started_at=None, finished_at=None, error=None)


def priorities(session: Session, run_ids: Collection[str]) -> dict[str, int]:
    """Priority of the train job of each run that has one."""
    rows = select(Job.run_id, Job.priority).where(Job.run_id.in_(run_ids), Job.kind == "train")
    return {run_id: priority for run_id, priority in session.execute(rows) if run_id}


def prioritise(session: Session, job: Job, priority: int) -> None:
    """Change the priority of a waiting job.

    Raises:
        NotFound: the job was deleted meanwhile.
        Conflict: the job does not wait.
    """
    _waiting(_lock(session, job.id)).priority = priority
    session.flush()


def place(session: Session, job: Job, before: Job | None) -> None:
    """Put a waiting job right before another one, with that one's priority; after all others where that is null.

    The caller has locked the whole line. A job moves by its time of joining the line, to just before the other's; those
    that stand there already give way by a microsecond each.

    Raises:
        Conflict: one of the two does not wait.
    """
    _waiting(job)
    line = select(Job).where(Job.queue == job.queue, Job.state == "queued", Job.id != job.id)
    others = session.scalars(line.order_by(*CLAIM_ORDER)).all()
    if before is None:
        if others:
            job.priority, job.created_at = others[-1].priority, max(utc_now(), others[-1].created_at + _INSTANT)
    elif before.id != job.id:
        job.priority, job.created_at = _waiting(before).priority, before.created_at - _INSTANT
        at = job.created_at
        for ahead in reversed(others[: others.index(before)]):
            if ahead.priority != job.priority or ahead.created_at < at:
                break
            at -= _INSTANT
            ahead.created_at = at
    session.flush()


def lock_line(session: Session, queue: str, run_ids: Collection[str]) -> None:
    """Lock every job that waits in a queue, and the jobs of these runs, in the order in which everybody locks."""
    wanted = ((Job.queue == queue) & (Job.state == "queued")) | Job.run_id.in_(run_ids)
    session.execute(select(Job.id).where(wanted).order_by(Job.run_id, Job.id).with_for_update())


def jobs_of(session: Session, run_ids: Collection[str]) -> Sequence[Job]:
    """The jobs of runs, locked until the transaction ends; everybody locks in the same order."""
    return session.scalars(
        select(Job)
        .where(Job.run_id.in_(run_ids))
        .order_by(Job.run_id, Job.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def expired(session: Session) -> Sequence[str]:
    """Ids of running jobs whose lease ran out."""
    return session.scalars(
        select(Job.id).where(Job.state == "running", Job.lease_until < database_clock()).order_by(Job.id)
    ).all()


def take_back(session: Session, job_id: str) -> str | None:
    """Take a job from a worker that stopped renewing; its new state, or null where the worker came back first."""
    job = session.scalars(
        update(Job)
        .where(Job.id == job_id, Job.state == "running", Job.lease_until < database_clock())
        .values(lost_leases=Job.lost_leases + 1)
        .returning(Job)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).one_or_none()
    if job is None:
        return None
    _close_attempt(session, job, "lost")
    if job.cancel_requested:
        _end(session, job, "cancelled")
    elif job.lost_leases >= MAX_LOST_LEASES:
        _end(session, job, "failed", error=_worker_lost(job))
    else:
        _wait_again(session, job)
    return job.state


def expire_all(session: Session) -> None:
    """Let every lease run out now. Only for who knows that no worker of this database is alive."""
    session.execute(update(Job).where(Job.state == "running").values(lease_until=0.0))


def forget_answers(session: Session, before: datetime) -> int:
    """Delete drawings, with their pictures, measurements and timings that ended before then; returns how many."""
    answers, ended = Job.kind.in_(("draw", "decode", "estimate", "time")), Job.state.not_in(("queued", "running"))
    old = delete(Job).where(answers, ended, Job.finished_at < before)
    return len(session.scalars(old.returning(Job.id).execution_options(synchronize_session=False)).all())


def waiting(session: Session) -> dict[str, int]:
    """Number of waiting jobs by queue."""
    counted = select(Job.queue, func.count()).where(Job.state == "queued").group_by(Job.queue)
    return {row[0]: row[1] for row in session.execute(counted)}


def run_ids(job: Job) -> list[str]:
    """The runs that a train job trains; empty for other kinds."""
    return list(job.payload.get("run_ids", []))


def _lock(session: Session, job_id: str) -> Job:
    job = session.scalars(
        select(Job).where(Job.id == job_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        raise NotFound(f"job {job_id!r} was deleted meanwhile")
    return job


def _waiting(job: Job) -> Job:
    """
    Raises:
        Conflict: the job does not wait.
    """
    if job.state != "queued":
        raise Conflict(f"only a run that waits has a place in line; this one {_STANDING[job.state]}")
    return job


def _wait_again(session: Session, job: Job) -> None:
    job.state, job.lease_token, job.lease_until = "queued", None, None
    job.finished_at, job.error, job.cancel_requested = None, None, False
    session.flush()
    _set_runs(session, job, status="queued", worker=None, cancel_requested=False)


def _end(
    session: Session,
    job: Job,
    state: str,
    *,
    result: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> None:
    now = utc_now()
    stored_error = None if error is None else dict(error)
    job.state, job.finished_at, job.lease_token, job.lease_until = state, now, None, None
    job.cancel_requested, job.error = False, stored_error
    job.result = None if result is None else dict(result)
    session.flush()
    _set_runs(session, job, status=state, worker=None, cancel_requested=False, finished_at=now, error=stored_error)


def _close_attempt(session: Session, job: Job, outcome: str) -> None:
    session.execute(
        update(Attempt)
        .where(Attempt.run_id.in_(run_ids(job)), Attempt.lease_token == job.lease_token, Attempt.ended_at.is_(None))
        .values(ended_at=utc_now(), outcome=outcome)
    )


def _set_runs(session: Session, job: Job, **values: Any) -> None:
    ids = run_ids(job)
    if not ids:
        return
    session.execute(update(Run).where(Run.id.in_(ids)).values(**values))
    for run_id in ids:
        mark_changed(session, run_id)


def _worker_lost(job: Job) -> dict[str, str]:
    without = " without a newer checkpoint" if job.kind == "train" else ""
    return {
        "type": "WorkerLost",
        "message": f"the worker disappeared {MAX_LOST_LEASES} times in a row{without}",
        "hint": f"most often the machine ran out of memory: {MEMORY_HINTS[job.kind]}",
    }


def _ended(state: str) -> str:
    return "been cancelled" if state == "cancelled" else state

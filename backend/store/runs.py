"""Runs: submitting, finding, annotating, cancelling, retrying and deleting them."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, literal, select, text, tuple_, update
from sqlalchemy.orm import Session

from backend.errors import Conflict, NotFound
from backend.expand import Expanded
from backend.store import checkpoints, jobs, lineage, results
from backend.store.clock import utc_now
from backend.store.history import as_table, drop_after
from backend.store.session import mark_changed, mark_deleted
from backend.store.statuses import RETRYABLE
from backend.store.tables import Artifact, Attempt, History, Job, LogLine, Point, Run, SweepRun

_SUBMITTING = 7_263_002
"""Number of the Postgres lock under which runs are submitted, so that two equal posts at once make one run."""


@dataclass(frozen=True)
class Position:
    """Where a page of a newest-first list ends."""

    created_at: datetime
    id: str


@dataclass(frozen=True)
class Page:
    """Rows of a newest-first list, and where the next page starts; null at the end."""

    items: Sequence[Any]
    next: Position | None


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs are meant; null means any."""

    statuses: Collection[str] = ()
    """Any of these; none means any at all."""
    dataset: str | None = None
    """``name/binarize``."""
    architecture: str | None = None
    method: str | None = None
    sweep: str | None = None
    continues: str | None = None
    """Id of the run whose weights they started from."""
    tag: str | None = None


@dataclass(frozen=True)
class RunDetails:
    """A run with what hangs on it."""

    run: Run
    points: Sequence[str]
    """Ids of its points, in order."""
    attempts: Sequence[Attempt]
    priority: int
    """Of its job; 0 for a run that was not made here."""


@dataclass(frozen=True)
class Submitted:
    """A run, and whether it is a new one."""

    run: Run
    created: bool


def submit(session: Session, expanded: Expanded, *, duplicate: bool = False) -> Submitted:
    """The oldest run of this digest, queued again where it failed or was cancelled; else a new run in the queue.

    Args:
        duplicate: make a new run even where the digest is known.
    """
    submitting_alone(session)
    known = None if duplicate else _oldest(session, expanded.spec.digest)
    if known is None:
        return Submitted(_create(session, expanded), created=True)
    if known.status in RETRYABLE:
        _require_start(session, known)
        jobs.requeue(session, _train_job(session, known))
        session.refresh(known)
    return Submitted(known, created=False)


def submit_all(session: Session, expanded: Sequence[Expanded]) -> list[Submitted]:
    """Submit several, in the order given."""
    submitting_alone(session)
    digests = [each.spec.digest for each in expanded]
    # All at once, before the first is submitted: one by one they would be locked in the order of the grid.
    locked(session, session.scalars(select(Run.id).where(Run.digest.in_(digests))).all())
    return [submit(session, each) for each in expanded]


def locked(session: Session, run_ids: Collection[str]) -> list[Run]:
    """Those of these runs that exist, as they are now, locked with their jobs until the transaction ends.

    Whatever is decided about a run is decided after this: until then it may be claimed, retried or deleted.
    """
    jobs.jobs_of(session, run_ids)
    rows = select(Run).where(Run.id.in_(run_ids)).order_by(Run.id).with_for_update()
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def get(session: Session, run_id: str) -> Run:
    """One run.

    Raises:
        NotFound: there is none of that id.
    """
    run = session.get(Run, run_id)
    if run is None:
        raise NotFound(f"no run has the id {run_id!r}")
    return run


def details(session: Session, runs: Iterable[Run]) -> list[RunDetails]:
    """Runs with what hangs on them, in the same order; three queries however many they are."""
    found = list(runs)
    ids = [run.id for run in found]
    points: dict[str, list[str]] = {run_id: [] for run_id in ids}
    attempts: dict[str, list[Attempt]] = {run_id: [] for run_id in ids}
    ordered = select(Point.run_id, Point.id).where(Point.run_id.in_(ids)).order_by(Point.position, Point.id)
    for run_id, point_id in session.execute(ordered):
        points[run_id].append(point_id)
    for attempt in session.scalars(select(Attempt).where(Attempt.run_id.in_(ids)).order_by(Attempt.id)):
        attempts[attempt.run_id].append(attempt)
    priorities = jobs.priorities(session, ids)
    return [RunDetails(run, points[run.id], attempts[run.id], priorities.get(run.id, 0)) for run in found]


def page(session: Session, wanted: RunFilter, limit: int, after: Position | None) -> Page:
    """Runs, newest first."""
    query = select(Run)
    for column, value in (
        (Run.dataset, wanted.dataset),
        (Run.architecture, wanted.architecture),
        (Run.method, wanted.method),
        (Run.continues, wanted.continues),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.statuses:
        query = query.where(Run.status.in_(wanted.statuses))
    if wanted.sweep is not None:
        query = query.where(Run.id.in_(select(SweepRun.run_id).where(SweepRun.sweep_id == wanted.sweep)))
    if wanted.tag is not None:
        query = query.where(has_tag(session, wanted.tag))
    return newest_first(session, query, Run, limit, after)


def has_tag(session: Session, tag: str) -> ColumnElement[bool]:
    """Whether a run has a tag."""
    postgres = session.get_bind().dialect.name == "postgresql"
    elements = func.json_array_elements_text if postgres else func.json_each
    tags = elements(Run.tags).table_valued("value")
    return select(literal(1)).select_from(tags).where(tags.c.value == tag).exists()


def next_in_line(session: Session, limit: int) -> tuple[Sequence[Run], int]:
    """The runs that wait, in the order in which workers take them, and how many they are."""
    waits = (Job.kind == "train", Job.state == "queued")
    rows = select(Run).join(Job, Job.run_id == Run.id).where(*waits).order_by(*jobs.CLAIM_ORDER).limit(limit)
    total = session.scalar(select(func.count()).select_from(Job).where(*waits))
    return session.scalars(rows).all(), total or 0


def newest_first(session: Session, query: Select[Any], table: Any, limit: int, after: Position | None) -> Page:
    """One page of a query over a table with ``created_at`` and ``id``; stable while new rows arrive."""
    if after is not None:
        query = query.where(tuple_(table.created_at, table.id) < tuple_(after.created_at, after.id))
    rows = session.scalars(query.order_by(table.created_at.desc(), table.id.desc()).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(rows[:limit], Position(rows[limit - 1].created_at, rows[limit - 1].id) if more else None)


def annotate(session: Session, run_id: str, *, notes: str | None = None, tags: Sequence[str] | None = None) -> Run:
    """Change a person's notes and tags; null leaves them as they are.

    Raises:
        NotFound: there is no such run.
    """
    run = _locked(session, run_id)
    if notes is not None:
        run.notes = notes
    if tags is not None:
        run.tags = list(tags)
    mark_changed(session, run.id)
    return run


def prioritise(session: Session, run_id: str, priority: int) -> Run:
    """Let a waiting run be taken before those of lower priority.

    Raises:
        NotFound: there is no such run.
        Conflict: the run does not wait.
    """
    run = _locked(session, run_id)
    jobs.prioritise(session, _train_job(session, run), priority)
    mark_changed(session, run.id)
    return run


def place(session: Session, run_id: str, before: str | None) -> Run:
    """Put a waiting run right before another one, whose priority it takes; last where that is null.

    Raises:
        NotFound: there is no such run.
        Conflict: one of them does not wait.
    """
    named = [run_id, *([before] if before else [])]
    jobs.lock_line(session, "train", named)  # others may have to give way
    asked = {each.id: each for each in locked(session, named)}
    for each in (run_id, before):
        if each and each not in asked:
            raise NotFound(f"no run has the id {each!r}")
    other = None if before is None else _train_job(session, asked[before])
    jobs.place(session, _train_job(session, asked[run_id]), other)
    mark_changed(session, run_id)
    return asked[run_id]


def cancel(session: Session, run_id: str) -> Run:
    """Cancel a queued run at once; ask the worker of a running one to stop.

    Raises:
        NotFound: there is no such run.
        Conflict: the run has ended.
    """
    run = _locked(session, run_id)
    jobs.request_cancel(session, _train_job(session, run))
    session.refresh(run)
    return run


def retry(session: Session, run_id: str) -> Run:
    """Queue a failed or cancelled run again; it goes on from its last checkpoint.

    Raises:
        NotFound: there is no such run.
        Conflict: the run is in another state, or the run whose weights it would start from is gone.
    """
    submitting_alone(session)
    run = _locked(session, run_id)
    _require_start(session, run)
    jobs.requeue(session, _train_job(session, run))
    session.refresh(run)
    return run


def remove(session: Session, run_id: str) -> list[str]:
    """Delete a run and all that hangs on it; returns the keys of its artifacts, to be deleted after the commit.

    Raises:
        NotFound: there is no such run.
        Conflict: it is running, or another run has yet to take its weights.
    """
    submitting_alone(session)
    run = _locked(session, run_id)
    if run.status == "running":
        raise Conflict("the run is running: cancel it first, then delete it")
    lineage.require_no_heir(session, run.id)
    keys = list(session.scalars(select(Artifact.key).where(Artifact.run_id == run.id)))
    mark_deleted(session, run.id)
    session.execute(delete(Run).where(Run.id == run.id))
    return keys


def begin(session: Session, job: Job, run_id: str, from_step: int, device: str) -> None:
    """Note where the attempt of a held job starts, and forget the history beyond: those steps are trained again."""
    drop_after(session, run_id, from_step)
    session.execute(
        update(Attempt)
        .where(Attempt.run_id == run_id, Attempt.lease_token == job.lease_token)
        .values(from_step=from_step)
    )
    session.execute(update(Run).where(Run.id == run_id).values(device=device))
    mark_changed(session, run_id)


def keep_progress(session: Session, run_id: str, progress: Mapping[str, Any]) -> None:
    """How far a run is."""
    session.execute(update(Run).where(Run.id == run_id).values(progress=dict(progress)))
    mark_changed(session, run_id)


def history(session: Session, run_id: str) -> dict[str, list[float | None]]:
    """A run's training curve as columns of equal length, each step once; what a row lacks is null."""
    rows = session.execute(
        select(History.step, History.columns).where(History.run_id == run_id).order_by(History.step)
    ).all()
    return as_table([(step, columns) for step, columns in rows])


def log_tail(session: Session, run_id: str, limit: int) -> list[LogLine]:
    """The last lines of a run's log, oldest first."""
    newest = session.scalars(
        select(LogLine).where(LogLine.run_id == run_id).order_by(LogLine.id.desc()).limit(limit)
    ).all()
    return list(reversed(newest))


def without_model(run: Run) -> Conflict:
    """Why nothing can be done with a run's model, and what to do instead."""
    if run.origin is not None:
        return Conflict(
            f"run {run.id} was imported, and its model stayed where it was trained: duplicate the run to have one here"
        )
    return Conflict(f"the checkpoint of run {run.id} is gone: duplicate the run to have its model again")


def of_dataset(session: Session, name: str, statuses: Collection[str]) -> int:
    """Number of runs of a data set, however binarised, in one of these states."""
    named = Run.dataset.startswith(f"{name}/", autoescape=True)
    return len(session.scalars(select(Run.id).where(named, Run.status.in_(statuses))).all())


def submitting_alone(session: Session) -> None:
    """Wait until nobody else submits runs or deletes data sets; holds until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers are alone already
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _SUBMITTING})


def _oldest(session: Session, digest: str) -> Run | None:
    """The oldest run of a digest, locked; one that is deleted while its lock is waited for is none."""
    oldest = select(Run.id).where(Run.digest == digest).order_by(Run.created_at, Run.id).limit(1)
    while (run_id := session.scalar(oldest)) is not None:
        for run in locked(session, [run_id]):
            return run
    return None


def _locked(session: Session, run_id: str) -> Run:
    for run in locked(session, [run_id]):
        return run
    raise NotFound(f"no run has the id {run_id!r}")


def _require_start(session: Session, run: Run) -> None:
    """
    Raises:
        Conflict: the run has no weights of its own yet, and the run that it continues is gone.
    """
    if run.continues and checkpoints.newest_step(session, run.id) is None:
        lineage.require_parent(session, results.stored_spec(run))


def _create(session: Session, expanded: Expanded) -> Run:
    spec, continues = expanded.spec, expanded.spec.training.continues
    lineage.require_parent(session, spec)
    run = Run(
        id=uuid.uuid4().hex,
        spec=spec.model_dump(mode="json"),
        digest=spec.digest,
        method=expanded.method,
        architecture=spec.architecture.symbols,
        dataset=f"{spec.dataset.name}/{spec.dataset.binarize}",
        continues=None if continues is None else continues.run,
        status="queued",
        progress={"epochs": spec.training.epochs},
        created_at=utc_now(),
        revision=0,
    )
    session.add(run)
    session.flush()
    jobs.enqueue(session, kind="train", queue="train", payload={"run_ids": [run.id]}, run_id=run.id)
    mark_changed(session, run.id)
    if run.continues:
        mark_changed(session, run.continues)  # its page names those that continue it
    return run


def _train_job(session: Session, run: Run) -> Job:
    job = session.scalars(select(Job).where(Job.run_id == run.id, Job.kind == "train")).one_or_none()
    if job is None:
        raise Conflict(f"run {run.id} was not made here and cannot be trained: submit its specification again")
    return job

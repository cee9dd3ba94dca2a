"""Which run continues which: what a run may start from, and who still needs one."""

from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.continuing import Parent, Parents
from backend.errors import Conflict
from backend.rules.continuation import broken_by_continuation
from backend.spec import RunSpec
from backend.store import checkpoints
from backend.store.results import stored_spec
from backend.store.statuses import ACTIVE
from backend.store.tables import Artifact, Run


def parents(session: Session) -> Parents:
    """Finds the runs that bodies of this transaction continue; each is read once."""
    return cache(partial(parent_of, session))


def parent_of(session: Session, run_id: str) -> Parent | None:
    """A run as something to continue, or null where there is none of that id."""
    run = session.get(Run, run_id, populate_existing=True)  # as it is now: it may have been read before a lock
    if run is None:
        return None
    checkpoint = checkpoints.newest(session, run_id)
    sha256 = None if checkpoint is None else checkpoint.sha256
    return Parent(id=run_id, spec=stored_spec(run), method=run.method, sha256=sha256, obstacle=_obstacle(run, sha256))


def _obstacle(run: Run, checkpoint: str | None) -> str:
    if run.status in ACTIVE:
        return f"run {run.id} is {run.status}: wait until it has succeeded, then continue it"
    if run.status != "succeeded":
        ended = "has failed" if run.status == "failed" else "was cancelled"
        return f"run {run.id} {ended}: retry it, and continue it once it has succeeded"
    if checkpoint is None:
        return f"run {run.id} has no checkpoint here to start from: submit its specification again, and continue that"
    return ""


def require_parent(session: Session, spec: RunSpec) -> None:
    """Called under :func:`backend.store.runs.submitting_alone`, which whoever deletes a run holds too.

    Raises:
        Conflict: the run to continue is gone, or nothing can start from it.
    """
    continues = spec.training.continues
    if continues is None:
        return
    parent = parent_of(session, continues.run)
    if parent is None:
        raise Conflict(
            f"run {continues.run}, whose weights this one starts from, is not here any more: submit it again "
            "without training.continues to train from the start"
        )
    broken = broken_by_continuation(spec, parent)
    if broken:
        raise Conflict(f"{'.'.join(map(str, broken[0].loc))}: {broken[0].msg}")


def require_no_heir(session: Session, run_id: str) -> None:
    """
    Raises:
        Conflict: a run has yet to take this one's weights.
    """
    begun = select(Artifact.run_id).where(Artifact.kind == "checkpoint", Artifact.run_id == Run.id).exists()
    waits = select(Run.id).where(Run.continues == run_id, Run.status.in_(ACTIVE), ~begun).order_by(Run.id)
    heir = session.scalar(waits.limit(1))
    if heir is not None:
        raise Conflict(
            f"run {heir} is about to start from this run's weights: wait until it has begun or cancel it, then delete "
            "this one"
        )

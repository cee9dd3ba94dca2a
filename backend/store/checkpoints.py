"""Which checkpoint of a run is its newest."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.tables import Artifact


def newest(session: Session, run_id: str) -> Artifact | None:
    """The checkpoint of the highest step; null where a run has none."""
    return session.scalars(
        select(Artifact)
        .where(Artifact.run_id == run_id, Artifact.kind == "checkpoint")
        .order_by(Artifact.step.desc(), Artifact.created_at.desc())
        .limit(1)
    ).one_or_none()


def newest_step(session: Session, run_id: str) -> int | None:
    """Its step; null where a run has none."""
    found = newest(session, run_id)
    return None if found is None else found.step

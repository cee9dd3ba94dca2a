"""Rows of the objects in the artifact store: which checkpoint is a run's, which file is a data set's."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.datasets import DATASETS
from backend.store import checkpoints
from backend.store.clock import utc_now
from backend.store.dataset_files import artifact_key
from backend.store.tables import Artifact, Job


def checkpoint_key(run_id: str, step: int, token: str) -> str:
    """Where a worker keeps a checkpoint; its lease's token keeps two workers apart."""
    return f"checkpoints/{run_id}/{step}-{token}.pt"


def keep_checkpoint(session: Session, job: Job, run_id: str, key: str, step: int, size: int, sha256: str) -> list[str]:
    """Make this a run's only checkpoint; returns the keys it replaces, to be deleted after the commit.

    A checkpoint of a later step than any before shows that the run moves on: it forgives lost leases.
    """
    newest = checkpoints.newest_step(session, run_id)
    if newest is None or step > newest:
        job.lost_leases = 0
    of_run = (Artifact.run_id == run_id, Artifact.kind == "checkpoint")
    replaced = [stored for stored in session.scalars(select(Artifact.key).where(*of_run)) if stored != key]
    session.execute(delete(Artifact).where(*of_run))
    session.add(
        Artifact(key=key, kind="checkpoint", run_id=run_id, step=step, bytes=size, sha256=sha256, created_at=utc_now())
    )
    session.flush()
    return replaced


def known_keys(session: Session) -> set[str]:
    """Every key that is somebody's: objects with a row, and the files of built-in data sets."""
    return set(session.scalars(select(Artifact.key))) | {artifact_key(facts) for facts in DATASETS.values()}

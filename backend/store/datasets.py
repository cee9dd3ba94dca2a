"""Data sets: the built-in facts and the uploads beside them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.datasets import DATASETS, DatasetFacts
from backend.errors import Conflict, NotFound
from backend.store import jobs, runs
from backend.store.clock import utc_now
from backend.store.tables import Artifact, DatasetRow, Job

_BUNDLED = ("digits",)
"""Data sets that ship with the program's libraries: there is nothing to download or delete."""


def every(session: Session) -> dict[str, DatasetFacts]:
    """Facts of every data set there is, by name: the built-in ones first, then uploads, oldest first."""
    rows = session.scalars(
        select(DatasetRow).where(DatasetRow.facts.is_not(None)).order_by(DatasetRow.created_at, DatasetRow.name)
    )
    return dict(DATASETS) | {row.name: facts_of(row.facts) for row in rows if row.facts is not None}


def get(session: Session, name: str) -> DatasetFacts:
    """Facts of one data set.

    Raises:
        NotFound: there is none of that name.
    """
    if name in DATASETS:
        return DATASETS[name]
    row = session.get(DatasetRow, name)
    if row is None or row.facts is None:
        raise NotFound(f"no data set has the name {name!r}")
    return facts_of(row.facts)


def facts_of(stored: Mapping[str, Any]) -> DatasetFacts:
    """The facts of an upload as they were stored."""
    return DatasetFacts(**{**stored, "sources": tuple(stored["sources"]), "published_entropy": None})


def is_bundled(name: str) -> bool:
    """Whether a data set is there without any download."""
    return name in _BUNDLED


def add_upload(session: Session, facts: DatasetFacts, key: str, size: int, sha256: str) -> bool:
    """Store the facts of an upload whose arrays are in the artifact store; false where it is there already.

    Args:
        key: where the artifact store keeps the arrays.
        size: bytes of that object.
        sha256: digest of that object.

    Raises:
        Conflict: the name belongs to a data set with other content.
    """
    refuse_other_content(session, facts)
    if session.get(DatasetRow, facts.name) is not None:
        return False
    session.add(
        DatasetRow(
            name=facts.name,
            facts=asdict(facts) | {"splits": dict(facts.splits), "checksums": dict(facts.checksums)},
            state="ready",
            artifact=key,
            bytes=size,
            created_at=utc_now(),
        )
    )
    if session.get(Artifact, key) is None:
        session.add(Artifact(key=key, kind="dataset", bytes=size, sha256=sha256, created_at=utc_now()))
    session.flush()
    return True


def refuse_other_content(session: Session, facts: DatasetFacts) -> None:
    """
    Raises:
        Conflict: the name of these facts belongs to a data set with other content.
    """
    if facts.name in DATASETS:
        raise Conflict(f"{facts.name} is the name of a built-in data set: choose another")
    row = session.get(DatasetRow, facts.name)
    if row is not None and row.facts is not None and facts_of(row.facts).sha256 != facts.sha256:
        raise Conflict(f"data set {facts.name} exists with other content: choose another name, or delete it first")


def download(session: Session, name: str) -> Job:
    """The waiting or running job that downloads a data set; a new one where there is none.

    Raises:
        NotFound: there is no such data set.
        Conflict: it is an upload.
    """
    get(session, name)
    if name not in DATASETS:
        raise Conflict(f"data set {name} was uploaded: there is nothing to download")
    active = downloads(session).get(name)
    if active is not None and active.state in runs.ACTIVE:
        return active
    return jobs.enqueue(session, kind="download", queue="interactive", payload={"name": name})


def downloads(session: Session) -> dict[str, Job]:
    """The newest download job of each data set, by name."""
    found = session.scalars(select(Job).where(Job.kind == "download").order_by(Job.created_at, Job.id))
    return {str(job.payload["name"]): job for job in found}


def upload_rows(session: Session) -> dict[str, DatasetRow]:
    """The stored rows of data sets, by name."""
    return {row.name: row for row in session.scalars(select(DatasetRow))}


def remove(session: Session, name: str) -> None:
    """Forget an upload, or the local copy of a built-in data set; its arrays are deleted after the commit.

    Raises:
        NotFound: there is no such data set.
        Conflict: it is in use, or ships with the program.
    """
    runs.submitting_alone(session)
    get(session, name)
    if is_bundled(name):
        raise Conflict(f"data set {name} ships with the program: it cannot be deleted")
    in_use_by = runs.ACTIVE if name in DATASETS else runs.STATUSES
    users = runs.of_dataset(session, name, in_use_by)
    if users:
        which = "waiting or running " if name in DATASETS else ""
        raise Conflict(
            f"data set {name} is in use by {users} {which}{'run' if users == 1 else 'runs'}: delete them first"
        )
    active = downloads(session).get(name)
    if active is not None and active.state in runs.ACTIVE:
        raise Conflict(f"data set {name} is being downloaded: wait until it is there")
    row = session.get(DatasetRow, name)
    if row is not None:
        session.execute(delete(DatasetRow).where(DatasetRow.name == name))


def artifact_row_removed(session: Session, key: str) -> None:
    """Forget the row of a data set's object."""
    session.execute(delete(Artifact).where(Artifact.key == key))

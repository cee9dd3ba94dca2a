"""Data sets: the built-in facts and the uploads beside them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.datasets import DATASETS, DatasetFacts
from backend.errors import Conflict, NotFound
from backend.store import jobs, runs
from backend.store.clock import utc_now
from backend.store.dataset_files import artifact_key
from backend.store.statuses import ACTIVE, STATUSES
from backend.store.tables import Artifact, DatasetRow, Job, Run
from backend.upload_defaults import defaults, kind_defaults


@dataclass(frozen=True)
class Activity:
    """What is being done about a data set."""

    downloading: bool = False
    done: int = 0
    """Bytes."""
    total: int | None = None
    error: Mapping[str, Any] | None = None
    """Why the last download failed."""


def every(session: Session) -> dict[str, DatasetFacts]:
    """Facts of every data set there is, by name: the built-in ones first, then uploads, oldest first."""
    rows = session.scalars(select(DatasetRow).order_by(DatasetRow.created_at, DatasetRow.name))
    return dict(DATASETS) | {row.name: facts_of(row.facts) for row in rows}


def get(session: Session, name: str) -> DatasetFacts:
    """Facts of one data set.

    Raises:
        NotFound: there is none of that name.
    """
    if name in DATASETS:
        return DATASETS[name]
    row = session.get(DatasetRow, name)
    if row is None:
        raise NotFound(f"no data set has the name {name!r}")
    return facts_of(row.facts)


def facts_of(stored: Mapping[str, Any]) -> DatasetFacts:
    """The facts of an upload as they were stored, with the defaults of this version, which its limits allow."""
    facts = DatasetFacts(**{**stored, "sources": tuple(stored["sources"]), "published_entropy": None})
    size = facts.splits["train"], facts.pixels
    return replace(facts, defaults=defaults(*size), kind_defaults=kind_defaults(*size))


def _stored(facts: DatasetFacts) -> dict[str, Any]:
    plain = asdict(replace(facts, kind_defaults={}, splits={}, checksums={}))
    del plain["kind_defaults"]
    return plain | {"splits": dict(facts.splits), "checksums": dict(facts.checksums)}


def is_bundled(facts: DatasetFacts) -> bool:
    """Whether a data set ships with the program's libraries: there is nothing to download or delete."""
    return facts.name in DATASETS and facts.download_bytes is None


def add_upload(session: Session, facts: DatasetFacts, key: str, size: int, sha256: str) -> bool:
    """Store the facts of an upload; false where it is there already.

    Whoever deletes data sets waits until the transaction ends: the arrays that are there now stay.

    Args:
        key: where the artifact store keeps the arrays.
        size: bytes of that object.
        sha256: digest of that object.

    Raises:
        Conflict: the name belongs to a data set with other content.
    """
    runs.submitting_alone(session)
    refuse_other_content(session, facts)
    row = session.get(DatasetRow, facts.name)
    if row is not None and session.get(Artifact, key) is not None:
        return False
    if row is None:
        session.add(DatasetRow(name=facts.name, facts=_stored(facts), created_at=utc_now()))
    else:  # known from an import, and now its images are here
        row.facts = _stored(facts)
    if session.get(Artifact, key) is None:
        session.add(Artifact(key=key, kind="dataset", bytes=size, sha256=sha256, created_at=utc_now()))
    session.flush()
    return True


def add_known(session: Session, facts: DatasetFacts) -> bool:
    """Store the facts of a data set whose images are not here, so that its points can be shown; false if it is known.

    Raises:
        Conflict: the name belongs to a data set with other content.
    """
    known = every(session).get(facts.name)
    if known is not None and known.sha256 != facts.sha256:
        raise Conflict(
            f"data set {facts.name} of the file has other content than the one of that name here: their points cannot "
            "share a plane; look at the file by 'frontier open', or import it into another home"
        )
    if known is None:
        session.add(DatasetRow(name=facts.name, facts=_stored(facts), created_at=utc_now()))
        session.flush()
    return known is None


def refuse_other_content(session: Session, facts: DatasetFacts) -> None:
    """
    Raises:
        Conflict: the name of these facts belongs to a data set with other content.
    """
    if facts.name in DATASETS:
        raise Conflict(f"{facts.name} is the name of a built-in data set: choose another")
    row = session.get(DatasetRow, facts.name)
    if row is not None and facts_of(row.facts).sha256 != facts.sha256:
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
    active = _active_download(session, name)
    return active or jobs.enqueue(session, kind="download", queue="interactive", payload={"name": name})


def activity(session: Session) -> dict[str, Activity]:
    """What is being done about data sets, by name: downloads asked for, and those of runs that need them."""
    found: dict[str, Activity] = {}
    for job in session.scalars(select(Job).where(Job.kind == "download").order_by(Job.created_at, Job.id)):
        found[str(job.payload["name"])] = _activity(job.state in ACTIVE, job.progress, job.error)
    for dataset, progress in session.execute(select(Run.dataset, Run.progress).where(Run.status == "running")):
        name = dataset.partition("/")[0]
        if progress.get("stage") == "data" and not found.get(name, Activity()).downloading:
            found[name] = _activity(True, progress, None)
    return found


def remove(session: Session, name: str) -> str:
    """Forget an upload, or the local copy of a built-in data set; returns the key of its arrays, to be deleted after.

    Raises:
        NotFound: there is no such data set.
        Conflict: it is in use, or ships with the program.
    """
    runs.submitting_alone(session)
    facts = get(session, name)
    if is_bundled(facts):
        raise Conflict(f"data set {name} ships with the program: it cannot be deleted")
    built_in = name in DATASETS
    users = runs.of_dataset(session, name, ACTIVE if built_in else STATUSES)
    if users:
        kind = "waiting or running " if built_in else ""
        raise Conflict(
            f"data set {name} is in use by {users} {kind}{'run' if users == 1 else 'runs'}: delete them first"
        )
    if activity(session).get(name, Activity()).downloading:
        raise Conflict(f"data set {name} is being downloaded: wait until it is there")
    key = artifact_key(facts)
    session.execute(delete(DatasetRow).where(DatasetRow.name == name))
    session.execute(delete(Artifact).where(Artifact.key == key))
    return key


def is_nobodys(session: Session, key: str) -> bool:
    """Whether no data set names this object, nor will one before the transaction ends."""
    runs.submitting_alone(session)
    return session.get(Artifact, key) is None


def _activity(downloading: bool, progress: Mapping[str, Any], error: Mapping[str, Any] | None) -> Activity:
    return Activity(downloading, int(progress.get("step") or 0), progress.get("steps") or None, error)


def _active_download(session: Session, name: str) -> Job | None:
    active = session.scalars(select(Job).where(Job.kind == "download", Job.state.in_(ACTIVE)).order_by(Job.created_at))
    return next((job for job in active if job.payload["name"] == name), None)

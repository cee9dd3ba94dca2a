"""``/datasets``: what there is to train on, uploads, downloads."""

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from fastapi import APIRouter, BackgroundTasks, Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from backend.api.frontier import Bound
from backend.api.parts import PREFIX, ArtifactsOf, DatabaseOf, Id, SettingsOf, WakeupsOf, form_of, multipart
from backend.api.records import Failure, failure
from backend.datasets import DATASETS, DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.store import datasets
from backend.store.artifacts import ArtifactStore
from backend.store.dataset_files import artifact_key, pack
from backend.store.datasets import Activity
from backend.store.session import Database
from backend.uploads import Upload, read_upload

router = APIRouter(prefix="/datasets", tags=["datasets"])

_UNPACKED_FACTOR = 4
"""How much larger than the upload limit the unpacked arrays may be."""
_one_upload = ThreadPoolExecutor(1, "upload")
"""Uploads are checked one after the other, since each is held in memory, by no thread that other requests need."""

_UPLOAD_SCHEMA = multipart(
    {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$"},
        "file": {"type": "string", "format": "binary", "description": "a `.npz` with images, labels"},
    }
)


class BytesDone(BaseModel):
    """How far a download is."""

    done: int
    total: int | None


class DatasetRecord(BaseModel):
    """One data set."""

    name: str
    title: str
    shape: tuple[int, int, int]
    """Height, width, channels."""
    splits: dict[str, int]
    """Images in train, validation and test."""
    values: str
    """grey, binary, one-hot or real."""
    binarizations: list[str]
    """What `binarize` may be, the default first."""
    classes: int | None
    state: str
    """ready, downloading or absent."""
    progress: BytesDone | None
    """Bytes, while downloading."""
    error: Failure | None
    """Why the last download failed."""
    size: int | None
    """Bytes here; null while absent."""
    download_bytes: int | None
    checksum: str
    """SHA-256 of the content."""
    uploaded: bool
    sources: list[str]
    entropy_bound: Bound
    defaults: dict[str, Any]
    note: str


class DatasetList(BaseModel):
    """Built-in data sets first, then uploads, oldest first."""

    items: list[DatasetRecord]


@router.get("")
def list_datasets(database: DatabaseOf, artifacts: ArtifactsOf) -> DatasetList:
    """Every data set there is."""
    with database.read() as session:
        known = datasets.every(session)
        activity = datasets.activity(session)
    return DatasetList(items=[_record(facts, activity, artifacts) for facts in known.values()])


@router.post(
    "",
    status_code=201,
    responses={200: {"model": DatasetRecord, "description": "It was here already, with this content"}},
    openapi_extra=_UPLOAD_SCHEMA,
)
async def upload_dataset(
    request: Request, database: DatabaseOf, artifacts: ArtifactsOf, settings: SettingsOf, response: Response
) -> DatasetRecord:
    """Add a data set of your own: `images` [N, H, W] or [N, H, W, C], uint8 or float in [0, 1], optionally `labels`."""
    async with form_of(request, "name and file") as form:
        name, file = form.get("name"), form.get("file")
        if not isinstance(name, str):
            raise Invalid([FieldProblem(("name",), "is missing: what the data set is to be called")])
        if not isinstance(file, UploadFile):
            raise Invalid([FieldProblem(("file",), "is missing: a .npz file, sent as multipart/form-data")])
        most = settings.upload_limit_mb * 2**20 * _UNPACKED_FACTOR
        created, record = await asyncio.get_running_loop().run_in_executor(
            _one_upload, _add, database, artifacts, name, file.file, most
        )
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"{PREFIX}/datasets/{record.name}"
    return record


@router.get("/{name}")
def get_dataset(name: str, database: DatabaseOf, artifacts: ArtifactsOf) -> DatasetRecord:
    """One data set."""
    with database.read() as session:
        facts = datasets.get(session, name)
        activity = datasets.activity(session)
    return _record(facts, activity, artifacts)


@router.post("/{name}/download", status_code=202)
def download_dataset(name: str, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Id:
    """Fetch a built-in data set now instead of with its first run; the id is a job's."""
    with database.write() as session:
        job = datasets.download(session, name)
    background.add_task(wakeups.send, "interactive")
    return Id(id=job.id)


@router.delete("/{name}", status_code=204)
def delete_dataset(name: str, database: DatabaseOf, artifacts: ArtifactsOf) -> None:
    """Delete an upload, or the local copy of a built-in data set; 409 while it is in use."""
    with database.write() as session:
        key = datasets.remove(session, name)
    with database.write() as session:  # after the commit, and not if somebody has uploaded it again by now
        if datasets.is_nobodys(session, key):
            artifacts.delete(key)


def _add(
    database: Database, artifacts: ArtifactStore, name: str, file: IO[bytes], most: int
) -> tuple[bool, DatasetRecord]:
    upload: Upload = read_upload(name, file, most)
    facts, key = upload.facts, artifact_key(upload.facts)
    with database.read() as session:
        datasets.refuse_other_content(session, facts)
    content = pack(upload.arrays)
    artifacts.put(key, content)  # before the row, so that no row names an object that is not there
    with database.write() as session:
        created = datasets.add_upload(session, facts, key, len(content), hashlib.sha256(content).hexdigest())
        if not artifacts.exists(key):  # the same upload was deleted in between
            artifacts.put(key, content)
        activity = datasets.activity(session)
    return created, _record(facts, activity, artifacts)


def _record(facts: DatasetFacts, activity: Mapping[str, Activity], artifacts: ArtifactStore) -> DatasetRecord:
    key, doing = artifact_key(facts), activity.get(facts.name, Activity())
    bundled = datasets.is_bundled(facts)
    here = bundled or artifacts.exists(key)
    downloading = doing.downloading and not here
    return DatasetRecord(
        name=facts.name,
        title=facts.title,
        shape=facts.shape,
        splits=dict(facts.splits),
        values=facts.values,
        binarizations=list(facts.binarizations),
        classes=facts.classes,
        state="ready" if here else "downloading" if downloading else "absent",
        progress=BytesDone(done=doing.done, total=doing.total) if downloading else None,
        error=None if here or downloading else failure(doing.error),
        size=_size(facts, key, artifacts) if here else None,
        download_bytes=facts.download_bytes,
        checksum=facts.sha256,
        uploaded=facts.name not in DATASETS,
        sources=list(facts.sources),
        entropy_bound=Bound.of(facts.entropy_bound),
        defaults=dict(facts.defaults),
        note=facts.note,
    )


def _size(facts: DatasetFacts, key: str, artifacts: ArtifactStore) -> int:
    """Bytes stored; of a bundled data set, which is stored nowhere here, bytes of its images."""
    return sum(facts.splits.values()) * facts.pixels if datasets.is_bundled(facts) else artifacts.size(key)

"""``/runs``: submitting, watching, cancelling, retrying and deleting runs."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.api import bodies
from backend.api.bodies import JsonBody, JsonObject
from backend.api.parts import (
    PREFIX,
    ArtifactsOf,
    Cursor,
    DatabaseOf,
    DatasetQuery,
    Id,
    Limit,
    MethodQuery,
    Tuple,
    WakeupsOf,
    known_queries,
    method_in,
    read_cursor,
    tuple_in,
    write_cursor,
)
from backend.api.records import Run, RunPage, run_record
from backend.catalogue import spec_schema
from backend.datasets.named import dataset_in
from backend.errors import Conflict, NotFound
from backend.expand import expand
from backend.store import checkpoints, datasets, jobs, lineage, runs
from backend.store.artifacts import ArtifactStore
from backend.store.runs import RunFilter
from backend.store.session import Session
from backend.store.tables import Run as RunRow

router = APIRouter(prefix="/runs", tags=["runs"])

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", ""]


class Annotation(BaseModel):
    """What a person says about a run; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    notes: Annotated[str, StringConstraints(max_length=20_000)] = ""
    tags: Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)] = []
    priority: Annotated[int, Field(ge=-100, le=100)] = 0
    """Of a run that waits, -100 to 100: the highest is trained first, the oldest among equals."""


class Longer(BaseModel):
    """How much longer to train."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    epochs: Annotated[int, Field(ge=1, le=100_000)]
    """Epochs on top of those behind the run's weights, 1 to 100000."""


class Place(BaseModel):
    """Where in line a run is to stand."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    before: str | None
    """Id of the waiting run that it is to come right before; null is last."""


class LogLine(BaseModel):
    """One line of a run's log."""

    at: str
    text: str


class Log(BaseModel):
    """The tail of a run's log, oldest line first."""

    lines: list[LogLine]


@router.post(
    "",
    status_code=201,
    responses={200: {"model": Run, "description": "The oldest run of that digest"}},
    openapi_extra=bodies.schema_of(spec_schema(), {"dataset": "digits", "architecture": "---", "beta": 0.5}),
)
def submit_run(
    body: JsonBody,
    database: DatabaseOf,
    wakeups: WakeupsOf,
    response: Response,
    background: BackgroundTasks,
    duplicate: Annotated[bool, Query(description="make a new run even where the digest is known")] = False,
) -> Run:
    """Queue a run from a specification, short or full; a known one is not trained again."""
    with database.write() as session:
        expanded = expand(body, datasets.every(session), lineage.parents(session))
        submitted = runs.submit(session, expanded, duplicate=duplicate)
        record = _record(session, submitted.run)
    background.add_task(wakeups.send, "train")
    _locate(response, record, created=submitted.created)
    return record


@router.post(
    "/estimate",
    status_code=202,
    openapi_extra=bodies.schema_of(spec_schema(), {"dataset": "digits", "architecture": "---", "beta": 0.5}),
)
def estimate_run(body: JsonBody, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Id:
    """Ask how long a run would take on the machine that trains, without queueing it; its job has the answer."""
    with database.write() as session:
        spec = expand(body, datasets.every(session), lineage.parents(session)).spec
        payload = {"spec": spec.model_dump(mode="json")}
        # Whoever clicked for samples waits for them; this answers a question that nobody may be waiting for.
        job = jobs.enqueue(session, kind="time", queue="interactive", payload=payload, priority=-1)
    background.add_task(wakeups.send, "interactive")
    return Id(id=job.id)


@router.get("", dependencies=[Depends(known_queries)])
def list_runs(
    database: DatabaseOf,
    status: Annotated[Sequence[Status], Query(max_length=5, description="repeated: any of these")] = (),
    dataset: DatasetQuery = None,
    architecture: Tuple = None,
    method: MethodQuery = None,
    sweep: Annotated[str | None, Query(max_length=64)] = None,
    continues: Annotated[str | None, Query(max_length=64, description="id of the run they were continued from")] = None,
    tag: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RunPage:
    """Runs, newest first."""
    with database.read() as session:
        wanted = RunFilter(
            statuses=[each for each in status if each],
            dataset=dataset_in(dataset, datasets.every(session)) if dataset else None,
            architecture=tuple_in(architecture),
            method=method_in(method),
            sweep=sweep or None,
            continues=continues or None,
            tag=tag or None,
        )
        page = runs.page(session, wanted, limit, read_cursor(cursor))
        items = [run_record(details) for details in runs.details(session, page.items)]
    return RunPage(items=items, next=write_cursor(page.next))


@router.get("/{run_id}")
def get_run(run_id: str, database: DatabaseOf) -> Run:
    """One run."""
    with database.read() as session:
        return _record(session, runs.get(session, run_id))


@router.patch("/{run_id}", openapi_extra=bodies.schema_of(Annotation.model_json_schema(), {"notes": "the best so far"}))
def annotate_run(run_id: str, body: JsonObject, database: DatabaseOf) -> Run:
    """Change the notes and tags of a run, and the priority of one that waits."""
    given = bodies.read(Annotation, body).model_dump(exclude_unset=True)
    priority = given.pop("priority", None)
    with database.write() as session:
        run = runs.annotate(session, run_id, **given)
        if priority is not None:
            runs.prioritise(session, run_id, priority)
        return _record(session, run)


@router.delete("/{run_id}", status_code=204)
def delete_run(run_id: str, database: DatabaseOf, artifacts: ArtifactsOf) -> None:
    """Delete a run with its points, pictures and artifacts."""
    with database.write() as session:
        keys = runs.remove(session, run_id)
    for key in keys:
        artifacts.delete(key)


@router.get("/{run_id}/history")
def get_history(run_id: str, database: DatabaseOf) -> dict[str, list[float | None]]:
    """The training curve as columns of equal length, each step once; nats per example."""
    with database.read() as session:
        runs.get(session, run_id)
        return runs.history(session, run_id)


@router.get("/{run_id}/log")
def get_log(
    run_id: str, database: DatabaseOf, limit: Annotated[int, Query(ge=1, le=1000, description="lines")] = 200
) -> Log:
    """The tail of the log."""
    with database.read() as session:
        runs.get(session, run_id)
        lines = runs.log_tail(session, run_id, limit)
    return Log(lines=[LogLine(at=line.at.isoformat(), text=line.text) for line in lines])


@router.get(
    "/{run_id}/checkpoint",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def get_checkpoint(run_id: str, database: DatabaseOf, artifacts: ArtifactsOf) -> Response:
    """The newest checkpoint, loadable with ``torch.load(file, weights_only=True)``."""
    with database.read() as session:
        runs.get(session, run_id)
        checkpoint = checkpoints.newest(session, run_id)
    if checkpoint is None:
        raise NotFound(f"run {run_id} has no checkpoint yet")
    return Response(
        artifacts.get(checkpoint.key),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{run_id}-{checkpoint.step}.pt"'},
    )


@router.post("/{run_id}/cancel")
def cancel_run(run_id: str, database: DatabaseOf) -> Run:
    """A queued run is cancelled at once; a running one is asked to stop."""
    with database.write() as session:
        return _record(session, runs.cancel(session, run_id))


@router.post("/{run_id}/retry")
def retry_run(run_id: str, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Run:
    """Queue a failed or cancelled run again."""
    with database.write() as session:
        record = _record(session, runs.retry(session, run_id))
    background.add_task(wakeups.send, "train")
    return record


@router.post(
    "/{run_id}/continue",
    status_code=201,
    responses={200: {"model": Run, "description": "The run that continues it so already"}},
    openapi_extra=bodies.schema_of(Longer.model_json_schema(), {"epochs": 10}),
)
def continue_run(
    run_id: str,
    body: JsonObject,
    database: DatabaseOf,
    artifacts: ArtifactsOf,
    wakeups: WakeupsOf,
    response: Response,
    background: BackgroundTasks,
) -> Run:
    """Queue a run that starts from this one's weights and trains them for more epochs."""
    asked = bodies.read(Longer, body)
    with database.write() as session:
        _require_weights(session, artifacts, run_id)
        written = {"training": {"continues": run_id, "epochs": asked.epochs}}
        submitted = runs.submit(session, expand(written, datasets.every(session), lineage.parents(session)))
        record = _record(session, submitted.run)
    background.add_task(wakeups.send, "train")
    _locate(response, record, created=submitted.created)
    return record


@router.post("/{run_id}/place", openapi_extra=bodies.schema_of(Place.model_json_schema(), {"before": None}))
def place_run(run_id: str, body: JsonObject, database: DatabaseOf) -> Run:
    """Move a run that waits to another place in line; it takes the priority of those it comes to stand among."""
    asked = bodies.read(Place, body)
    with database.write() as session:
        return _record(session, runs.place(session, run_id, asked.before))


def _require_weights(session: Session, artifacts: ArtifactStore, run_id: str) -> None:
    """
    Raises:
        NotFound: there is no such run.
        Conflict: nothing can start from it.
    """
    runs.get(session, run_id)
    parent = lineage.parent_of(session, run_id)
    if parent and parent.obstacle:
        raise Conflict(parent.obstacle)
    checkpoint = checkpoints.newest(session, run_id)
    if checkpoint is None or not artifacts.exists(checkpoint.key):
        raise runs.without_model(runs.get(session, run_id))


def _locate(response: Response, record: Run, *, created: bool) -> None:
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"{PREFIX}/runs/{record.id}"


def _record(session: Session, run: RunRow) -> Run:
    return run_record(runs.details(session, [run])[0])

"""``/runs``: submitting, watching, cancelling, retrying and deleting runs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Query, Response
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
    Tuple,
    WakeupsOf,
    dataset_in,
    read_cursor,
    tuple_in,
    write_cursor,
)
from backend.api.records import Run, RunPage, run_record
from backend.catalogue import spec_schema
from backend.errors import NotFound
from backend.expand import expand
from backend.store import datasets, jobs, runs
from backend.store.runs import RunFilter
from backend.store.tables import Run as RunRow

router = APIRouter(prefix="/runs", tags=["runs"])

Status = Literal["queued", "running", "succeeded", "failed", "cancelled", ""]


class Annotation(BaseModel):
    """What a person says about a run; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    notes: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    tags: (
        Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=100)]], Field(max_length=100)] | None
    ) = None


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
        submitted = runs.submit(session, expand(body, datasets.every(session)), duplicate=duplicate)
        record = _record(session, submitted.run)
    background.add_task(wakeups.send, "train")
    response.status_code = 201 if submitted.created else 200
    response.headers["Location"] = f"{PREFIX}/runs/{record.id}"
    return record


@router.post(
    "/estimate",
    status_code=202,
    openapi_extra=bodies.schema_of(spec_schema(), {"dataset": "digits", "architecture": "---", "beta": 0.5}),
)
def estimate_run(body: JsonBody, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Id:
    """Ask how long a run would take on the machine that trains, without queueing it; its job has the answer."""
    with database.write() as session:
        spec = expand(body, datasets.every(session)).spec
        payload = {"spec": spec.model_dump(mode="json")}
        # Whoever clicked for samples waits for them; this answers a question that nobody may be waiting for.
        job = jobs.enqueue(session, kind="time", queue="interactive", payload=payload, priority=-1)
    background.add_task(wakeups.send, "interactive")
    return Id(id=job.id)


@router.get("")
def list_runs(
    database: DatabaseOf,
    status: Status | None = None,
    dataset: DatasetQuery = None,
    architecture: Tuple = None,
    method: Annotated[str | None, Query(max_length=64)] = None,
    sweep: Annotated[str | None, Query(max_length=64)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> RunPage:
    """Runs, newest first."""
    with database.read() as session:
        wanted = RunFilter(
            status=status or None,
            dataset=dataset_in(dataset, datasets.every(session)) if dataset else None,
            architecture=tuple_in(architecture),
            method=method or None,
            sweep=sweep or None,
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
    """Change the notes and tags of a run."""
    annotation = bodies.read(Annotation, body)
    with database.write() as session:
        return _record(session, runs.annotate(session, run_id, notes=annotation.notes, tags=annotation.tags))


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
        checkpoint = runs.newest_checkpoint(session, run_id)
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


def _record(session: Any, run: RunRow) -> Run:
    return run_record(runs.details(session, [run])[0])

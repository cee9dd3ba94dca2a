"""``/sweeps``: many runs from one base and a grid, as one unit."""

from typing import Any

from fastapi import APIRouter, BackgroundTasks, Response

from backend.api import bodies
from backend.api.bodies import JsonObject
from backend.api.parts import PREFIX, Cursor, DatabaseOf, Limit, WakeupsOf, read_cursor, write_cursor
from backend.api.records import Sweep, SweepPage
from backend.catalogue import spec_schema
from backend.errors import FieldProblem, Invalid
from backend.grid import expand_grid
from backend.store import datasets, sweeps
from backend.store.runs import STATUSES
from backend.store.session import Session
from backend.store.sweeps import SweepDetails
from backend.store.tables import Run
from backend.store.tables import Sweep as SweepRow

router = APIRouter(prefix="/sweeps", tags=["sweeps"])

_SCHEMA = {
    "type": "object",
    "properties": {
        "base": spec_schema(),
        "grid": {"type": "object", "additionalProperties": {"type": "array", "minItems": 1}},
    },
    "required": ["base", "grid"],
    "additionalProperties": False,
}
_EXAMPLE = {"base": {"dataset": "digits"}, "grid": {"beta": [0.5, 1, 2], "seed": [0, 1]}}


@router.post("", status_code=201, openapi_extra=bodies.schema_of(_SCHEMA, _EXAMPLE))
def create_sweep(
    body: JsonObject, database: DatabaseOf, wakeups: WakeupsOf, response: Response, background: BackgroundTasks
) -> Sweep:
    """Queue a run for every combination of the grid, at most 1000; a known run is taken in as it is."""
    problems = [FieldProblem((key,), "unknown field; known: base, grid") for key in body if key not in ("base", "grid")]
    problems += [FieldProblem((key,), "is missing") for key in ("base", "grid") if key not in body]
    if problems:
        raise Invalid(problems)
    with database.write() as session:
        expanded = expand_grid(body["base"], body["grid"], datasets.every(session))
        record = _record(session, sweeps.create(session, body["base"], body["grid"], expanded))
    background.add_task(wakeups.send, "train")
    response.headers["Location"] = f"{PREFIX}/sweeps/{record.id}"
    return record


@router.get("")
def list_sweeps(database: DatabaseOf, limit: Limit = 50, cursor: Cursor = None) -> SweepPage:
    """Sweeps, newest first."""
    with database.read() as session:
        page = sweeps.page(session, limit, read_cursor(cursor))
        items = [_of(details) for details in sweeps.details(session, page.items)]
    return SweepPage(items=items, next=write_cursor(page.next))


@router.get("/{sweep_id}")
def get_sweep(sweep_id: str, database: DatabaseOf) -> Sweep:
    """One sweep."""
    with database.read() as session:
        return _record(session, sweeps.get(session, sweep_id))


@router.post("/{sweep_id}/cancel")
def cancel_sweep(sweep_id: str, database: DatabaseOf) -> Sweep:
    """Cancel every run that waits or runs."""
    with database.write() as session:
        sweep = sweeps.get(session, sweep_id)
        sweeps.cancel(session, sweep)
        return _record(session, sweep)


@router.post("/{sweep_id}/retry")
def retry_sweep(sweep_id: str, database: DatabaseOf, wakeups: WakeupsOf, background: BackgroundTasks) -> Sweep:
    """Queue every failed or cancelled run again."""
    with database.write() as session:
        sweep = sweeps.get(session, sweep_id)
        sweeps.retry(session, sweep)
        record = _record(session, sweep)
    background.add_task(wakeups.send, "train")
    return record


def _record(session: Session, sweep: SweepRow) -> Sweep:
    return _of(sweeps.details(session, [sweep])[0])


def _of(details: SweepDetails) -> Sweep:
    sweep, members = details.sweep, details.runs
    counts = {status: sum(run.status == status for run in members) for status in STATUSES}
    return Sweep(
        id=sweep.id,
        base=sweep.base,
        grid=sweep.grid,
        runs=[run.id for run in members],
        counts=counts,
        progress=sum(map(_share_done, members)) / len(members) if members else 1.0,
        created_at=sweep.created_at,
    )


def _share_done(run: Run) -> float:
    if run.status not in ("queued", "running"):
        return 1.0
    progress: dict[str, Any] = run.progress
    steps = progress.get("steps")
    return min(1.0, progress.get("step", 0) / steps) if steps else 0.0

"""``/sweeps``: many runs from one base and a grid, as one unit."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query, Response

from backend.api import bodies
from backend.api.bodies import JsonObject
from backend.api.parts import PREFIX, Cursor, DatabaseOf, Limit, WakeupsOf, read_cursor, write_cursor
from backend.api.records import Sweep, SweepMember, SweepMembers, SweepPage, SweepPreview
from backend.catalogue import spec_schema
from backend.errors import FieldProblem, Invalid
from backend.expand import Expanded
from backend.grid import expand_grid
from backend.store import datasets, known_runs, lineage, sweeps
from backend.store.session import Session
from backend.store.statuses import STATUSES
from backend.store.sweeps import Summary
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
    with database.write() as session:
        expanded = _runs(session, body)
        record = _record(session, sweeps.create(session, body["base"], body["grid"], expanded))
    background.add_task(wakeups.send, "train")
    response.headers["Location"] = f"{PREFIX}/sweeps/{record.id}"
    return record


@router.post("/preview", openapi_extra=bodies.schema_of(_SCHEMA, _EXAMPLE))
def preview_sweep(body: JsonObject, database: DatabaseOf) -> SweepPreview:
    """What a sweep would queue, without queueing it: how many runs, and how many of them are known already."""
    with database.read() as session:
        digests = [each.spec.digest for each in _runs(session, body)]
        statuses = known_runs.statuses_of(session, digests)
    known = {status: sum(each == status for each in statuses.values()) for status in STATUSES}
    runs = len(set(digests))
    taken_in = known["queued"] + known["running"] + known["succeeded"]
    return SweepPreview(combinations=len(digests), runs=runs, known=known, to_train=runs - taken_in)


@router.get("")
def list_sweeps(
    database: DatabaseOf,
    limit: Limit = 50,
    cursor: Cursor = None,
    brief: Annotated[bool, Query(description="leave out the ids of the runs")] = False,
) -> SweepPage:
    """Sweeps, newest first."""
    with database.read() as session:
        page = sweeps.page(session, limit, read_cursor(cursor))
        items = [_of(summary) for summary in sweeps.summaries(session, page.items, members=not brief)]
    return SweepPage(items=items, next=write_cursor(page.next))


@router.get("/{sweep_id}")
def get_sweep(
    sweep_id: str,
    database: DatabaseOf,
    brief: Annotated[bool, Query(description="leave out the ids of the runs")] = False,
) -> Sweep:
    """One sweep."""
    with database.read() as session:
        return _of(sweeps.summaries(session, [sweeps.get(session, sweep_id)], members=not brief)[0])


@router.get("/{sweep_id}/runs")
def get_members(sweep_id: str, database: DatabaseOf) -> SweepMembers:
    """The runs of a sweep with where they landed, in the order of the grid; without their specifications."""
    with database.read() as session:
        members = sweeps.members(session, sweeps.get(session, sweep_id))
    return SweepMembers(items=[SweepMember(**asdict(member)) for member in members])


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


def _runs(session: Session, body: JsonObject) -> list[Expanded]:
    """Every combination of a body, written out in full.

    Raises:
        Invalid: names the key of the grid at fault, or the field of the base.
    """
    problems = [FieldProblem((key,), "unknown field; known: base, grid") for key in body if key not in ("base", "grid")]
    problems += [FieldProblem((key,), "is missing") for key in ("base", "grid") if key not in body]
    if problems:
        raise Invalid(problems)
    return expand_grid(body["base"], body["grid"], datasets.every(session), lineage.parents(session))


def _record(session: Session, sweep: SweepRow) -> Sweep:
    return _of(sweeps.summaries(session, [sweep])[0])


def _of(summary: Summary) -> Sweep:
    sweep = summary.sweep
    return Sweep(
        id=sweep.id,
        base=sweep.base,
        grid=sweep.grid,
        runs=None if summary.runs is None else list(summary.runs),
        counts=dict(summary.counts),
        progress=summary.progress,
        left_s=summary.left_s,
        created_at=sweep.created_at,
    )

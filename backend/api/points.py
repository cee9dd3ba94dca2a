"""``/points``: the plane as columns, one point, its pictures, and short jobs on its stored model."""

import secrets
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from backend.api import bodies
from backend.api.bodies import JsonObject
from backend.api.parts import (
    PREFIX,
    ArtifactsOf,
    DatabaseOf,
    DatasetQuery,
    Id,
    Tuple,
    WakeupsOf,
    dataset_in,
    tuple_in,
)
from backend.api.plane import Mask, Plane, respond, thin
from backend.api.records import Samples, point_record, samples_record
from backend.errors import Conflict, FieldProblem, Invalid
from backend.results import Label, Point
from backend.store import datasets, jobs, points, runs
from backend.store.points import Columns

router = APIRouter(prefix="/points", tags=["points"])

COLUMNS = (
    "id",
    "run_id",
    "rate",
    "rate_stderr",
    "distortion",
    "distortion_stderr",
    "neg_elbo",
    "beta",
    "mi_lower",
    "mi_upper",
    "saturated",
    "label",
    "architecture",
    "method",
    "seed",
    "dataset",
    "eval_limit",
    "network",
)
NEVER_CHANGES = {"Cache-Control": "private, max-age=31536000, immutable"}


class PointColumns(BaseModel):
    """Points as columns of equal length; null where a value is undefined."""

    revision: int
    """The revision at which a point was last added or deleted."""
    total: int
    """Points that match."""
    thinned: bool
    """Whether some were left out; the frontier never is."""
    columns: dict[str, list[Any]]


class Draw(BaseModel):
    """More samples of a stored model, with other noise."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    kind: Literal["draw"]
    seed: int | None = Field(default=None, ge=0, le=2**53 - 1)
    """Seed of the noise; null draws one."""
    count: int = Field(default=16, ge=1, le=256)
    """Tiles in each picture, 1 to 256."""


@router.get("", response_model=PointColumns, responses={304: {"description": "The client has it already"}})
def list_points(
    request: Request,
    database: DatabaseOf,
    dataset: DatasetQuery = None,
    architecture: Tuple = None,
    method: Annotated[str | None, Query(max_length=64)] = None,
    label: Label | Literal[""] | None = None,
    sweep: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=1_000_000, description="points above which the answer is thinned")] = 5000,
) -> Response:
    """The plane as columns. Above ``limit`` points it is thinned; the staircases stay whole."""
    plane: Plane = request.app.state.plane
    with database.read() as session:
        wanted_dataset = dataset_in(dataset, datasets.every(session)) if dataset else None
        members = points.runs_of_sweep(session, sweep) if sweep else None
    columns = plane.columns()
    equal = {
        "dataset": wanted_dataset,
        "architecture": tuple_in(architecture),
        "method": method or None,
        "label": label,
    }

    def build() -> dict[str, Any]:
        wanted = _mask(columns, equal, members)
        shown = thin(columns, wanted, limit)
        total = int(wanted.sum())
        return {
            "revision": columns.revision,
            "total": total,
            "thinned": len(shown) < total,
            "columns": {name: _column(columns, name, shown) for name in COLUMNS},
        }

    query = ("points", *equal.values(), frozenset(members) if members is not None else None, limit)
    return respond(request, plane.answer(columns, query, build))


@router.get("/{point_id}")
def get_point(point_id: str, database: DatabaseOf) -> Point:
    """One point with all its estimates."""
    with database.read() as session:
        return point_record(points.get(session, point_id))


@router.get("/{point_id}/samples")
def get_samples(point_id: str, database: DatabaseOf, response: Response) -> Samples:
    """The pictures of a point: the same inputs and the same noise for every point of a data set."""
    with database.read() as session:
        points.get(session, point_id)
        pictures = points.pictures(session, point_id)
    response.headers.update(NEVER_CHANGES)
    return samples_record(f"{PREFIX}/points/{point_id}", pictures)


@router.get("/{point_id}/images/{name}.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
def get_image(point_id: str, name: str, database: DatabaseOf) -> Response:
    """One picture."""
    with database.read() as session:
        png = points.picture(session, point_id, name)
    return Response(png, media_type="image/png", headers=NEVER_CHANGES)


@router.post(
    "/{point_id}/jobs",
    status_code=202,
    openapi_extra=bodies.schema_of(Draw.model_json_schema(), {"kind": "draw", "count": 16}),
)
def start_job(
    point_id: str,
    body: JsonObject,
    database: DatabaseOf,
    artifacts: ArtifactsOf,
    wakeups: WakeupsOf,
    background: BackgroundTasks,
) -> Id:
    """A short job on the stored model of a point."""
    if body.get("kind") in ("decode", "estimate"):
        raise Invalid([FieldProblem(("kind",), f"{body['kind']} is not built into this version; choose draw")])
    draw = bodies.read(Draw, body)
    seed = secrets.randbelow(2**53) if draw.seed is None else draw.seed
    with database.write() as session:
        point = points.get(session, point_id)
        checkpoint = runs.newest_checkpoint(session, point.run_id)
        if checkpoint is None or not artifacts.exists(checkpoint.key):
            raise Conflict(f"the checkpoint of run {point.run_id} is gone: duplicate the run to have its model again")
        job = jobs.enqueue(
            session,
            kind="draw",
            queue="interactive",
            payload={"point_id": point_id, "seed": seed, "count": draw.count},
            point_id=point_id,
        )
    background.add_task(wakeups.send, "interactive")
    return Id(id=job.id)


def _mask(columns: Columns, equal: dict[str, str | None], members: set[str] | None) -> Mask:
    wanted = np.ones(len(columns), dtype=bool)
    for name, value in equal.items():
        if value is not None:
            wanted &= columns.table[name] == value
    if members is not None:
        wanted &= np.fromiter((run_id in members for run_id in columns.table["run_id"]), bool, len(columns))
    return wanted


def _column(columns: Columns, name: str, shown: Any) -> Any:
    values = columns.table[name][shown]
    return values.tolist() if values.dtype == object else values

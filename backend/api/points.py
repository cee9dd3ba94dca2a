"""``/points``: the plane as columns, one point, and its pictures."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from backend.api import point_fields
from backend.api.parts import (
    PREFIX,
    DatabaseOf,
    DatasetQuery,
    MethodQuery,
    Tuple,
    method_in,
    tuple_in,
)
from backend.api.plane import Mask, Plane, respond, thin
from backend.api.point_fields import DifferingFields
from backend.api.records import Samples, point_record, samples_record
from backend.datasets.named import dataset_in
from backend.results import Label, Point
from backend.store import datasets, points
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
    "neg_elbo_stderr",
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
    "method_changed",
    "knobs",
    "unmarked",
    "recipe",
    "terms",
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


@router.get("", response_model=PointColumns, responses={304: {"description": "The client has it already"}})
def list_points(
    request: Request,
    database: DatabaseOf,
    dataset: DatasetQuery = None,
    architecture: Tuple = None,
    method: MethodQuery = None,
    label: Label | Literal[""] | None = None,
    sweep: Annotated[str | None, Query(max_length=64)] = None,
    field: point_fields.FieldQuery = None,
    limit: Annotated[int, Query(ge=1, le=1_000_000, description="points above which the answer is thinned")] = 5000,
) -> Response:
    """The plane as columns. Above ``limit`` points it is thinned; the staircases stay whole.

    ``recipe`` is a short hash of the specification without its seed: points of one recipe are seeds of one experiment.
    """
    fields = point_fields.known(field)
    plane: Plane = request.app.state.plane
    with database.read() as session:
        wanted_dataset = dataset_in(dataset, datasets.every(session)) if dataset else None
        members = points.runs_of_sweep(session, sweep) if sweep else None
    columns = plane.columns()
    equal = {
        "dataset": wanted_dataset,
        "architecture": tuple_in(architecture),
        "method": method_in(method),
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
            "columns": {
                **{name: _column(columns, name, shown) for name in COLUMNS},
                **{path: point_fields.column(columns, path, shown) for path in fields},
            },
        }

    query = ("points", *equal.values(), frozenset(members) if members is not None else None, fields, limit)
    return respond(request, plane.answer(columns, query, build))


@router.get("/fields", response_model=DifferingFields, responses={304: {"description": "The client has it already"}})
def list_fields(request: Request, database: DatabaseOf, dataset: DatasetQuery = None) -> Response:
    """The fields of the specification in which the points differ: what they can be coloured by."""
    plane: Plane = request.app.state.plane
    with database.read() as session:
        wanted = dataset_in(dataset, datasets.every(session)) if dataset else None
    columns = plane.columns()

    def build() -> dict[str, Any]:
        chosen = np.flatnonzero(_mask(columns, {"dataset": wanted}, None))
        return {"revision": columns.revision, "fields": point_fields.differing(columns, chosen)}

    return respond(request, plane.answer(columns, ("fields", wanted), build))


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

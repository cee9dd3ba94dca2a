"""``/frontier``: staircase, hull and hypervolume of each group of points that may be compared."""

from typing import Any, Literal

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray
from pydantic import BaseModel

from backend.api.parts import DatabaseOf, DatasetQuery
from backend.api.plane import Plane, cells, respond
from backend.datasets import DatasetFacts, EntropyBound
from backend.datasets.named import dataset_in
from backend.errors import FieldProblem, Invalid
from backend.frontier import hull, hypervolume, staircase
from backend.store import datasets
from backend.store.points import Columns

router = APIRouter(prefix="/frontier", tags=["frontier"])

GroupBy = Literal["none", "encoder", "decoder", "marginal", "architecture", "method", "network", ""]
EVERYTHING = "all"
"""Key of the one group of ``group_by=none``."""


class Bound(BaseModel):
    """The best known upper bound on the data entropy H, nats per example."""

    value: float | None
    """Null where there is none, which `source` explains."""
    source: str
    exact: bool
    """Whether it is H itself."""

    @classmethod
    def of(cls, bound: EntropyBound) -> "Bound":
        return cls(value=bound.value, source=bound.source, exact=bound.exact)


class Reference(BaseModel):
    """The corner that hypervolumes are measured against: (2H, 2H), nats."""

    rate: float
    distortion: float


class Group(BaseModel):
    """Points that may be compared."""

    key: str
    eval_limit: int | None
    staircase: list[str]
    hull: list[str]
    hypervolume: float | None
    """nats^2; null without a reference."""


class Frontier(BaseModel):
    """The frontiers of one data set."""

    dataset: str
    revision: int
    entropy_bound: Bound
    reference: Reference | None
    """Null where H has no bound."""
    groups: list[Group]


@router.get("", response_model=Frontier, responses={304: {"description": "The client has it already"}})
def get_frontier(
    request: Request,
    database: DatabaseOf,
    dataset: DatasetQuery = None,
    group_by: GroupBy = "none",
) -> Response:
    """Ties are kept; points measured on other evaluation data are in groups of their own."""
    with database.read() as session:
        known = datasets.every(session)
    wanted = dataset_in(dataset, known)
    if wanted is None:
        raise Invalid([FieldProblem(("dataset",), f"name a data set; there are: {', '.join(known)}")])
    facts = known[wanted.partition("/")[0]]
    plane: Plane = request.app.state.plane
    columns = plane.columns()

    def build() -> dict[str, Any]:
        chosen = np.flatnonzero(columns.table["dataset"] == wanted)
        bound = entropy_bound(facts, columns, chosen)
        corner = None if bound.value is None else (2 * bound.value, 2 * bound.value)
        return {
            "dataset": wanted,
            "revision": columns.revision,
            "entropy_bound": Bound.of(bound).model_dump(),
            "reference": corner and {"rate": corner[0], "distortion": corner[1]},
            "groups": _groups(columns, chosen, group_by, corner),
        }

    # The digest too: a name can be given to other images while no point has changed.
    return respond(request, plane.answer(columns, ("frontier", wanted, facts.sha256, group_by), build))


def _groups(
    columns: Columns, chosen: NDArray[np.int64], group_by: GroupBy, corner: tuple[float, float] | None
) -> list[dict[str, Any]]:
    found = []
    for (eval_limit, value), cell in _cells(columns, chosen, group_by).items():
        ids, rate, distortion = (columns.table[name][cell] for name in ("id", "rate", "distortion"))
        found.append(
            {
                "key": _key(value, eval_limit),
                "eval_limit": eval_limit,
                "staircase": ids[staircase(rate, distortion)].tolist(),
                "hull": ids[hull(rate, distortion)].tolist(),
                "hypervolume": corner and hypervolume(rate, distortion, corner),
            }
        )
    return sorted(found, key=lambda group: (group["eval_limit"] is not None, group["eval_limit"] or 0, group["key"]))


def in_group(columns: Columns, chosen: NDArray[np.int64], group_by: GroupBy, group: str) -> NDArray[np.int64]:
    """Those of some points that are in a group, named by its key, or by what comes before ``(eval_limit ...)`` in it.

    In a query, a space inside a tuple is read as ``+``.
    """
    names = {group, group.replace(" ", "+")}
    cells_of_group = [
        cell
        for (eval_limit, value), cell in _cells(columns, chosen, group_by).items()
        if names & {_key(value, None), _key(value, eval_limit)}
    ]
    return np.sort(np.concatenate(cells_of_group)) if cells_of_group else chosen[:0]


def _cells(
    columns: Columns, chosen: NDArray[np.int64], group_by: GroupBy
) -> dict[tuple[int | None, str | None], NDArray[np.int64]]:
    """The points of each group, by their evaluation limit and what they have in common."""
    if group_by not in ("none", ""):
        return {(key[0], key[1]): cell for key, cell in cells(columns, chosen, ("eval_limit", group_by)).items()}
    return {(key[0], EVERYTHING): cell for key, cell in cells(columns, chosen, ("eval_limit",)).items()}


def _key(value: str | None, eval_limit: int | None) -> str:
    name = value or "none"  # the toy model has no network
    return name if eval_limit is None else f"{name} (eval_limit {eval_limit})"


def entropy_bound(facts: DatasetFacts, columns: Columns, chosen: NDArray[np.int64]) -> EntropyBound:
    """H where it is known, none where there is none, else the smaller of what is published and what was measured.

    What was measured on the full data comes before what was on a part of it.
    """
    known = facts.entropy_bound
    if known.exact or known.value is None:
        return known
    limits = columns.table["eval_limit"][chosen].tolist()
    full = chosen[np.array([limit is None for limit in limits], dtype=bool)]
    measured = full if full.size else chosen
    sums = columns.table["neg_elbo"][measured]
    if not np.isfinite(sums).any():
        return known
    best = int(np.nanargmin(sums))
    value, run_id = float(sums[best]), columns.table["run_id"][measured[best]]
    if value >= known.value:
        return known
    part = "" if full.size else ", on a part of the test images"
    return EntropyBound(value=value, source=f"smallest R + D measured here (run {run_id}{part})")

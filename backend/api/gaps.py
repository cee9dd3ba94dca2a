"""``/frontier/gaps``: runs that would fill the gaps of a frontier, or land at a place of the plane."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from backend import proposals
from backend.api.frontier import GroupBy, entropy_bound, in_group
from backend.api.parts import DatabaseOf, DatasetQuery
from backend.api.plane import Plane
from backend.datasets.named import dataset_in
from backend.errors import FieldProblem, Invalid
from backend.proposals import Proposed, Scene
from backend.store import datasets
from backend.store.points import Columns

router = APIRouter(prefix="/frontier", tags=["frontier"])

ALL = "all"
"""The evaluation on every test image."""


class Proposal(BaseModel):
    """A run that should land in a gap, or at a place."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    rate: float
    """Where it is expected, nats."""
    distortion: float | None
    """The same, on the chord between the frontier points beside it; null beyond the ends of the frontier."""
    between: list[str]
    """Ids of the points that it is worked out from."""
    why: str
    architecture: str
    """The tuple, such as `-+v`."""
    key: str
    """The field of the specification that sets it apart: proposals whose specifications differ in nothing else can be
    one sweep."""
    value: float
    spec: dict[str, Any]
    """To be posted to /runs as it is."""
    estimate_s: float | None
    """Seconds that the run took whose model it has; null where that is unknown."""


class Gaps(BaseModel):
    """Proposals, the largest gap first."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    dataset: str
    evaluation: str
    """`all`, or the number of test images."""
    revision: int
    note: str | None
    """Why there are none, or what is to be said of the place."""
    proposals: list[Proposal]


@router.get("/gaps")
def get_gaps(
    request: Request,
    database: DatabaseOf,
    dataset: DatasetQuery = None,
    evaluation: Annotated[
        str | None,
        Query(pattern=r"^(all|\d{1,9})$", description="`all` or the number of test images; default: the most points"),
    ] = None,
    group_by: GroupBy = "none",
    group: Annotated[str | None, Query(max_length=64, description="key of a `/frontier` group: only that one")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="proposals at most")] = 5,
    rate: Annotated[float | None, Query(ge=0, le=1e5, description="of a place, nats")] = None,
    distortion: Annotated[float | None, Query(allow_inf_nan=False, description="of a place, nats")] = None,
) -> Gaps:
    """Runs between neighbours on the staircase, the largest gap first; of a place, the one that aims at its rate.

    What is known already, or nearly, is left out: whatever waits, runs, or ended other than by being cancelled.
    """
    with database.read() as session:
        known = datasets.every(session)
    wanted = dataset_in(dataset, known)
    if wanted is None:
        raise Invalid([FieldProblem(("dataset",), f"name a data set; there are: {', '.join(known)}")])
    if (rate is None) != (distortion is None):
        missing = "rate" if rate is None else "distortion"
        raise Invalid([FieldProblem((missing,), "is missing: a place has a rate and a distortion")])
    plane: Plane = request.app.state.plane
    columns = plane.columns()
    of_dataset = np.flatnonzero(columns.table["dataset"] == wanted)
    grouped = in_group(columns, of_dataset, group_by, group) if group else of_dataset
    shown, chosen = _evaluated(columns, grouped, evaluation)
    scene = Scene(
        dataset=wanted,
        columns=columns,
        of_dataset=of_dataset,
        chosen=chosen,
        bound=entropy_bound(known[wanted.partition("/")[0]], columns, of_dataset),
        known=known,
    )
    with database.read() as session:
        if rate is not None and distortion is not None:
            found = proposals.at(session, scene, rate, distortion)
        else:
            found = proposals.between(session, scene, limit)
    return Gaps(
        dataset=wanted,
        evaluation=shown,
        revision=columns.revision,
        note=found.note,
        proposals=[_shown(each) for each in found.proposed],
    )


def _evaluated(
    columns: Columns, of_dataset: NDArray[np.int64], evaluation: str | None
) -> tuple[str, NDArray[np.int64]]:
    """The evaluation asked for, else the one with the most points, the full one among equals; and its points."""
    limits = columns.table["eval_limit"][of_dataset]
    names = np.array([ALL if limit is None else str(limit) for limit in limits.tolist()], dtype=object)
    if evaluation is None:
        found, counts = np.unique(names.astype(str), return_counts=True)
        each = sorted(zip(found.tolist(), counts.tolist(), strict=True), key=lambda n: (-n[1], n[0] != ALL, n[0]))
        evaluation = each[0][0] if each else ALL
    return evaluation, of_dataset[names == evaluation]


def _shown(proposed: Proposed) -> Proposal:
    proposal, spec = proposed.proposal, proposed.spec
    return Proposal(
        rate=proposal.rate,
        distortion=proposal.distortion,
        between=list(proposal.between),
        why=proposal.why,
        architecture=spec.architecture.symbols,
        key=proposal.key,
        value=proposal.value,
        spec=spec.model_dump(mode="json"),
        estimate_s=proposal.seconds,
    )

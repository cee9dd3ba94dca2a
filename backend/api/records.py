"""What REST says about runs, points, pictures, jobs and sweeps: the stored rows as records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.results import Estimate, InformationInterval, Point
from backend.store import tables
from backend.store.runs import RunDetails


class Answer(BaseModel):
    """A record that REST answers with."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class Progress(Answer):
    """How far a run is."""

    stage: str | None = None
    """data, training, measuring or drawing; null before it starts."""
    epoch: float = 0
    """Epochs finished."""
    epochs: int | None = None
    step: int = 0
    steps: int | None = None
    eta_s: float | None = None
    """Seconds left, estimated."""


class Failure(Answer):
    """What went wrong, in words a person can act on."""

    type: str
    message: str
    hint: str | None = None


class Worker(Answer):
    """A training process."""

    host: str
    pid: int


class Attempt(Answer):
    """One worker's try at a run."""

    worker: Worker
    started_at: datetime
    ended_at: datetime | None
    from_step: int
    """Step of the checkpoint it went on from; 0 is a fresh start."""
    outcome: str | None
    """succeeded, failed, cancelled, released or lost; null while it goes on."""


class Run(Answer):
    """One training job."""

    id: str
    spec: dict[str, Any]
    """The specification, written out in full."""
    digest: str
    method: str
    architecture: str
    """The tuple, such as `-+v`."""
    status: str
    """queued, running, succeeded, failed or cancelled."""
    cancel_requested: bool
    progress: Progress
    points: list[str]
    """Ids of its points."""
    error: Failure | None
    worker: Worker | None
    """The training process; null while none works on it."""
    attempts: list[Attempt]
    device: str | None
    timings: dict[str, Any]
    """Seconds by stage."""
    notes: str
    tags: list[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Answer):
    """Runs, newest first."""

    items: list[Run]
    next: str | None
    """Cursor of the next page; null at the end."""


class Changes(Answer):
    """What happened since a revision."""

    revision: int
    runs: list[Run]
    """Runs that changed, at most 500, in order of change."""
    deleted: list[str]
    more: bool
    """Ask again at once, from `revision`."""


class Image(Answer):
    """Tiles of one kind in one PNG, row-major, without borders."""

    name: str
    url: str
    count: int
    """Tiles in this one: few test images give fewer inputs than there are samples."""
    columns: int


class Samples(Answer):
    """The pictures of a point or of a job."""

    count: int
    """Tiles in a picture; in the largest one, where they differ."""
    height: int
    """Of one tile, pixels."""
    width: int
    channels: int
    images: list[Image]


class Job(Answer):
    """One thing a worker does beside training."""

    id: str
    kind: str
    status: str
    """queued, running, succeeded, failed or cancelled."""
    cancel_requested: bool
    run_id: str | None
    point_id: str | None
    payload: dict[str, Any]
    progress: dict[str, Any]
    result: dict[str, Any] | None
    """What came out; for pictures as the samples of a point are."""
    error: Failure | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Sweep(Answer):
    """A set of runs made from one base specification and a grid."""

    id: str
    base: dict[str, Any]
    grid: dict[str, list[Any]]
    runs: list[str]
    """Ids, in the order of the grid."""
    counts: dict[str, int]
    """Runs by status."""
    progress: float
    """Share of the work done, 0 to 1."""
    created_at: datetime


class SweepPage(Answer):
    """Sweeps, newest first."""

    items: list[Sweep]
    next: str | None


def run_record(details: RunDetails) -> Run:
    """A stored run as REST shows it."""
    run = details.run
    return Run(
        id=run.id,
        spec=run.spec,
        digest=run.digest,
        method=run.method,
        architecture=run.architecture,
        status=run.status,
        cancel_requested=run.cancel_requested,
        progress=Progress(**run.progress),
        points=list(details.points),
        error=failure(run.error),
        worker=None if run.worker is None else Worker(**run.worker),
        attempts=[
            Attempt(
                worker=Worker(**attempt.worker),
                started_at=attempt.started_at,
                ended_at=attempt.ended_at,
                from_step=attempt.from_step,
                outcome=attempt.outcome,
            )
            for attempt in details.attempts
        ],
        device=run.device,
        timings=run.timings,
        notes=run.notes,
        tags=run.tags,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def point_record(row: tables.Point) -> Point:
    """A stored point as REST shows it."""
    estimates = {name: Estimate(**stored) for name, stored in row.estimates.items()}
    information = None
    if row.mi_lower is not None and row.mi_upper is not None:
        information = InformationInterval(lower=row.mi_lower, upper=row.mi_upper, saturated=bool(row.saturated))
    return Point(
        id=row.id,
        run_id=row.run_id,
        beta=row.beta,
        condition=row.condition,
        rate=estimates["rate"],
        distortion=estimates["distortion"],
        neg_elbo=estimates["neg_elbo"],
        mutual_information=information,
        label=row.label,
        estimates=estimates,
        arrays=row.arrays,
    )


def samples_record(prefix: str, pictures: Sequence[tables.Picture] | Sequence[tables.JobPicture]) -> Samples:
    """Pictures with where to get them: ``prefix/images/name.png``."""
    first = pictures[0] if pictures else None
    return Samples(
        count=max((picture.count for picture in pictures), default=0),
        height=first.height if first else 0,
        width=first.width if first else 0,
        channels=first.channels if first else 0,
        images=[
            Image(
                name=picture.name,
                url=f"{prefix}/images/{picture.name}.png",
                count=picture.count,
                columns=picture.columns,
            )
            for picture in pictures
        ],
    )


def failure(stored: Mapping[str, Any] | None) -> Failure | None:
    """A stored error as REST shows it."""
    return None if stored is None else Failure(**stored)

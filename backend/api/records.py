"""What REST says about runs, points, pictures, jobs and sweeps: the stored rows as records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from backend.methods import knobs_of
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


class Origin(Answer):
    """Where an imported run was trained, and which file brought it."""

    run: str
    """Its id where it was trained."""
    program: str
    """Version of the program that wrote the file."""
    exported_at: datetime
    imported_at: datetime


class Run(Answer):
    """One training job."""

    id: str
    spec: dict[str, Any]
    """The specification, written out in full."""
    digest: str
    method: str
    knobs: dict[str, Any] | None
    """The settings of the method that make this specification; null where none do, as of `custom`."""
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
    priority: int
    """Of those that wait the highest is trained first, the oldest among equals."""
    notes: str
    tags: list[str]
    origin: Origin | None
    """Of an imported run: where it was trained; its model is not here."""
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
    runs: list[str] | None
    """Ids, in the order of the grid; null where `brief` leaves them out."""
    counts: dict[str, int]
    """Runs by status."""
    progress: float
    """Share of the work done, 0 to 1."""
    left_s: float | None
    """Seconds until its runs have ended, the runs of others not counted; null where that is unknown."""
    created_at: datetime


class SweepMember(Answer):
    """A run of a sweep, and where it landed."""

    cell: int
    """Which combination of the grid, the last key varying fastest."""
    run_id: str
    status: str
    cancel_requested: bool
    progress: float
    """Share of the work done, 0 to 1."""
    seconds: float | None
    """What it took; null before it has succeeded."""
    point_id: str | None
    """Its first point."""
    rate: float | None
    distortion: float | None


class SweepMembers(Answer):
    """The runs of a sweep, in the order of the grid."""

    items: list[SweepMember]


class SweepPreview(Answer):
    """What a sweep would queue."""

    combinations: int
    runs: int
    """Different ones: two combinations may be one run."""
    known: dict[str, int]
    """Runs that there are already, by status; those that have failed or were cancelled would be queued again."""
    to_train: int
    """Runs that are neither there nor waiting."""


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
        knobs=knobs_of(run.method, run.spec),
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
        priority=details.priority,
        notes=run.notes,
        tags=run.tags,
        origin=None if run.origin is None else Origin(**run.origin),
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

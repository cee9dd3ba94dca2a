"""Every table, typed. The only facts kept twice are those a query filters or plots by."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_AUTO = BigInteger().with_variant(Integer, "sqlite")
"""A counting key; SQLite counts only an INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime, on databases with and without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        dict[str, Any]: JSON,
        list[Any]: JSON,
        datetime: UtcDateTime,
        str: String,
        int: BigInteger,
    }


class Revision(Base):
    """One row: the counter that says whether anything changed. Updated last in a transaction, so it is held briefly."""

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]
    """Moves with every change of a run."""
    points: Mapped[int]
    """The value at which a point was last added or deleted."""


class Run(Base):
    """One training job, from a RunSpec."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_newest", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    spec: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(index=True)
    method: Mapped[str]
    architecture: Mapped[str]
    dataset: Mapped[str] = mapped_column(index=True)
    """``name/binarize``."""
    continues: Mapped[str | None] = mapped_column(index=True)
    """The run whose weights it started from; that run may be deleted by now."""
    status: Mapped[str] = mapped_column(index=True)
    """queued, running, succeeded, failed or cancelled."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[dict[str, Any]]
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    worker: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    device: Mapped[str | None]
    timings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    notes: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[Any]] = mapped_column(default=list)
    origin: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """Of an imported run: where it was trained, what wrote its file and when it came in; null of one trained here."""
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(index=True)
    """The counter's value at this run's last change."""


class Deletion(Base):
    """What was deleted and when, so that a page that polls can drop it."""

    __tablename__ = "deletions"

    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str] = mapped_column(primary_key=True)


class Attempt(Base):
    """One worker's try at a run."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(_AUTO, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    worker: Mapped[dict[str, Any]]
    """host, pid."""
    lease_token: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    from_step: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None]
    """succeeded, failed, cancelled, released or lost; null while it goes on."""


class Job(Base):
    """One thing for a worker to do (train, draw, download, ...): carries claim, lease, cancel and retry."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_waiting", "queue", "state", "priority", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    queue: Mapped[str]
    """``train`` or ``interactive``."""
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    """queued, running, succeeded, failed or cancelled."""
    priority: Mapped[int] = mapped_column(default=0)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    point_id: Mapped[str | None] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), index=True)
    lease_token: Mapped[str | None]
    lease_until: Mapped[float | None] = mapped_column(Float(53))
    """The database's clock, seconds since the epoch."""
    attempts: Mapped[int] = mapped_column(default=0)
    lost_leases: Mapped[int] = mapped_column(default=0)
    """Leases lost in a row without a newer checkpoint."""
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class History(Base):
    """One row of a run's training curve."""

    __tablename__ = "history"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    columns: Mapped[dict[str, Any]]
    """epoch, rate, distortion, loss, images_per_second, ...; nats per example."""


class LogLine(Base):
    """One line a person can read about what a run did."""

    __tablename__ = "log_lines"

    id: Mapped[int] = mapped_column(_AUTO, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class Point(Base):
    """One measured location in the plane."""

    __tablename__ = "points"
    __table_args__ = (Index("ix_points_plane", "dataset", "eval_limit"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    """Order among the points of the run."""
    dataset: Mapped[str]
    """``name/binarize``; with ``eval_limit`` it says which points may share a frontier."""
    eval_limit: Mapped[int | None]
    encoder: Mapped[str]
    decoder: Mapped[str]
    marginal: Mapped[str]
    architecture: Mapped[str]
    method: Mapped[str]
    seed: Mapped[int]
    beta: Mapped[float | None] = mapped_column(Float(53))
    condition: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    rate: Mapped[float | None] = mapped_column(Float(53))
    rate_stderr: Mapped[float | None] = mapped_column(Float(53))
    distortion: Mapped[float | None] = mapped_column(Float(53))
    distortion_stderr: Mapped[float | None] = mapped_column(Float(53))
    neg_elbo: Mapped[float | None] = mapped_column(Float(53))
    neg_elbo_stderr: Mapped[float | None] = mapped_column(Float(53))
    """Those of R and D do not make it: both come from the same images."""
    mi_lower: Mapped[float | None] = mapped_column(Float(53))
    mi_upper: Mapped[float | None] = mapped_column(Float(53))
    saturated: Mapped[bool | None]
    label: Mapped[str | None]
    estimates: Mapped[dict[str, Any]]
    arrays: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Picture(Base):
    """Tiles of one kind of picture of a point, as one PNG: native size, row-major, no borders."""

    __tablename__ = "pictures"

    point_id: Mapped[str] = mapped_column(ForeignKey("points.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    count: Mapped[int]
    columns: Mapped[int]
    height: Mapped[int]
    width: Mapped[int]
    channels: Mapped[int]


class JobPicture(Base):
    """A picture that a short job drew, kept with the job."""

    __tablename__ = "job_pictures"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    count: Mapped[int]
    columns: Mapped[int]
    height: Mapped[int]
    width: Mapped[int]
    channels: Mapped[int]


class Sweep(Base):
    """A set of runs made from one base spec and a grid."""

    __tablename__ = "sweeps"

    id: Mapped[str] = mapped_column(primary_key=True)
    base: Mapped[dict[str, Any]]
    grid: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class SweepRun(Base):
    """Membership; a run may be in several sweeps."""

    __tablename__ = "sweep_runs"

    sweep_id: Mapped[str] = mapped_column(ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]


class DatasetRow(Base):
    """An upload. A built-in data set has no row: its facts are in the code."""

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Artifact(Base):
    """One object of the artifact store. One without a row is an orphan and swept, but for built-in data sets."""

    __tablename__ = "artifacts"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """checkpoint or dataset."""
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    step: Mapped[int | None]
    bytes: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]


class Flag(Base):
    """Something done once in the life of a database, such as queueing the demo."""

    __tablename__ = "flags"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

"""Points: one with its pictures, and all of them as columns that follow the database without being read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import case, select
from sqlalchemy.orm import Session, undefer

from backend.errors import NotFound
from backend.store.session import current_revision
from backend.store.tables import Deletion, JobPicture, Picture, Point, Run, SweepRun

_NUMBERS = ("rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo", "beta", "mi_lower", "mi_upper")
_OTHERS = (
    "id",
    "run_id",
    "saturated",
    "label",
    "architecture",
    "method",
    "seed",
    "dataset",
    "eval_limit",
    "encoder",
    "decoder",
    "marginal",
)
_NETWORK = "network"
PICTURES = ("inputs", "reconstruction_sample", "reconstruction_mean", "generation_sample", "generation_mean")
"""Names of a point's pictures, in the order they are shown."""


@dataclass(frozen=True)
class Columns:
    """Every point of a database as columns of equal length, at one revision. Numbers are nats, NaN where undefined."""

    revision: int
    """The revision at which a point was last added or deleted."""
    seen: int
    """The revision up to which runs were read."""
    table: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.table["id"])


def empty_columns() -> Columns:
    """The columns of a database without points, before anything was read."""
    return Columns(revision=-1, seen=-1, table=_as_columns([]))


def refresh(session: Session, known: Columns) -> Columns:
    """The columns as they are now: only the points of runs that changed since ``known`` are read."""
    counter = current_revision(session)
    if counter.points == known.revision:
        return known
    if counter.value < known.seen or counter.points < known.revision:
        known = empty_columns()  # another database stands in its place
    query = select(*(getattr(Point, name) for name in (*_NUMBERS, *_OTHERS)), _network()).select_from(Point).join(Run)
    if known.seen < 0:
        rows = session.execute(query.order_by(Point.created_at, Point.id)).all()
        return Columns(counter.points, counter.value, _as_columns(rows))
    changed = select(Run.id).where(Run.revision > known.seen)
    rows = session.execute(query.where(Point.run_id.in_(changed)).order_by(Point.created_at, Point.id)).all()
    stale = set(session.scalars(changed)) | set(
        session.scalars(select(Deletion.run_id).where(Deletion.revision > known.seen))
    )
    keep = np.fromiter((run_id not in stale for run_id in known.table["run_id"]), dtype=bool, count=len(known))
    added = _as_columns(rows)
    table = {name: np.concatenate((values[keep], added[name])) for name, values in known.table.items()}
    return Columns(counter.points, counter.value, table)


def get(session: Session, point_id: str) -> Point:
    """One point.

    Raises:
        NotFound: there is none of that id.
    """
    point = session.get(Point, point_id)
    if point is None:
        raise NotFound(f"no point has the id {point_id!r}")
    return point


def pictures(session: Session, point_id: str) -> list[Picture]:
    """A point's pictures without their content, in the order they are shown."""
    found = session.scalars(select(Picture).where(Picture.point_id == point_id)).all()
    return sorted(found, key=lambda picture: _shown_at(picture.name))


def picture(session: Session, point_id: str, name: str) -> bytes:
    """The PNG of one picture.

    Raises:
        NotFound: the point has no picture of that name.
    """
    found = session.get(Picture, (point_id, name), options=[undefer(Picture.png)])
    if found is None:
        raise NotFound(f"point {point_id!r} has no picture {name!r}")
    return found.png


def job_pictures(session: Session, job_id: str) -> list[JobPicture]:
    """What a short job drew, without the content, in the order it is shown."""
    found = session.scalars(select(JobPicture).where(JobPicture.job_id == job_id)).all()
    return sorted(found, key=lambda picture: _shown_at(picture.name))


def job_picture(session: Session, job_id: str, name: str) -> bytes:
    """The PNG of one picture that a job drew.

    Raises:
        NotFound: the job has no picture of that name.
    """
    found = session.get(JobPicture, (job_id, name), options=[undefer(JobPicture.png)])
    if found is None:
        raise NotFound(f"job {job_id!r} has no picture {name!r}")
    return found.png


def runs_of_sweep(session: Session, sweep_id: str) -> set[str]:
    """Ids of a sweep's runs."""
    return set(session.scalars(select(SweepRun.run_id).where(SweepRun.sweep_id == sweep_id)))


def _shown_at(name: str) -> tuple[int, str]:
    return (PICTURES.index(name) if name in PICTURES else len(PICTURES), name)


def _network() -> Any:
    """The kind of network of encoder and decoder, ``encoder/decoder`` where they differ: one tuple can have several."""
    of = Run.spec["architecture"]
    encoder, decoder = (of[part]["network"]["kind"].as_string() for part in ("encoder", "decoder"))
    return case((encoder == decoder, decoder), else_=encoder + "/" + decoder)


def _as_columns(rows: Sequence[Any]) -> dict[str, NDArray[Any]]:
    names = (*_NUMBERS, *_OTHERS, _NETWORK)
    values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    table: dict[str, NDArray[Any]] = {}
    for name, column in zip(names, values, strict=True):
        table[name] = _numbers(column) if name in _NUMBERS else _objects(column)
    return table


def _numbers(column: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array(column, dtype=np.float64)  # None becomes NaN


def _objects(column: Sequence[Any]) -> NDArray[np.object_]:
    array = np.empty(len(column), dtype=object)
    array[:] = column
    return array

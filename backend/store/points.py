"""Points: one with its pictures, and all of them as columns that follow the database without being read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import select, true
from sqlalchemy.orm import Session, undefer

from backend.errors import NotFound
from backend.methods import CUSTOM, knobs_of
from backend.spec import recipes
from backend.store import specs
from backend.store.session import current_revision
from backend.store.tables import Deletion, JobPicture, Picture, Point, Run, SweepRun

_NUMBERS = (
    "rate",
    "rate_stderr",
    "distortion",
    "distortion_stderr",
    "neg_elbo",
    "neg_elbo_stderr",
    "beta",
    "mi_lower",
    "mi_upper",
)
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
    return Columns(revision=-1, seen=-1, table=_as_columns([], {}))


def refresh(session: Session, known: Columns) -> Columns:
    """The columns as they are now: only the points of runs that changed since ``known`` are read."""
    counter = current_revision(session)
    if counter.points == known.revision:
        return known
    if counter.value < known.seen or counter.points < known.revision:
        known = empty_columns()  # another database stands in its place
    query = select(*(getattr(Point, name) for name in (*_NUMBERS, *_OTHERS)))
    if known.seen < 0:
        rows = session.execute(query.order_by(Point.created_at, Point.position, Point.id)).all()
        return Columns(counter.points, counter.value, _as_columns(rows, specs.texts_of(session, true())))
    changed = select(Run.id).where(Run.revision > known.seen)
    rows = session.execute(
        query.where(Point.run_id.in_(changed)).order_by(Point.created_at, Point.position, Point.id)
    ).all()
    stale = set(session.scalars(changed)) | set(
        session.scalars(select(Deletion.run_id).where(Deletion.revision > known.seen))
    )
    keep = np.fromiter((run_id not in stale for run_id in known.table["run_id"]), dtype=bool, count=len(known))
    added = _as_columns(rows, specs.texts_of(session, Run.revision > known.seen))
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
    return sorted(found, key=lambda picture: shown_at(picture.name))


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
    return sorted(found, key=lambda picture: shown_at(picture.name))


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


def shown_at(name: str) -> tuple[int, str]:
    return (PICTURES.index(name) if name in PICTURES else len(PICTURES), name)


def _as_columns(rows: Sequence[Any], texts: Mapping[str, recipes.Texts]) -> dict[str, NDArray[Any]]:
    """The columns of some points.

    Args:
        rows: of the points, each with its :data:`_NUMBERS` and its :data:`_OTHERS`.
        texts: the specification of each of their runs.
    """
    names = (*_NUMBERS, *_OTHERS)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    table: dict[str, NDArray[Any]] = {}
    for name, column in zip(names, columns, strict=True):
        table[name] = _objects(column) if name in _OTHERS else _numbers(column)
    of_point = [texts[run_id] for run_id in table["run_id"]]
    for place, section in enumerate(recipes.SECTIONS):
        table[specs.column(section)] = _objects([each[place] for each in of_point])
    for name, hashed in (("recipe", recipes.recipe), ("family", recipes.family)):
        found = {each: hashed(each) for each in set(of_point)}
        table[name] = _objects([found[each] for each in of_point])
    architectures = table[specs.column("architecture")]
    table["network"] = _objects([specs.network(each) for each in architectures])
    table["unmarked"] = _objects(list(map(specs.unmarked, architectures, table["architecture"])))
    knobs = _knobs(list(zip(table["method"], table[specs.column("objective")], architectures, strict=True)))
    table["knobs"] = _objects(knobs)
    objectives = table[specs.column("objective")]
    told = [specs.terms(each) if found is None else None for each, found in zip(objectives, knobs, strict=True)]
    table["terms"] = _objects(told)
    # Asked for by a method that its own fields made something else.
    changed = [name != CUSTOM and found is None for name, found in zip(table["method"], knobs, strict=True)]
    table["method_changed"] = _objects(changed)
    return table


def _knobs(runs: Sequence[tuple[str, str, str]]) -> list[Mapping[str, Any] | None]:
    """The settings by which its method makes each run, None where none do: of method, objective, architecture."""
    found: dict[tuple[str, str, str], Mapping[str, Any] | None] = {}
    for method, objective, architecture in set(runs):  # thousands of points share a few
        marginal = {"kind": specs.kinds(architecture)["marginal"]}
        spec = {"objective": orjson.loads(objective), "architecture": {"marginal": marginal}}
        found[method, objective, architecture] = knobs_of(method, spec)
    return [found[each] for each in runs]


def _numbers(column: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array(column, dtype=np.float64)  # None becomes NaN


def _objects(column: Sequence[Any]) -> NDArray[np.object_]:
    array = np.empty(len(column), dtype=object)
    array[:] = column
    return array

"""Runs from elsewhere made ready as rows of a database of their own, beside the one that they are for."""

import math
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.store.newcomers import NewRun
from backend.store.results import point_row
from backend.store.session import Database
from backend.store.tables import Base, History, Picture, Point, Run

TABLES: tuple[type[Base], ...] = (Run, History, Point, Picture)
"""What is made ready, in an order that every reference is satisfied in."""
BYTES_AT_ONCE = 2**21
"""Rows are written once what they were made of is so large."""


@dataclass(frozen=True)
class Staged:
    """Runs as rows of a database of their own."""

    database: Database
    ids: dict[str, str] = field(default_factory=dict)
    """Id that each was trained under -> the id that it gets here."""
    points: dict[str, int] = field(default_factory=dict)
    """The same -> number of its points."""
    continues: dict[str, str] = field(default_factory=dict)
    """The same -> id that the run it continues was trained under."""


@contextmanager
def staged(new: Iterable[NewRun], *, exact: bool, keep_ids: bool = False) -> Iterator[Staged]:
    """Make runs ready to be added: whatever takes long is done while nobody waits for the database.

    Args:
        exact: whether JSON of the database keeps a NaN or an infinity; where it cannot, null stands for them.
        keep_ids: give runs and points the ids that they come with, for a database that is empty.
    """
    with tempfile.TemporaryDirectory(prefix="frontier-import-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'staged.db'}")
        try:
            Base.metadata.create_all(
                database.engine, tables=[Base.metadata.tables[each.__tablename__] for each in TABLES]
            )
            found = Staged(database)
            with database.write() as session:
                rows = _Rows(session, exact)
                for run in new:
                    _stage(rows, found, run, keep_ids)
                rows.write()
            yield found
        finally:
            database.dispose()


class _Rows:
    """What is to be inserted, table by table and many rows at once, but never much of it."""

    def __init__(self, session: Session, exact: bool) -> None:
        self._session, self._exact = session, exact
        self._waiting: dict[type[Base], list[dict[str, Any]]] = {table: [] for table in TABLES}
        self._bytes = 0

    def add(self, table: type[Base], size: int = 0, **columns: Any) -> None:
        """Add one row that was made of so many bytes."""
        self._waiting[table].append(columns if self._exact else _plain(columns))
        self._bytes += size
        if self._bytes > BYTES_AT_ONCE:
            self.write()

    def write(self) -> None:
        for table, rows in self._waiting.items():
            if rows:
                self._session.execute(insert(table), rows)
                rows.clear()
        self._bytes = 0


def _stage(rows: _Rows, found: Staged, run: NewRun, keep_ids: bool) -> None:
    """Write one run with all that hangs on it, under its new id."""
    run_id = run.id if keep_ids else uuid.uuid4().hex
    found.ids[run.trained_as], found.points[run.trained_as] = run_id, len(run.points)
    if run.spec.training.continues:
        found.continues[run.trained_as] = run.spec.training.continues.run
    epochs = run.spec.training.epochs
    rows.add(
        Run,
        run.size,
        id=run_id,
        spec=run.spec.model_dump(mode="json"),
        digest=run.spec.digest,
        method=run.method,
        architecture=run.spec.architecture.symbols,
        dataset=f"{run.spec.dataset.name}/{run.spec.dataset.binarize}",
        continues=found.continues.get(run.trained_as),
        status="succeeded",
        progress={"epoch": epochs, "epochs": epochs},
        device=run.device,
        timings=dict(run.timings),
        notes=run.notes,
        tags=list(run.tags),
        origin=dict(run.origin),
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        revision=0,
    )
    for step, columns in run.history:
        rows.add(History, run_id=run_id, step=step, columns=dict(columns))
    for position, point in enumerate(run.points):
        point_id = point.id if keep_ids else uuid.uuid4().hex
        row = point_row(run_id, run.method, run.spec, position, point.result)
        rows.add(Point, id=point_id, created_at=point.created_at, **row)
        for picture in point.pictures:
            png = picture.png()
            rows.add(Picture, len(png), **{**vars(picture), "png": png}, point_id=point_id)


def _plain(value: Any) -> Any:
    """JSON as a database keeps it that knows neither NaN nor infinity."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value

"""Connections and transactions: SQLite made safe for several writers, Postgres as it is, and the revision counter."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, bindparam, create_engine, event, insert, select, update
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from backend.store.tables import Deletion, Revision, Run

__all__ = [
    "Database",
    "DatabaseAway",
    "DatabaseError",
    "Session",
    "current_revision",
    "mark_changed",
    "mark_deleted",
]

DatabaseError = SQLAlchemyError
"""Anything a database may fail with."""
DatabaseAway = (OperationalError, InterfaceError)
"""Failures that pass by themselves: it restarts, or a connection broke."""

_CHANGED, _DELETED, _POINTS = "changed runs", "deleted runs", "points changed"
_BUSY_TIMEOUT_S = 30
_SNAPSHOT = "REPEATABLE READ"


class Database:
    """One database: short-lived read and write transactions over one engine."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(immediate=True)
        # SQLite's transactions are snapshots anyway.
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level=_SNAPSHOT)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent snapshot; nothing is written."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One write transaction: all of it or none. The revision moves last if a run was marked as changed."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
            session.flush()
            _move_revision(session)

    def dispose(self) -> None:
        self.engine.dispose()


def mark_changed(session: Session, run_id: str, *, points: bool = False) -> None:
    """Note that this transaction changes a run (and its points), so that ``/changes`` tells of it."""
    session.info.setdefault(_CHANGED, set()).add(run_id)
    session.info[_POINTS] = session.info.get(_POINTS, False) or points


def mark_deleted(session: Session, run_id: str) -> None:
    """Note that this transaction deletes a run."""
    session.info.setdefault(_DELETED, set()).add(run_id)
    session.info[_POINTS] = True


def _move_revision(session: Session) -> None:
    changed, deleted = session.info.pop(_CHANGED, set()), session.info.pop(_DELETED, set())
    points = session.info.pop(_POINTS, False)
    changed -= deleted
    if not changed and not deleted:
        return
    # Every run gets a value of its own, so that ``/changes`` can be cut between any two runs.
    steps = len(changed) + (1 if deleted else 0)
    moved: dict[str, Any] = {"value": Revision.value + steps}
    if points:
        moved["points"] = Revision.value + steps
    value: int = session.scalars(update(Revision).values(moved).returning(Revision.value)).one()
    if changed:
        session.connection().execute(
            update(Run).where(Run.id == bindparam("run")).values(revision=bindparam("moved_to")),
            [{"run": run_id, "moved_to": value - place} for place, run_id in enumerate(sorted(changed))],
        )
    if deleted:
        lowest = value - len(changed)
        session.execute(insert(Deletion), [{"revision": lowest, "run_id": run_id} for run_id in deleted])


def current_revision(session: Session) -> Revision:
    """The counter row."""
    return session.scalars(select(Revision)).one()


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # Without IMMEDIATE two read-modify-write transactions lose updates.
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine

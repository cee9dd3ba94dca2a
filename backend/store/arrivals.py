"""Runs that were trained elsewhere and come in: what is ready is added in one short transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Session

from backend.datasets import DatasetFacts
from backend.store import datasets, runs
from backend.store.clock import utc_now
from backend.store.newcomers import Imported
from backend.store.session import Database, mark_changed
from backend.store.staging import BYTES_AT_ONCE, TABLES, Staged
from backend.store.tables import Base, LogLine, Run

_ROWS_AT_ONCE = 500
_IDS_AT_ONCE = 500
"""Runs looked for by one query."""


def here(session: Session, trained_as: Iterable[str]) -> dict[str, str]:
    """Runs that are here, trained here or imported: id they were trained under -> id here."""
    wanted = sorted(set(trained_as))
    found: dict[str, str] = {}
    origin = Run.origin["run"].as_string()
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        some = wanted[start : start + _IDS_AT_ONCE]
        found |= {run_id: run_id for run_id in session.scalars(select(Run.id).where(Run.id.in_(some)))}
        imported = select(origin, Run.id).where(Run.origin.is_not(None), origin.in_(some))
        found.update(map(tuple, session.execute(imported)))
    return found


def add(session: Session, waiting: Staged, facts: Iterable[DatasetFacts], trained_as: Collection[str]) -> Imported:
    """Add the staged runs that are not here yet, all of them or, where one cannot be, none.

    Args:
        facts: of the data sets that they name; those not here are known from now on, without images.
        trained_as: of every run that was to come, those included that were here before any was staged.

    Raises:
        Conflict: a data set here has the name of one of these, and other content.
    """
    runs.submitting_alone(session)
    added = [each.name for each in facts if datasets.add_known(session, each)]
    known = here(session, [*trained_as, *waiting.continues.values()])
    fresh = {trained: run_id for trained, run_id in waiting.ids.items() if trained not in known}
    _forget(waiting.database, [run_id for trained, run_id in waiting.ids.items() if trained in known])
    _move(session, waiting.database)
    _link(
        session, {fresh[child]: parent for child, parent in waiting.continues.items() if child in fresh}, known | fresh
    )
    now = utc_now()
    if fresh:
        told = "imported; it was trained elsewhere as run"
        rows = [{"run_id": run_id, "at": now, "text": f"{told} {trained}"} for trained, run_id in fresh.items()]
        session.execute(insert(LogLine), rows)
    for run_id in fresh.values():
        mark_changed(session, run_id, points=True)
    return Imported(
        runs=list(fresh.values()),
        points=sum(waiting.points[trained] for trained in fresh),
        already=[known[trained] for trained in trained_as if trained in known],
        datasets=added,
    )


def _forget(stage: Database, run_ids: Sequence[str]) -> None:
    """Drop runs that came in by another way while these were made ready."""
    with stage.write() as session:
        for run_id in run_ids:
            session.execute(delete(Run).where(Run.id == run_id))


def _move(session: Session, stage: Database) -> None:
    """Copy every row that is staged: from file to file where both are SQLite, else by batches."""
    if session.get_bind().dialect.name == "sqlite":
        _copy_from_file(session, stage)
        return
    with stage.read() as ready:
        for table in TABLES:
            rows = ready.execute(select(Base.metadata.tables[table.__tablename__])).mappings()
            for some in _batches({name: each for name, each in row.items() if each is not None} for row in rows):
                session.execute(insert(table), some)


def _copy_from_file(session: Session, stage: Database) -> None:
    stage.dispose()  # the last to close it brings its write-ahead log home
    session.connection().detach()  # closed at the end, and what is attached with it
    session.execute(text("ATTACH DATABASE :file AS staged"), {"file": stage.url.database})
    for table in TABLES:
        of_table = Base.metadata.tables[table.__tablename__]
        columns = ", ".join(f'"{column.name}"' for column in of_table.columns)
        session.execute(
            text(f"INSERT INTO main.{of_table.name} ({columns}) SELECT {columns} FROM staged.{of_table.name}")
        )


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows, few enough at once that their pictures fit into memory."""
    some: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        some.append(row)
        size += len(row.get("png", b""))
        if size > BYTES_AT_ONCE or len(some) == _ROWS_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _link(session: Session, parents: Mapping[str, str], known: Mapping[str, str]) -> None:
    """Let runs continue what they continue by its id here, where it is here.

    Args:
        parents: id of a run -> id that its parent was trained under.
        known: id that a run was trained under -> its id here.
    """
    links = [{"run": run_id, "parent": known[parent]} for run_id, parent in parents.items() if parent in known]
    if links:
        linked = update(Run).where(Run.id == bindparam("run")).values(continues=bindparam("parent"))
        session.connection().execute(linked, links)
    for link in links:
        mark_changed(session, link["parent"])  # its page names those that continue it

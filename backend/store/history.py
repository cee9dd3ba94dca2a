"""A run's training curve and its log, written by its worker."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backend.store.tables import History, LogLine


def add_rows(session: Session, run_id: str, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Add (step, columns) rows; each step once. Those of a commit that was thought to have failed are replaced."""
    if rows:
        steps = [step for step, _ in rows]
        session.execute(delete(History).where(History.run_id == run_id, History.step.in_(steps)))
        session.execute(
            insert(History), [{"run_id": run_id, "step": step, "columns": dict(columns)} for step, columns in rows]
        )


def drop_after(session: Session, run_id: str, step: int) -> None:
    """Forget what lies beyond the checkpoint a run goes on from: those steps are trained again."""
    session.execute(delete(History).where(History.run_id == run_id, History.step > step))


def add_log(session: Session, run_id: str, lines: Sequence[tuple[datetime, str]]) -> None:
    """Add (time, text) lines to a run's log."""
    if lines:
        session.execute(insert(LogLine), [{"run_id": run_id, "at": at, "text": text} for at, text in lines])


def as_table(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, list[float | None]]:
    """Rows as columns of equal length, ``step`` among them; what a row lacks is null."""
    names = dict.fromkeys(name for _, columns in rows for name in columns)
    table: dict[str, list[float | None]] = {"step": [step for step, _ in rows]}
    return table | {name: [columns.get(name) for _, columns in rows] for name in names}

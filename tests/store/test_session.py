"""What a transaction sees, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.store.session import Database, current_revision
from backend.store.tables import Job, Run

MakeRun = Callable[..., Job]


def numbers(session: Session) -> tuple[int, int]:
    """Runs, and the revision that says how often they changed."""
    return session.scalar(select(func.count()).select_from(Run)) or 0, current_revision(session).value


def test_a_read_sees_one_moment(database: Database, make_run: MakeRun) -> None:
    with database.read() as session:
        before = numbers(session)
        with database.write() as writing:
            make_run(writing, "a")
            writing.execute(text("UPDATE revision SET value = value + 1"))
        session.expire_all()
        assert numbers(session) == before
    with database.read() as session:
        assert numbers(session) == (1, before[1] + 1)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_write_decides_by_what_is_committed_now(database: Database) -> None:
    with database.read() as session:
        numbers(session)
    with database.write() as session:
        assert session.connection().get_isolation_level() == "READ COMMITTED"

"""Bring a database to the tables this program knows: create it, migrate it, or refuse one from a newer program."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError

from backend.errors import SetupError
from backend.store.session import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_263_001
"""Number of the Postgres lock that lets one process migrate at a time; any constant of our own does."""


def upgrade(url: str) -> None:
    """Create or migrate the database at ``url``; SQLite is copied aside before its tables change.

    Two processes may call this at once: the second waits and finds nothing to do.

    Raises:
        SetupError: the database is from a newer program, is no database, or cannot be reached.
    """
    database = Database(url)
    try:
        with _explained(database), _alone(database), _connection(database) as connection:
            _upgrade(database, connection)
    finally:
        database.dispose()


def prepare(url: str, *, read_only: bool) -> None:
    """Upgrade the database for a server; for one that changes nothing, see that this has been done.

    Raises:
        SetupError: the database cannot be used, or is not as this program knows it and may not be changed.
    """
    if not read_only:
        upgrade(url)
        return
    state = standing(url)
    if state != "current":
        why = "is not there" if state == "absent" else "has tables of an older version"
        raise SetupError(
            f"the database {make_url(url).render_as_string(hide_password=True)} {why}, and FRONTIER_READ_ONLY lets "
            "nothing change it: start once without that variable"
        )


def standing(url: str) -> Literal["absent", "older", "current"]:
    """Where a database stands, without touching it.

    Raises:
        SetupError: it is from a newer program, is no database, or cannot be reached.
    """
    database = Database(url)
    try:
        if database.is_sqlite and not Path(database.url.database or "").exists():
            return "absent"
        with _explained(database), database.engine.connect() as connection:
            current = revision_of(connection)
        if current is None:
            return "absent"
        _require_known(database, current)
        return "current" if current == newest_revision() else "older"
    finally:
        database.dispose()


def revision_of(connection: Connection) -> str | None:
    """The migration a database stands at; null for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The migration this program writes for."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _upgrade(database: Database, connection: Connection) -> None:
    current, newest = revision_of(connection), newest_revision()
    connection.rollback()
    if current == newest:
        return
    if current is not None:
        _require_known(database, current)
        _back_up(database, current)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _require_known(database: Database, current: str) -> None:
    if current not in {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}:
        raise SetupError(
            f"the database {_shown(database)} was written by a newer version of RD Frontier (its tables are at "
            f"{current}, this program knows {newest_revision()}): install that version, or choose another home"
        )


def _back_up(database: Database, revision: str) -> None:
    """Copy a SQLite file, its write-ahead log included, to a file beside it named for its revision."""
    if not database.is_sqlite or not database.url.database:
        return
    source = Path(database.url.database)
    target = source.with_name(f"{source.name}.before-{newest_revision()}-at-{revision}")
    with sqlite3.connect(source) as old, sqlite3.connect(target) as copy:
        old.backup(copy)
    old.close()
    copy.close()


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    """Turn a database that cannot be used into one sentence."""
    try:
        yield
    except OperationalError as error:
        raise SetupError(f"the database {_shown(database)} cannot be opened: {error.orig}") from error
    except DatabaseError as error:
        raise SetupError(f"{_shown(database)} is no database of this program: {error.orig}") from error
    except OSError as error:
        raise SetupError(f"the folder of {_shown(database)} cannot be written: {error}") from error


def _connection(database: Database) -> Connection:
    return database.engine.connect().execution_options(immediate=True)


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    if database.is_sqlite:
        file = database.url.database
        if not file or file == ":memory:":
            yield
            return
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.migrating"):
            yield
        return
    with database.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": _ADVISORY_LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": _ADVISORY_LOCK})
            connection.commit()


def _shown(database: Database) -> str:
    return database.url.render_as_string(hide_password=True)

"""Databases made, migrated, backed up, refused."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, text

from backend.errors import SetupError
from backend.store import migrate
from backend.store.migrate import standing, upgrade
from backend.store.session import Database, current_revision
from backend.store.tables import Base

NEWEST = migrate.newest_revision()


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_new_database_has_the_counter(database: Database) -> None:
    with database.read() as session:
        counter = current_revision(session)
    assert (counter.id, counter.value, counter.points) == (1, 0, 0)


def test_a_second_upgrade_changes_nothing_and_backs_nothing_up(tmp_path: Path) -> None:
    file = tmp_path / "a folder" / "frontier.db"
    assert standing(url_of(file)) == "absent"
    upgrade(url_of(file))
    upgrade(url_of(file))
    assert standing(url_of(file)) == "current"
    assert [path.name for path in sorted(file.parent.iterdir()) if "before" in path.name] == []


def test_two_processes_that_start_at_once_make_one_database(tmp_path: Path) -> None:
    file = tmp_path / "frontier.db"
    start = threading.Barrier(2)

    def go(_: int) -> None:
        start.wait()
        upgrade(url_of(file))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(go, range(2)))
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT count(*) FROM revision").fetchone() == (1,)


def test_an_older_sqlite_database_is_copied_before_it_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "frontier.db"
    upgrade(url_of(file))
    with sqlite3.connect(file) as database:
        database.execute("INSERT INTO flags (name, at) VALUES ('mine', '2026-01-01 00:00:00')")
    versions = tmp_path / "migrations"
    copy_migrations(versions)
    (versions / "versions" / "9000_more.py").write_text(
        f'from alembic import op\nrevision = "9000"\ndown_revision = "{NEWEST}"\n'
        'def upgrade():\n    op.execute("CREATE TABLE more (id INTEGER)")\n'
    )
    monkeypatch.setattr(migrate, "_MIGRATIONS", versions)
    assert standing(url_of(file)) == "older"
    upgrade(url_of(file))
    backup = tmp_path / f"frontier.db.before-9000-at-{NEWEST}"
    with sqlite3.connect(backup) as old:
        assert old.execute("SELECT name FROM flags").fetchall() == [("mine",)]
        assert old.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    with sqlite3.connect(file) as new:
        assert new.execute("SELECT name FROM flags").fetchall() == [("mine",)]
        assert new.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "frontier.db"
    upgrade(url_of(file))
    versions = tmp_path / "migrations"
    copy_migrations(versions)
    (versions / "versions" / "9000_bad.py").write_text(
        f'from alembic import op\nrevision = "9000"\ndown_revision = "{NEWEST}"\n'
        'def upgrade():\n    op.execute("CREATE TABLE more (id INTEGER)")\n    op.execute("nonsense")\n'
    )
    monkeypatch.setattr(migrate, "_MIGRATIONS", versions)
    with pytest.raises(SetupError):
        upgrade(url_of(file))
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(NEWEST,)]
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)


def test_a_newer_database_is_refused_and_left_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        for call in (upgrade, standing):
            with pytest.raises(SetupError, match="newer version"):
                call(database.url.render_as_string(hide_password=False))
    finally:
        with database.write() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{NEWEST}'"))
    assert "runs" in inspect(database.engine).get_table_names()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "frontier.db"
    file.write_bytes(b"a letter to my aunt" * 100)
    with pytest.raises(SetupError, match="no database"):
        upgrade(url_of(file))
    assert file.read_bytes() == b"a letter to my aunt" * 100


def test_a_server_that_is_away_is_one_sentence_without_the_password() -> None:
    with pytest.raises(SetupError, match="cannot be opened") as raised:
        upgrade("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(raised.value)


def copy_migrations(target: Path) -> None:
    (target / "versions").mkdir(parents=True)
    for source in (*migrate._MIGRATIONS.glob("*.*"), *migrate._MIGRATIONS.glob("versions/*.py")):
        (target / source.relative_to(migrate._MIGRATIONS)).write_bytes(source.read_bytes())


ESTIMATES = (
    ('{"rate": {"stderr": 1.0}, "neg_elbo": {"value": 3.0, "stderr": 0.25}}', 0.25),
    ('{"neg_elbo": {"value": null, "stderr": null}}', None),
    ('{"neg_elbo": {"value": 3.0}}', None),
    ("{}", None),
)


def test_stored_points_get_the_error_of_r_plus_d(postgres_server: str, tmp_path: Path) -> None:
    """Also beside one whose JSON holds a NaN, as SQLite let in."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE older"))
    postgres = make_url(postgres_server).set(database="older").render_as_string(hide_password=False)
    nan = ('{"neg_elbo": {"value": 3.0, "stderr": NaN}}', None)
    try:
        for url, wanted in ((url_of(tmp_path / "frontier.db"), (*ESTIMATES, nan)), (postgres, ESTIMATES)):
            database = Database(url)
            with database.engine.connect().execution_options(immediate=True) as connection:
                config = Config()
                config.set_main_option("script_location", str(migrate._MIGRATIONS))
                config.attributes["connection"] = connection
                command.upgrade(config, "0003")
                _add_points(connection, [estimates for estimates, _ in wanted])
                connection.commit()
            upgrade(url)
            with database.read() as session:
                found = session.execute(text("SELECT neg_elbo_stderr FROM points ORDER BY id")).scalars().all()
            assert found == [error for _, error in wanted]
            database.dispose()
    finally:
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE older WITH (FORCE)"))
        admin.dispose()


def _add_points(connection: Connection, estimates: list[str]) -> None:
    """Points as an older program stored them."""
    at = "2026-01-01 00:00:00"
    run = {
        "id": "r", "spec": "{}", "digest": "", "method": "", "architecture": "", "dataset": "", "status": "succeeded",
        "cancel_requested": False, "progress": "{}", "timings": "{}", "notes": "", "tags": "[]", "created_at": at,
        "revision": 0,
    }  # fmt: skip
    point = {
        "run_id": "r", "position": 0, "dataset": "", "encoder": "", "decoder": "", "marginal": "", "architecture": "",
        "method": "", "seed": 0, "arrays": "{}", "created_at": at,
    }  # fmt: skip
    rows = [{**point, "id": str(number), "estimates": each} for number, each in enumerate(estimates)]
    for table, some in (("runs", [run]), ("points", rows)):
        values = ", ".join(f":{name}" for name in some[0])
        connection.execute(text(f"INSERT INTO {table} ({', '.join(some[0])}) VALUES ({values})"), some)

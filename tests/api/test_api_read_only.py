"""A server that shows a frontier and changes nothing: every write answers 403, every read as ever."""

import pytest
from fastapi.testclient import TestClient
from rows import HERE
from sqlalchemy import text
from typer.testing import CliRunner

from backend.app import create_app
from backend.cli import app as cli
from backend.errors import SetupError
from backend.preflight import free_port
from backend.serve import create_server
from backend.settings import Settings
from backend.store.session import Database

READS = ("get", "head", "options")


@pytest.fixture(scope="module")
def shown(sqlite_template, tmp_path_factory):
    home = tmp_path_factory.mktemp("read-only")
    (home / "frontier.db").write_bytes(sqlite_template.read_bytes())
    with TestClient(create_server(Settings(home=home, read_only=True)), base_url=HERE) as client:
        yield client


def writing_routes(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods if method not in READS]


def test_every_writing_route_is_refused(shown):
    routes = writing_routes(shown)
    assert len(routes) > 12
    for method, path in routes:
        for concrete in (path.replace("{", "").replace("}", ""), "/api/v1/nothing", "/api/v1/runs//"):
            answer = shown.request(method.upper(), concrete, json={"dataset": "digits"})
            assert answer.status_code == 403, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert "changes nothing" in answer.json()["detail"]
    assert shown.get("/api/v1/runs").json()["items"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE", "PROPFIND"])
def test_no_other_path_is_a_way_round(shown, method):
    for path in ("/", "/queue", "/api/v1/../api/v1/runs", "//api/v1/runs", "/_dash-update-component/", "/_dash-layout"):
        assert shown.request(method, path, json={}).status_code == 403, path


def test_reads_health_and_pages_are_as_ever(shown):
    assert shown.get("/api/v1/server").json()["read_only"] is True
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/points", "/api/v1/changes", "/", "/queue"):
        assert shown.get(path).status_code == 200, path
    assert shown.head("/healthz").status_code in (200, 405)


def test_the_pages_are_told_by_rest(shown):
    told = shown.post("/_dash-update-component", json=page_request("/"))
    assert told.status_code == 200, told.text
    assert "Read only" in told.text
    assert '"data-do":"new"' not in told.text


def test_a_server_that_may_be_written_to_says_so(client):
    assert client.get("/api/v1/server").json()["read_only"] is False


def page_request(pathname):
    """What the browser sends when it opens a page."""
    names = ["page.children", "nav.children", "page.className", "new-run.children"]
    outputs = [dict(zip(("id", "property"), name.split("."), strict=True)) for name in names]
    state = {"search": "", "href": f"{HERE}{pathname}"}
    return {
        "output": f"..{'...'.join(names)}..",
        "outputs": outputs,
        "inputs": [{"id": "location", "property": "pathname", "value": pathname}],
        "changedPropIds": ["location.pathname"],
        "state": [{"id": "location", "property": name, "value": value} for name, value in state.items()]
        + [{"id": name, "property": "data", "value": None} for name in ("filters", "selected", "beside")],
    }


def test_it_makes_no_tables_and_changes_none(sqlite_url, tmp_path):
    nowhere = tmp_path / "nowhere"
    with pytest.raises(SetupError, match=r"is not there, and FRONTIER_READ_ONLY"):
        create_app(Settings(home=nowhere, read_only=True))
    assert not nowhere.exists()
    database = Database(sqlite_url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SetupError, match=r"older version, and FRONTIER_READ_ONLY"):
        create_app(Settings(home=tmp_path, database_url=sqlite_url, read_only=True))
    with database.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    database.dispose()


@pytest.mark.parametrize("command", ["up", "worker", "api"])
def test_what_trains_or_makes_tables_does_not_start(command, tmp_path, monkeypatch):
    monkeypatch.setenv("FRONTIER_READ_ONLY", "true")
    monkeypatch.setenv("FRONTIER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTIER_PORT", str(free_port("127.0.0.1")))
    found = CliRunner().invoke(cli, [command])
    assert "FRONTIER_READ_ONLY" in str(found.exception)
    assert not (tmp_path / "home").exists()

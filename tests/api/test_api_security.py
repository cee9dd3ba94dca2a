"""Who may do what: token, sign-in, foreign hosts and origins, and where a server may bind."""

import shutil

import pytest
from fastapi.testclient import TestClient
from rows import HERE

from backend.app import create_app
from backend.errors import SetupError
from backend.preflight import is_loopback
from backend.security import COOKIE
from backend.serve import create_server
from backend.settings import Settings

DIGITS = {"dataset": "digits"}
TOKEN = "correct horse battery"
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def locked(sqlite_template, tmp_path_factory):
    home = tmp_path_factory.mktemp("locked")
    shutil.copy(sqlite_template, home / "frontier.db")
    app = create_app(Settings(home=home, database_url=f"sqlite:///{home / 'frontier.db'}", api_token=TOKEN))
    yield TestClient(app, base_url=HERE, follow_redirects=False)
    app.state.database.dispose()


@pytest.fixture
def server(sqlite_url, tmp_path):
    app = create_server(Settings(home=tmp_path, database_url=sqlite_url, api_token=TOKEN))
    with TestClient(app, base_url=HERE, follow_redirects=False) as client:
        yield client
    app.state.database.dispose()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN])
def test_rest_wants_the_token(locked, header):
    headers = {"authorization": header} if header else {}
    for call in ("GET /api/v1/runs", "POST /api/v1/runs", "GET /api/v1/nope", "GET /metrics"):
        answer = locked.request(*call.split(), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
        assert TOKEN not in answer.text


def test_with_the_token_rest_answers(locked):
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert locked.post("/api/v1/runs", json=DIGITS, headers=headers).status_code == 201
    assert locked.get("/api/v1/openapi.json", headers=headers).status_code == 200


def test_health_needs_no_token(locked):
    assert locked.get("/healthz").status_code == 200
    assert locked.get("/readyz").status_code in (200, 503)


def test_a_page_leads_to_the_sign_in_and_back(server):
    away = server.get("/queue?dataset=mnist%2Fstatic", headers=HTML)
    assert away.status_code == 303
    page = server.get(away.headers["location"])
    assert page.status_code == 200
    assert 'type="password"' in page.text
    wrong = server.post(away.headers["location"], data={"token": "wrong"})
    assert wrong.status_code == 401
    assert "not the token" in wrong.text
    right = server.post(away.headers["location"], data={"token": TOKEN})
    assert right.status_code == 303
    assert right.headers["location"] == "/queue?dataset=mnist%2Fstatic"
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert server.get("/queue", headers=HTML).status_code == 200
    assert server.get("/api/v1/runs").status_code == 200
    assert server.post("/api/v1/runs", json=DIGITS).status_code == 201
    assert server.get("/sign-out").status_code == 303
    assert server.get("/api/v1/runs").status_code == 401


def test_callbacks_of_the_ui_want_the_sign_in_too(server):
    assert server.post("/_dash-update-component", json={}).status_code == 401
    assert server.get("/_dash-layout").status_code == 401


def test_a_made_up_cookie_is_no_sign_in(server):
    for value in ("", "x", TOKEN, "é", '"unclosed'):
        assert server.get("/api/v1/runs", headers={"cookie": f"{COOKIE}={value}".encode()}).status_code == 401


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_sign_in_leads_nowhere_else(server, target):
    answer = server.post("/sign-in", params={"next": target}, data={"token": TOKEN})
    assert answer.headers["location"] == "/"


def test_the_sign_in_page_cannot_be_made_to_run_anything(server):
    page = server.get("/sign-in", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8050", True),
        ("localhost:8050", True),
        ("[::1]:8050", True),
        ("192.168.0.7:8050", False),
        ("workstation:8050", False),
        ("lab.example.org", True),
        ("evil.example", False),
        ("evil.example:8050", False),
        ("127.0.0.1.evil.example", False),
        ("127.0.0.1:8050@evil.example", False),
        ("", False),
        ("[", False),
    ],
)
def test_a_write_from_a_foreign_host_is_403(sqlite_url, tmp_path, host, allowed):
    settings = Settings(home=tmp_path, database_url=sqlite_url, allowed_hosts=("lab.example.org",))
    app = create_app(settings)
    client = TestClient(app, base_url=HERE)
    answer = client.post("/api/v1/runs", json=DIGITS, headers={"host": host})
    assert answer.status_code == (201 if allowed else 403), answer.text
    assert client.get("/api/v1/runs", headers={"host": host}).status_code == 200
    app.state.database.dispose()


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("192.168.0.7:8050", True), ("workstation:8050", True), ("localhost:8050", True), ("evil.example", False)],
)
def test_a_server_for_other_machines_cannot_know_its_names(sqlite_url, tmp_path, host, allowed):
    settings = Settings(home=tmp_path, database_url=sqlite_url, host="0.0.0.0", api_token="secret")
    app = create_app(settings)
    headers = {"host": host, "authorization": "Bearer secret"}
    answer = TestClient(app, base_url=HERE).post("/api/v1/runs", json=DIGITS, headers=headers)
    assert answer.status_code == (201 if allowed else 403), answer.text
    app.state.database.dispose()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8050", True),
        ("https://127.0.0.1:8050", True),
        ("http://127.0.0.1:9999", False),
        ("http://localhost:8050", False),
        ("https://evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        ("http://[::1", False),
    ],
)
def test_a_write_from_a_foreign_page_is_403(client, origin, allowed):
    for method, path in (("POST", "/api/v1/runs"), ("DELETE", "/api/v1/runs/x"), ("PATCH", "/api/v1/runs/x")):
        headers = {"host": "127.0.0.1:8050", "origin": origin}
        answer = client.request(method, path, json=DIGITS, headers=headers)
        assert (answer.status_code != 403) is allowed, answer.text


def test_no_page_of_another_site_may_frame_ours(client):
    assert client.get("/api/v1/runs").headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("token", ["schlüssel", " padded", "two\nlines", "\x00"])
def test_a_token_that_no_header_can_carry_is_refused_at_the_start(sqlite_url, tmp_path, token):
    with pytest.raises(SetupError, match="FRONTIER_API_TOKEN"):
        create_app(Settings(home=tmp_path, database_url=sqlite_url, api_token=token))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_loopback_is_this_machine_only(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.7", "workstation", "localhost.evil.example"])
def test_anything_else_is_not(host):
    assert not is_loopback(host)

"""The commands: what they refuse, and the program in pieces as containers run it."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from program import FAST, FRONTIER, Stack

from backend.services import broker
from backend.store.migrate import upgrade

pytestmark = pytest.mark.stack


def frontier(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FRONTIER, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refused(found: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with status 1 and one sentence that holds all these words."""
    assert found.returncode == 1, found
    assert found.stdout == ""
    (sentence,) = found.stderr.splitlines()
    assert sentence.startswith("frontier: ")
    for word in words:
        assert word in sentence


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    heavy = (
        "import sys, backend.cli; print([name for name in ('torch', 'celery', 'sqlalchemy') if name in sys.modules])"
    )
    found = subprocess.run([FRONTIER[0], "-c", heavy], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
    assert "up" in frontier("--help").stdout


def test_a_second_frontier_up_on_the_same_home_is_refused(stack: Stack) -> None:
    refused(frontier("up", "--home", str(stack.home), "--port", "0"), str(stack.home), "already runs", "--home")
    assert stack.http.get("/runs").status_code == 200


def test_a_busy_port_is_refused_before_anything_starts(stack: Stack, tmp_path: Path) -> None:
    home = tmp_path / "other"
    refused(frontier("up", "--home", str(home), "--port", str(stack.port)), str(stack.port), "--port")
    assert not (home / "frontier.db").exists()


def test_other_machines_need_a_token(tmp_path: Path) -> None:
    for command in (["up", "--home", str(tmp_path)], ["api", "--host", "0.0.0.0"]):
        found = frontier(*command, FRONTIER_HOST="0.0.0.0", FRONTIER_HOME=str(tmp_path))
        refused(found, "FRONTIER_API_TOKEN", "127.0.0.1")


def test_a_file_as_database_is_refused_to_workers_elsewhere(tmp_path: Path) -> None:
    far = {"FRONTIER_HOME": str(tmp_path), "FRONTIER_BROKER_URL": "redis://redis.example.org/0"}
    for command in ("worker", "api", "up"):
        refused(frontier(command, **far), "redis.example.org", "FRONTIER_DATABASE_URL")


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "frontier.db"
    upgrade(f"sqlite:///{file}")
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        before = list(database.iterdump())
    for command in (["up", "--port", "0"], ["worker"], ["api"]):
        refused(frontier(*command, FRONTIER_HOME=str(tmp_path)), "newer version", str(file))
    with sqlite3.connect(file) as database:
        assert list(database.iterdump()) == before
    found = frontier("doctor", FRONTIER_HOME=str(tmp_path))
    assert found.returncode == 1
    assert "newer version" in found.stdout


def test_doctor_says_what_is_there_and_what_is_not(stack: Stack, tmp_path: Path) -> None:
    healthy = frontier("doctor", "--home", str(stack.home))
    assert healthy.returncode == 0, healthy
    for words in ("ok       database", "ok       broker     answers", "train@", "interactive@", "in use by the home"):
        assert words in healthy.stdout
    fresh = frontier("doctor", "--home", str(tmp_path / "new"))
    assert fresh.returncode == 0, fresh
    assert "frontier up starts it" in fresh.stdout
    assert "frontier data download mnist" in fresh.stdout
    assert not (tmp_path / "new").exists()
    broken = frontier("doctor", "--home", str(tmp_path), FRONTIER_BROKER_URL="redis://127.0.0.1:1/0")
    assert broken.returncode == 1
    assert "FRONTIER_BROKER_URL does not answer" in broken.stdout


@pytest.fixture
def pieces(postgres_url: str) -> Iterator[tuple[dict[str, str], Path]]:
    """The environment of an api and a worker that share Postgres, a broker and a folder of artifacts."""
    folder = Path(tempfile.mkdtemp(prefix="frontier-", dir="/tmp"))
    command = list(broker(folder / "broker.sock", folder).command)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield (
        {
            **FAST,
            "FRONTIER_HOME": str(folder / "home"),
            "FRONTIER_DATABASE_URL": postgres_url,
            "FRONTIER_BROKER_URL": f"redis+socket://{folder / 'broker.sock'}",
            "FRONTIER_ARTIFACTS_URL": f"file://{folder / 'artifacts'}",
            "FRONTIER_API_TOKEN": "secret",
            "FRONTIER_HOST": "0.0.0.0",
        },
        folder,
    )
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder)


def test_api_and_worker_run_apart_over_postgres(pieces: tuple[dict[str, str], Path]) -> None:
    environment, _ = pieces
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = [
        subprocess.Popen([*FRONTIER, *command], env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
        for command in (["api", "--port", str(port)], ["worker", "--queue", "train"])
    ]
    url = f"http://127.0.0.1:{port}/api/v1"
    headers = {"Authorization": "Bearer secret"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=10, trust_env=False) as http:
            body = {"dataset": "digits", "network": "mlp", "epochs": 1}
            give_up = time.monotonic() + 40
            run: dict[str, object] = {}
            while run.get("status") != "succeeded":
                assert time.monotonic() < give_up, run
                time.sleep(0.2)
                try:
                    run = http.post("/runs", json=body).json()
                except httpx.TransportError:
                    continue
            assert http.get("/points").json()["total"] == 1
        assert httpx.get(f"{url}/runs", trust_env=False).status_code == 401
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        statuses = [process.wait(15) for process in started]
    assert statuses[1] == 0

"""Wake-ups against a real broker, and against one that is away or hangs."""

import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from celery import Celery

from backend.queue import LOOK, Reconciler, Wakeups
from backend.services import broker
from backend.settings import Settings
from backend.store import jobs
from backend.store.artifacts import ArtifactStore
from backend.store.migrate import upgrade
from backend.store.session import Database


@pytest.fixture
def broker_process() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A real broker and its URL."""
    folder = Path(tempfile.mkdtemp(prefix="frontier-", dir="/tmp"))
    command = list(broker(folder / "broker.sock", folder).command)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not (folder / "broker.sock").exists():
        time.sleep(0.01)
    yield process, f"redis+socket://{folder / 'broker.sock'}"
    process.kill()
    process.wait()
    shutil.rmtree(folder)


def received(url: str, queue: str) -> list[str]:
    """The names of the tasks in a queue, taken out of it."""
    names = []
    with Celery(broker=url).connection_for_read() as connection, connection.SimpleQueue(queue) as waiting:
        while True:
            try:
                message = waiting.get_nowait()
            except waiting.Empty:
                return names
            message.ack()
            names.append(message.headers["task"])
            assert message.payload[0] == [queue]


def test_a_wake_up_reaches_its_queue(broker_process: tuple[subprocess.Popen[bytes], str]) -> None:
    _, url = broker_process
    wakeups = Wakeups(url)
    assert wakeups.ping()
    wakeups.send("train")
    wakeups.send("interactive")
    assert received(url, "train") == [LOOK]
    assert received(url, "interactive") == [LOOK]


def test_topping_up_leaves_one_message_for_each_waiting_job(
    broker_process: tuple[subprocess.Popen[bytes], str],
) -> None:
    _, url = broker_process
    wakeups = Wakeups(url)
    for _ in range(3):
        wakeups.top_up("train", 5)
    assert len(received(url, "train")) == 5
    wakeups.top_up("train", 100_000)
    assert len(received(url, "train")) < 100


def test_a_broker_that_is_away_costs_little_and_raises_nothing() -> None:
    for url in ("redis+socket:///nowhere/broker.sock", "redis://127.0.0.1:1/0"):
        wakeups = Wakeups(url)
        began = time.monotonic()
        wakeups.send("train")
        wakeups.top_up("train", 3)
        assert not wakeups.ping()
        assert wakeups.workers() == []
        assert time.monotonic() - began < 4


def test_a_broker_that_hangs_costs_about_a_second(broker_process: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = broker_process
    wakeups = Wakeups(url)
    wakeups.send("train")
    process.send_signal(signal.SIGSTOP)
    for call in (lambda: wakeups.send("train"), wakeups.ping, lambda: Wakeups(url).send("train")):
        began = time.monotonic()
        call()
        assert time.monotonic() - began < 2.5
    process.send_signal(signal.SIGCONT)
    assert wakeups.ping()


def test_a_broker_that_was_restarted_is_reached_at_once(
    broker_process: tuple[subprocess.Popen[bytes], str],
) -> None:
    process, url = broker_process
    wakeups = Wakeups(url)
    wakeups.send("train")
    arguments = list(map(str, process.args))  # type: ignore[call-overload]
    process.kill()
    process.wait()
    wakeups.send("train")
    again = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    try:
        while not wakeups.ping():
            time.sleep(0.02)
        wakeups.send("interactive")
        assert received(url, "interactive") == [LOOK]
    finally:
        again.kill()
        again.wait()


def test_many_wake_ups_leave_no_connection_open(broker_process: tuple[subprocess.Popen[bytes], str]) -> None:
    _, url = broker_process
    wakeups = Wakeups(url)
    wakeups.top_up("train", 1)
    before = psutil.Process().num_fds()
    for _ in range(30):
        wakeups.top_up("train", 3)
        wakeups.ping()
    assert psutil.Process().num_fds() <= before + 2


def test_a_host_that_swallows_packets_costs_about_a_second() -> None:
    with socket.socket() as listening:  # accepts nobody: its backlog is full
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        began = time.monotonic()
        Wakeups(f"redis://127.0.0.1:{port}/0").send("train")
        assert time.monotonic() - began < 2.5
        for filler in fillers:
            filler.close()


def test_the_reconciler_takes_back_and_wakes_up(
    broker_process: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    _, url = broker_process
    settings = Settings(home=tmp_path, broker_url=url, reconcile_s=0.05)
    upgrade(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    with database.write() as session:
        jobs.enqueue(session, kind="draw", queue="interactive", payload={})
        assert jobs.claim(session, "interactive", {"host": "gone", "pid": 1}, -1.0) is not None
    reconciler = Reconciler(database, ArtifactStore(settings.resolved_artifacts_url), Wakeups(url), settings)
    reconciler.start()
    give_up = time.monotonic() + 10
    while True:
        with database.read() as session:
            if jobs.waiting(session) == {"interactive": 1}:
                break
        assert time.monotonic() < give_up
        time.sleep(0.02)
    time.sleep(0.2)
    reconciler.stop()
    assert received(url, "interactive") == [LOOK]
    assert not any(thread.name == "reconciler" for thread in threading.enumerate())
    database.dispose()

"""Kill each process in the middle of a run: it goes on from its last checkpoint and ends with the same bits."""

import signal
import sqlite3
import time
from typing import Any

import psutil
import pytest
from program import Stack

pytestmark = pytest.mark.stack

SPEC: dict[str, Any] = {
    "dataset": "digits",
    "network": "mlp",
    "width": 0.25,
    "epochs": 30,
    "seed": 7,
    "objective": {
        "divergence": {"kind": "adversarial", "units": 128},
        "information": {"kind": "donsker_varadhan", "units": 128},
    },
}
"""About two seconds of training on one thread, with all that a run may have to remember: a discriminator, a critic,
their optimisers and a moving average."""


@pytest.fixture(scope="module")
def undisturbed(stack: Stack) -> tuple[Any, Any]:
    """Rate and distortion of a run that nobody stopped."""
    return measured(stack, stack.until_succeeded(stack.submit(**SPEC)))


def measured(stack: Stack, run: dict[str, Any]) -> tuple[Any, Any]:
    """The run's one result, to the last bit."""
    (point_id,) = run["points"]
    point = stack.http.get(f"/points/{point_id}").json()
    return point["rate"], point["distortion"]


def halfway(stack: Stack) -> tuple[str, dict[str, Any]]:
    """A run that trains and has a checkpoint."""
    run_id = stack.submit(**SPEC)
    stack.until(lambda: checkpoint_step(stack, run_id), 30, "a checkpoint is stored")
    run = stack.run(run_id)
    assert run["status"] == "running"
    assert run["worker"] is not None
    return run_id, run


def checkpoint_step(stack: Stack, run_id: str) -> int | None:
    with sqlite3.connect(stack.home / "frontier.db", timeout=30) as database:
        query = "SELECT max(step) FROM artifacts WHERE run_id = ?"
        step: int | None = database.execute(query, (run_id,)).fetchone()[0]
        return step


def check_recovery(stack: Stack, run_id: str, expected: tuple[Any, Any], outcome: str) -> None:
    """The run went on from a checkpoint, has one result with the same bits, and each step of its history once."""
    began = time.monotonic()
    stack.until(lambda: len(stack.run(run_id)["attempts"]) == 2, 60, "a second attempt began")
    recovery_s = time.monotonic() - began
    run = stack.until_succeeded(run_id)
    assert run["attempts"][-1]["from_step"] > 0
    assert [attempt["outcome"] for attempt in run["attempts"]] == [outcome, "succeeded"]
    rate, distortion = measured(stack, run)
    for found, wanted in zip((rate, distortion), expected, strict=True):
        assert (found["value"], found["stderr"]) == (wanted["value"], wanted["stderr"])
    steps = stack.http.get(f"/runs/{run_id}/history").json()["step"]
    assert steps == sorted(set(steps))
    assert len(steps) > 10
    print(f"second attempt after {recovery_s:.1f} s")


def test_the_training_process_is_killed(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, run = halfway(stack)
    psutil.Process(run["worker"]["pid"]).kill()
    check_recovery(stack, run_id, undisturbed, "lost")


def test_the_whole_worker_is_killed(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, run = halfway(stack)
    child = psutil.Process(run["worker"]["pid"])
    parent = child.parent()
    assert parent is not None
    assert "celery" in " ".join(parent.cmdline())
    parent.kill()
    stack.until(lambda: not child.is_running(), 4, "the training process dies with its parent")
    check_recovery(stack, run_id, undisturbed, "lost")


def test_a_training_process_that_slept_through_its_lease_writes_nothing_more(
    stack: Stack, undisturbed: tuple[Any, Any]
) -> None:
    run_id, run = halfway(stack)
    sleeper = psutil.Process(run["worker"]["pid"])
    sleeper.suspend()
    stack.until(lambda: stack.run(run_id)["status"] == "queued", 20, "the run is taken back")
    sleeper.resume()
    check_recovery(stack, run_id, undisturbed, "lost")


def test_the_broker_is_killed(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, _ = halfway(stack)
    (broker,) = stack.named("valkey")
    broker.kill()
    waiting = stack.submit(**{**SPEC, "epochs": 1})  # accepted while the broker is away
    run = stack.until_succeeded(run_id)
    assert len(run["attempts"]) == 1, "a run does not need the broker"
    rate, distortion = measured(stack, run)
    assert (rate["value"], distortion["value"]) == (undisturbed[0]["value"], undisturbed[1]["value"])
    stack.until_succeeded(waiting)


def test_the_web_server_is_killed(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, _ = halfway(stack)
    (server,) = stack.named("uvicorn")
    server.kill()
    stack.until(stack.answers, 20, "the page is back")
    run = stack.until_succeeded(run_id)
    assert len(run["attempts"]) == 1, "a run does not need the web server"


def test_frontier_up_is_killed_and_started_again(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, _ = halfway(stack)
    stack.signal(signal.SIGKILL)
    stack.until(lambda: not stack.processes(), 4, "no process outlives frontier up")
    stack.start()
    check_recovery(stack, run_id, undisturbed, "lost")


def test_frontier_up_is_terminated_and_started_again(stack: Stack, undisturbed: tuple[Any, Any]) -> None:
    run_id, _ = halfway(stack)
    took_s = stack.signal(signal.SIGTERM)
    assert took_s < 10
    assert stack.processes() == []
    with sqlite3.connect(stack.home / "frontier.db") as database:
        assert database.execute("SELECT status FROM runs WHERE id = ?", (run_id,)).fetchone() == ("queued",)
    startup_s = stack.start()
    check_recovery(stack, run_id, undisturbed, "released")
    print(f"ended in {took_s:.1f} s, started in {startup_s:.1f} s")

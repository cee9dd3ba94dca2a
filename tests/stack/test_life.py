"""Cancel, delete, retry, short jobs and failures, through the real program."""

import io
import json
import signal
import sqlite3
import time
from typing import Any

import numpy as np
import psutil
import pytest
from program import Stack

pytestmark = pytest.mark.stack

LONG: dict[str, Any] = {"dataset": "digits", "network": "mlp", "width": 0.25, "epochs": 5000}
SHORT: dict[str, Any] = {"dataset": "digits", "network": "mlp", "width": 0.25, "epochs": 1}


def rows_of(stack: Stack, run_id: str) -> dict[str, int]:
    """Rows that name a run, by table."""
    counted = {}
    with sqlite3.connect(stack.home / "frontier.db", timeout=30) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            if "run_id" in columns and table != "deletions":
                query = f"SELECT count(*) FROM {table} WHERE run_id = ?"
                counted[table] = database.execute(query, (run_id,)).fetchone()[0]
        counted["pictures"] = database.execute("SELECT count(*) FROM pictures").fetchone()[0]
    return counted


def files(stack: Stack) -> set[str]:
    return {str(path) for path in (stack.home / "artifacts").rglob("*")}


def test_a_running_run_is_cancelled_within_five_seconds(stack: Stack) -> None:
    run_id = stack.submit(**LONG)
    stack.until_step(run_id, 100)
    answer = stack.http.post(f"/runs/{run_id}/cancel")
    assert answer.json()["cancel_requested"] is True
    took_s = stack.until(lambda: stack.run(run_id)["status"] == "cancelled", 5, "the run is cancelled")
    print(f"cancelled in {took_s:.2f} s")
    run = stack.run(run_id)
    assert (run["cancel_requested"], run["worker"], run["points"]) == (False, None, [])
    assert run["attempts"][-1]["outcome"] == "cancelled"
    assert stack.http.post(f"/runs/{run_id}/cancel").status_code == 409
    assert stack.http.post(f"/runs/{run_id}/retry").status_code == 200
    stack.until_step(run_id, 100)
    stack.http.post(f"/runs/{run_id}/cancel")
    stack.until(lambda: stack.run(run_id)["status"] == "cancelled", 5, "the run is cancelled again")
    assert stack.http.delete(f"/runs/{run_id}").status_code == 204


def test_a_run_leaves_nothing_when_it_is_deleted(stack: Stack) -> None:
    rows, kept = rows_of(stack, "none"), files(stack)
    run_id = stack.submit(**SHORT)
    run = stack.until_succeeded(run_id)
    assert run["progress"]["epoch"] == run["progress"]["epochs"] == 1
    assert run["timings"]["train_s"] > 0
    assert run["device"].startswith("cpu")
    assert stack.http.get(f"/runs/{run_id}/log").status_code == 200
    assert rows_of(stack, run_id) != rows
    assert files(stack) != kept
    assert stack.http.delete(f"/runs/{run_id}").status_code == 204
    assert rows_of(stack, run_id) == rows
    assert files(stack) <= kept | {str(stack.home / "artifacts" / "checkpoints")}


def test_more_samples_are_drawn_while_a_run_trains(stack: Stack) -> None:
    (point_id,) = stack.until_succeeded(stack.submit(**SHORT))["points"]
    training = stack.submit(**LONG)
    stack.until_step(training, 1)
    job_id = stack.http.post(f"/points/{point_id}/jobs", json={"kind": "draw", "seed": 5}).json()["id"]
    stack.until(lambda: stack.http.get(f"/jobs/{job_id}").json()["status"] == "succeeded", 15, "the samples are drawn")
    assert stack.run(training)["status"] == "running"
    stack.http.post(f"/runs/{training}/cancel")
    stack.until(lambda: stack.run(training)["status"] == "cancelled", 5, "the run is cancelled")


def test_who_asks_first_does_not_wait_for_torch(stack: Stack) -> None:
    """It is imported in the process that does short jobs before there is one, and in no other."""
    assert stack.http.get("/queue").json()["total"] == 0
    stack.signal(signal.SIGTERM)
    began_s = stack.start()

    def pool() -> list[psutil.Process]:
        workers = stack.named("celery", "interactive@")
        return [each for each in workers if each.parent() in workers]

    stack.until(pool, 30, "there is a process for short jobs")
    (busy,) = pool()
    took_s = stack.until(lambda: has_torch(busy), 30, "the process of short jobs has imported torch")
    idle = [each for each in stack.processes() if each != busy]
    assert len(idle) >= 5  # the program, the broker, the web server, and the workers
    assert [each.cmdline() for each in idle if has_torch(each)] == []
    print(f"the page after {began_s:.1f} s, torch after {took_s:.1f} s more")


def has_torch(process: psutil.Process) -> bool:
    return any("libtorch" in each.path for each in process.memory_maps())


def test_three_deaths_without_a_checkpoint_fail_the_run_with_a_hint(without_checkpoints: Stack) -> None:
    stack = without_checkpoints
    run_id = stack.submit(**LONG)
    with sqlite3.connect(stack.home / "frontier.db", timeout=30) as database:
        for attempt in range(1, 4):
            give_up = time.monotonic() + 30
            workers: list[str] = []
            while len(workers) < attempt:
                assert time.monotonic() < give_up
                time.sleep(0.05)
                query = "SELECT worker FROM attempts WHERE run_id = ? ORDER BY id"
                workers = [row[0] for row in database.execute(query, (run_id,))]
            psutil.Process(json.loads(workers[-1])["pid"]).kill()
    stack.until(lambda: stack.run(run_id)["status"] == "failed", 30, "the run fails")
    error = stack.run(run_id)["error"]
    assert "3 times" in error["message"]
    assert "memory" in error["hint"]


def test_a_run_whose_images_are_gone_fails_with_words(stack: Stack) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, images=np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8))
    upload = stack.http.post("/datasets", data={"name": "mine"}, files={"file": ("mine.npz", buffer.getvalue())})
    assert upload.status_code == 201, upload.text
    run_id = stack.submit(dataset="mine", network="mlp", epochs=1, batch_size=8)
    stack.until_succeeded(run_id)
    (file,) = (stack.home / "artifacts" / "datasets").glob("mine-*")
    file.unlink()
    run_id = stack.submit(dataset="mine", network="mlp", epochs=1, batch_size=8)
    stack.until(lambda: stack.run(run_id)["status"] == "failed", 30, "the run fails")
    run = stack.run(run_id)
    assert run["error"]["type"] == "DataError"
    assert "upload its file again" in run["error"]["message"]
    assert run["attempts"][-1]["outcome"] == "failed"


def test_a_run_says_beforehand_how_long_it_takes(stack: Stack) -> None:
    spec = {**SHORT, "latent_dim": 3, "epochs": 2}
    assert stack.http.post("/runs/estimate", json={**spec, "epochs": 0}).status_code == 422

    def asked(**more: Any) -> dict[str, Any]:
        job = stack.http.post("/runs/estimate", json={**spec, **more})
        assert job.status_code == 202, job.text
        path = f"/jobs/{job.json()['id']}"
        stack.until(lambda: stack.http.get(path).json()["status"] == "succeeded", 30, "the time is told")
        return dict(stack.http.get(path).json()["result"])

    runs = stack.http.get("/runs").json()
    first = asked()
    assert stack.http.get("/runs").json() == runs
    assert (first["run_id"], first["steps"], first["threads"], first["busy"]) == (None, 38, 1, False)
    assert first["device"].startswith("cpu")
    assert first["seconds"] == pytest.approx(first["train_s"] + first["measure_s"] + first["draw_s"])
    run = stack.until_succeeded(stack.submit(**spec))
    again = asked(epochs=20)
    assert again["run_id"] == run["id"]
    assert again["train_s"] == pytest.approx(10 * run["timings"]["train_s"])

"""What a worker does with a claimed job, over real databases, without Celery."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.benches import BENCHES
from backend.datasets import DATASETS
from backend.errors import DataError, Released
from backend.expand import expand
from backend.settings import Settings
from backend.store import benches, checkpoints, jobs, runs
from backend.store.artifacts import ArtifactStore
from backend.store.dataset_files import SPLITS, artifact_key, pack
from backend.store.session import Database
from backend.store.tables import Job
from worker import checkpoint, tasks
from worker.kinds import KINDS
from worker.observer import JobObserver
from worker.shop import Shop

LEASE_S = 30.0


@pytest.fixture
def shop(database: Database, artifacts: ArtifactStore, tmp_path: Path) -> Shop:
    return Shop(database, artifacts, Settings(home=tmp_path))


def test_two_workers_that_first_touch_a_data_set_both_succeed(shop: Shop) -> None:
    facts = DATASETS["mnist"]
    images = {f"{split}_images": np.zeros((facts.splits[split], *facts.shape), np.uint8) for split in SPLITS}
    shop.artifacts.put(artifact_key(facts), pack(images))
    number = 4
    with shop.database.write() as session:
        for _ in range(number):
            jobs.enqueue(session, kind="download", queue="interactive", payload={"name": facts.name})
    start = threading.Barrier(number)

    def work(pid: int) -> None:
        with shop.database.write() as session:
            job = jobs.claim(session, "interactive", {"host": "here", "pid": pid}, LEASE_S)
        assert job is not None
        with JobObserver(shop.database, shop.artifacts, jobs.lease_of(job, LEASE_S), None, lambda: False) as observer:
            start.wait()
            KINDS[job.kind](shop, job, observer)

    with ThreadPoolExecutor(number) as pool:
        list(pool.map(work, range(number)))
    with shop.database.read() as session:
        assert [job.state for job in session.query(Job)] == ["succeeded"] * number


def work_on(shop: Shop, queue: str) -> None:
    """Claim the next job of a queue and do it."""
    with shop.database.write() as session:
        job = jobs.claim(session, queue, {"host": "here", "pid": 1}, LEASE_S)
    assert job is not None
    run_id = job.run_id
    with JobObserver(shop.database, shop.artifacts, jobs.lease_of(job, LEASE_S), run_id, lambda: False) as observer:
        KINDS[job.kind](shop, job, observer)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_checkpoint_that_is_not_what_was_stored_is_not_used(shop: Shop) -> None:
    body = {"dataset": {"name": "digits", "train_limit": 64, "eval_limit": 64}, "network": "mlp", "width": 0.1}
    with shop.database.write() as session:
        run_id = runs.submit(session, expand({**body, "epochs": 1}, DATASETS)).run.id
    work_on(shop, "train")
    with shop.database.write() as session:
        row = checkpoints.newest(session, run_id)
        assert row is not None
        (point_id,) = runs.details(session, [runs.get(session, run_id)])[0].points
        payload = {"point_id": point_id, "seed": 1, "count": 4}
        for _ in range(2):
            jobs.enqueue(session, kind="draw", queue="interactive", payload=payload, point_id=point_id)
    whole = shop.artifacts.get(row.key)
    shop.artifacts.put(row.key, checkpoint.save(replace(checkpoint.load(whole), train_s=1e6)))
    with pytest.raises(DataError, match="is damaged"):
        work_on(shop, "interactive")
    shop.artifacts.put(row.key, whole)
    work_on(shop, "interactive")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_stops_when_its_worker_does(shop: Shop, name: str) -> None:
    with shop.database.write() as session:
        benches.ask(session, name)
        job = jobs.claim(session, "train", {"host": "here", "pid": 1}, LEASE_S)
        assert job is not None
    observer = JobObserver(shop.database, shop.artifacts, jobs.lease_of(job, LEASE_S), None, lambda: True)
    with pytest.raises(Released):
        KINDS[job.kind](shop, job, observer)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("kind", "again"),
    [
        ("draw", "draw again"),
        ("decode", "ask again"),
        ("estimate", "ask again"),
        ("download", "download it again"),
        ("time", "ask again"),
        ("lab", "run it again"),
    ],
)
@pytest.mark.parametrize("error", [DataError("x"), MemoryError(), KeyError("x")])
def test_what_failed_tells_only_what_this_kind_of_job_can_do(
    shop: Shop, kind: str, again: str, error: Exception
) -> None:
    with shop.database.write() as session:
        jobs.enqueue(session, kind=kind, queue="interactive", payload={})
        job = jobs.claim(session, "interactive", {"host": "here", "pid": 1}, LEASE_S)
        assert job is not None
    observer = JobObserver(shop.database, shop.artifacts, jobs.lease_of(job, LEASE_S), None, lambda: False)
    hint = tasks._described(error, job, observer)["hint"]
    assert "retry" not in hint
    assert "batch_size" not in hint
    assert isinstance(error, MemoryError) or again in hint

"""What a worker does with a claimed job, over real databases, without Celery."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from backend.datasets import DATASETS
from backend.settings import Settings
from backend.store import jobs
from backend.store.artifacts import ArtifactStore
from backend.store.dataset_files import SPLITS, artifact_key, pack
from backend.store.session import Database
from backend.store.tables import Job
from worker.kinds import KINDS, Shop
from worker.observer import JobObserver

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

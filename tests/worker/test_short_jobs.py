"""Short jobs on a stored model, over a real database, without Celery."""

from collections import OrderedDict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from backend.datasets import DATASETS
from backend.expand import expand
from backend.settings import Settings
from backend.store import jobs, points, runs
from backend.store.artifacts import ArtifactStore
from backend.store.session import Database
from backend.store.tables import Job
from worker.kinds import KINDS
from worker.observer import JobObserver
from worker.shop import Shop
from worker.short_jobs import _kept

SMALL = {"dataset": {"name": "digits", "train_limit": 64, "eval_limit": 64}, "network": "mlp", "width": 0.1}


@pytest.fixture
def shop(database: Database, artifacts: ArtifactStore, tmp_path: Path) -> Shop:
    return Shop(database, artifacts, Settings(home=tmp_path))


@pytest.fixture
def point(shop: Shop) -> str:
    """A point of a run of a second."""
    with shop.database.write() as session:
        run_id = runs.submit(session, expand({**SMALL, "latent_dim": 4, "epochs": 1}, DATASETS)).run.id
    do(shop, "train")
    with shop.database.read() as session:
        (point_id,) = runs.details(session, [runs.get(session, run_id)])[0].points
    return point_id


def do(shop: Shop, queue: str) -> Job:
    """Claim the next job of a queue and do it."""
    with shop.database.write() as session:
        job = jobs.claim(session, queue, {"host": "here", "pid": 1}, 30.0)
    assert job is not None
    lease = jobs.lease_of(job, 30.0)
    with JobObserver(shop.database, shop.artifacts, lease, job.run_id, lambda: False) as observer:
        KINDS[job.kind](shop, job, observer)
    with shop.database.read() as session:
        return jobs.get(session, job.id)


def ask(shop: Shop, kind: str, point_id: str, **payload: Any) -> dict[str, Any]:
    """Do one short job; what it found, with the names and sizes of its pictures."""
    with shop.database.write() as session:
        jobs.enqueue(session, kind=kind, queue="interactive", payload={"point_id": point_id, **payload})
    job = do(shop, "interactive")
    with shop.database.read() as session:
        drawn = {each.name: (each.count, each.columns) for each in points.job_pictures(session, job.id)}
    assert job.state == "succeeded"
    assert job.result is not None
    return {**job.result, "drawn": drawn}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_short_jobs_store(shop: Shop, point: str) -> None:
    walked = ask(
        shop, "decode", point, what="traversal", image=0, dimensions=[1, 3], count=5, span=2.0, unit="absolute"
    )
    assert walked["drawn"] == {"traversal": (10, 5)}
    assert walked["values"] == [[-2, -1, 0, 1, 2]] * 2
    entropies = ask(shop, "decode", point, what="entropy", images=[0, 2])
    assert entropies["drawn"] == {"inputs": (2, 2), "entropy": (2, 2)}
    assert len(entropies["nats"]) == 2
    assert ask(shop, "draw", point, seed=1, count=4)["drawn"]["generation_mean"] == (4, 4)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_measurement_run_later_is_what_the_run_itself_measured(shop: Shop, point: str) -> None:
    later = ask(shop, "estimate", point, estimators=["active_units", "mutual_information", {"kind": "true_posterior"}])
    with shop.database.read() as session:
        stored = points.get(session, point)
    for name in ("active_units", "marginal_kl_lower"):
        now, then = later["estimates"][name], stored.estimates[name]
        assert now["value"] == pytest.approx(then["value"], rel=1e-6), name
    assert later["mutual_information"]["lower"] == pytest.approx(stored.mi_lower, rel=1e-6)
    assert later["estimates"]["neg_log_likelihood_is"]["value"] < stored.neg_elbo
    assert "neg_log_likelihood_is" not in stored.estimates
    assert later["drawn"] == {}


def test_what_was_not_asked_for_longest_makes_room() -> None:
    shelf: OrderedDict[Any, Any] = OrderedDict()
    for key in (1, 2, 1, 3):
        assert _kept(shelf, 2, key, partial(str, key)) == str(key)
    assert list(shelf) == [1, 3]

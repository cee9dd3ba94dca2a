"""A run that continues another starts from its weights, draws other noise, and resumes to the same bits."""

from pathlib import Path
from typing import Any

import pytest
import torch
from test_resume import StopAt, interrupted

from backend.datasets import DATASETS
from backend.errors import Released, TrainingError
from backend.expand import expand
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store import jobs, lineage, runs
from backend.store.artifacts import ArtifactStore
from backend.store.checkpoints import newest
from backend.store.session import Database
from tests.worker.conftest import SMALL, Recorder, small
from worker import checkpoint as checkpoints
from worker.data.contract import Data
from worker.kinds import Shop, train_run
from worker.observer import JobObserver
from worker.train import _Run, train

QUICK = {**SMALL, "epochs": 1, "network": "mlp"}
LEASE_S = 30.0


@pytest.fixture
def shop(database: Database, artifacts: ArtifactStore, tmp_path: Path) -> Shop:
    return Shop(database, artifacts, Settings(home=tmp_path))


def finished(spec: RunSpec, data: Data) -> tuple[Recorder, bytes]:
    """A run that succeeded, and what is kept of it."""
    observer = Recorder()
    train(spec, data, device="cpu", observer=observer)
    return observer, checkpoints.finished(observer.saved[-1][1])


def continuing(**body: Any) -> RunSpec:
    """A small run that says it continues another after three epochs."""
    written = small(**body)
    training = {**written.training.model_dump(), "continues": {"run": "r1", "sha256": "0" * 64, "epochs": 3}}
    return RunSpec.model_validate({**written.model_dump(), "training": training})


def begun(spec: RunSpec, data: Data, content: bytes) -> tuple[_Run, Recorder]:
    observer = Recorder()
    run = _Run(spec, data, torch.device("cpu"), observer)
    run.begin_from(checkpoints.load(content))
    return run, observer


def equal(state: dict[str, Any], other: dict[str, Any]) -> bool:
    return state.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in state.items())


CRITIC = {
    "network": "mlp",
    "objective": {"information": {"kind": "donsker_varadhan", "units": 16}, "divergence": {"kind": "adversarial"}},
}


def test_it_starts_from_every_players_weights_and_goes_on_falling(digits: Data) -> None:
    spec, child = small(**CRITIC), continuing(**CRITIC)
    before, content = finished(spec, digits)
    stored = checkpoints.load(content)
    run, _ = begun(child, digits, content)
    assert equal(run.model.state_dict(), stored.model)
    assert equal(run.objective.state_dict(), stored.objective)
    after = Recorder()
    train(child, digits, device="cpu", observer=after, start=content)
    assert after.rows[1]["distortion"] < before.rows[1]["distortion"] - 1.0
    assert min(row["loss"] for row in after.rows.values()) < min(row["loss"] for row in before.rows.values())


def test_a_term_of_another_kind_or_size_starts_anew_and_the_rest_is_kept(digits: Data) -> None:
    _, content = finished(small(**CRITIC), digits)
    stored = checkpoints.load(content)
    other = {**CRITIC, "objective": {**CRITIC["objective"], "information": {"kind": "donsker_varadhan", "units": 8}}}
    child = continuing(**other)
    run, observer = begun(child, digits, content)
    fresh = _Run(child, digits, torch.device("cpu"), observer)
    assert equal(run.objective.information.state_dict(), fresh.objective.information.state_dict())
    kept = {name: value for name, value in stored.objective.items() if name.startswith("divergence.")}
    assert kept
    assert all(torch.equal(run.objective.state_dict()[name], value) for name, value in kept.items())


def test_a_target_rate_keeps_its_multiplier_and_aims_at_its_own_rate(digits: Data) -> None:
    _, content = finished(small(target_rate=3.0, network="mlp"), digits)
    learnt = checkpoints.load(content).objective
    run, _ = begun(continuing(target_rate=5.0, network="mlp"), digits, content)
    state = run.objective.state_dict()
    assert torch.equal(state["rate_term.level"], learnt["rate_term.level"])
    assert torch.equal(state["rate_term.set_point"], 5.0 - learnt["rate_term.gap"])


def test_its_noise_is_not_the_noise_of_the_run_before(digits: Data) -> None:
    first, child = (_Run(spec, digits, torch.device("cpu"), Recorder()) for spec in (small(), continuing()))
    assert not torch.equal(first._noise.at(0).normal(2, 2), child._noise.at(0).normal(2, 2))
    assert not torch.equal(first._indices(), child._indices())


def test_stopped_and_resumed_it_ends_with_the_same_bits(digits: Data) -> None:
    child = continuing(target_rate=3.0, network="mlp")
    _, content = finished(small(target_rate=3.0, network="mlp"), digits)
    whole = Recorder()
    expected = train(child, digits, device="cpu", observer=whole, start=content)
    stopped = StopAt(17)
    with pytest.raises(Released):
        train(child, digits, device="cpu", observer=stopped, start=content, checkpoint_s=1e9)
    found, rows, attempts = interrupted(child, digits, every=17, resume=stopped.saved[-1][1])
    assert attempts >= 2
    assert equal(dict(found.model.state_dict()), dict(expected.model.state_dict()))
    assert {**stopped.rows, **rows}.keys() == whole.rows.keys()


def submitted(shop: Shop, body: dict[str, Any]) -> str:
    with shop.database.write() as session:
        return runs.submit(session, expand(body, DATASETS, lineage.parents(session))).run.id


def trained(shop: Shop, run_id: str) -> list[str]:
    """Train the next run in line, which is this one; returns its log."""
    with shop.database.write() as session:
        job = jobs.claim(session, "train", {"host": "here", "pid": 1}, LEASE_S)
        assert job is not None
        assert job.run_id == run_id
    with JobObserver(shop.database, shop.artifacts, jobs.lease_of(job, LEASE_S), run_id, lambda: False) as observer:
        train_run(shop, job, observer)
    with shop.database.read() as session:
        return [line.text for line in runs.log_tail(session, run_id, 100)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_worker_starts_from_the_checkpoint_that_was_named_and_from_no_other(shop: Shop) -> None:
    parent = submitted(shop, QUICK)
    trained(shop, parent)
    child = submitted(shop, {"training": {"continues": parent, "epochs": 2}})
    assert f"continues run {parent}, after epoch 1 of its weights" in trained(shop, child)
    grandchild = submitted(shop, {"training": {"continues": child, "epochs": 1}})
    with shop.database.read() as session:
        assert runs.get(session, grandchild).spec["training"]["continues"]["epochs"] == 3
        row = newest(session, child)
        assert row is not None
    shop.artifacts.delete(row.key)
    with pytest.raises(TrainingError, match="weights to start from are gone") as raised:
        trained(shop, grandchild)
    assert "without training.continues" in raised.value.hint

"""A run that is stopped anywhere and goes on from bytes ends with the same bits as one that was not."""

from typing import Any

import pytest
import torch

from backend.errors import Cancelled, DataError, Released
from tests.worker.conftest import Recorder, small
from worker import checkpoint as checkpoints
from worker.data.contract import Data
from worker.evaluate import evaluate
from worker.train import SilentObserver, Trained, train


class StopAt(Recorder):
    """Raises at the n-th check of each attempt."""

    def __init__(self, checks: int, error: type[Exception] = Released) -> None:
        super().__init__()
        self.left, self.error = checks, error

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise self.error("stop")


def interrupted(
    spec: Any, data: Data, every: int, resume: bytes | None = None
) -> tuple[Trained, dict[int, dict[str, float]], int]:
    """Train in attempts of ``every`` checks each, every one from the bytes the last one left."""
    rows, attempts = {}, 0
    while True:
        observer = StopAt(every)
        attempts += 1
        try:
            trained = train(spec, data, device="cpu", observer=observer, resume=resume, checkpoint_s=1e9)
            return trained, rows | observer.rows, attempts
        except Released:
            resume = observer.saved[-1][1]
            rows |= observer.rows


BODIES: list[dict[str, Any]] = [
    {"beta": 0.5},
    {"objective": {"rate": {"kind": "beta", "beta": 2.0, "anneal_epochs": 2}}, "network": "mlp"},
    {"target_rate": 3.0},
    {"objective": {"rate": {"kind": "target", "target_rate": 2.0, "form": "penalty"}}},
    {"dataset": {"name": "digits", "train_limit": 320, "binarize": "dynamic"}, "network": "mlp"},
    {"method": "aae", "objective": {"divergence": {"units": 32, "steps": 2}}, "network": "mlp"},
    {
        "architecture": "--+",
        "objective": {
            "rate": {"kind": "adversarial", "units": 16},
            "information": {"kind": "donsker_varadhan", "units": 16, "steps": 2, "average_rate": 0.2},
        },
        "network": "mlp",
    },
]


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_interrupted_runs_end_with_the_same_bits(body: dict[str, Any], digits: Data) -> None:
    from tests.worker.conftest import data_of

    spec = small(**body)
    data = data_of(spec)
    whole = Recorder()
    expected = train(spec, data, device="cpu", observer=whole)
    corrects = spec.objective.rate.kind == "target" and spec.objective.rate.form == "constrained"
    # 30 steps of 10 an epoch; a correction of the set point checks 12 times, and is stopped in its middle too
    found, rows, attempts = interrupted(spec, data, every=17 if corrects else 7)
    assert attempts >= 4
    assert found.step == expected.step
    parameters = expected.model.state_dict()
    assert all(torch.equal(value, parameters[name]) for name, value in found.model.state_dict().items())
    (before,), (after,) = (evaluate(each.model, spec, data, observer=SilentObserver()) for each in (expected, found))
    assert (before.rate.value, before.distortion.value) == (after.rate.value, after.distortion.value)
    assert {name: picture.png for name, picture in before.pictures.items()} == {
        name: picture.png for name, picture in after.pictures.items()
    }
    assert rows.keys() == whole.rows.keys()
    for step, row in whole.rows.items():
        assert {k: v for k, v in row.items() if k != "images_per_second"} == {
            k: v for k, v in rows[step].items() if k != "images_per_second"
        }


def test_a_finished_run_goes_on_to_nothing(digits: Data) -> None:
    spec = small()
    observer = Recorder()
    expected = train(spec, digits, device="cpu", observer=observer)
    step, content = observer.saved[-1]
    assert step == expected.step
    again = Recorder()
    found = train(spec, digits, device="cpu", observer=again, resume=checkpoints.finished(content))
    assert not again.rows
    assert not again.saved
    parameters = expected.model.state_dict()
    assert all(torch.equal(value, parameters[name]) for name, value in found.model.state_dict().items())


def test_a_resumed_run_takes_the_thread_count_of_its_checkpoint(digits: Data) -> None:
    spec = small()
    observer = StopAt(3)
    torch.set_num_threads(2)
    with pytest.raises(Released):
        train(spec, digits, device="cpu", observer=observer)
    torch.set_num_threads(1)
    with pytest.raises(Released):
        train(spec, digits, device="cpu", observer=StopAt(2), resume=observer.saved[-1][1])
    resumed_with = torch.get_num_threads()
    torch.set_num_threads(1)
    assert resumed_with == 2


def test_a_cancelled_run_saves_nothing(digits: Data) -> None:
    observer = StopAt(3, Cancelled)
    with pytest.raises(Cancelled):
        train(small(), digits, device="cpu", observer=observer)
    assert not observer.saved


def test_checkpoints_come_in_time(digits: Data) -> None:
    observer = Recorder()
    train(small(), digits, device="cpu", observer=observer, checkpoint_s=1e-9)
    assert [step for step, _ in observer.saved] == list(range(1, 31))


def test_a_checkpoint_of_another_run_is_refused(digits: Data) -> None:
    observer = StopAt(3)
    with pytest.raises(Released):
        train(small(), digits, device="cpu", observer=observer)
    with pytest.raises(DataError, match="belongs to the run"):
        train(small(seed=1), digits, device="cpu", observer=SilentObserver(), resume=observer.saved[-1][1])

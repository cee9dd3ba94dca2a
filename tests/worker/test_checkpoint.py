"""Checkpoints: read without running anything, and refused when they are damaged."""

import io
import pickle

import pytest
import torch

from backend.errors import DataError
from backend.spec import RunSpec
from tests.worker.conftest import Recorder, small
from worker import checkpoint as checkpoints
from worker.data.contract import Data
from worker.evaluate import evaluate
from worker.train import SilentObserver, train


@pytest.fixture(scope="module")
def trained(digits: Data) -> tuple[RunSpec, bytes, int]:
    spec, observer = small(), Recorder()
    train(spec, digits, device="cpu", observer=observer)
    step, content = observer.saved[-1]
    return spec, content, step


def test_a_checkpoint_is_a_weights_only_file_that_names_its_run(trained: tuple[RunSpec, bytes, int]) -> None:
    spec, content, step = trained
    stored = torch.load(io.BytesIO(content), weights_only=True)
    assert stored["spec_digest"] == spec.digest
    assert RunSpec.model_validate_json(stored["spec"]) == spec
    assert checkpoints.load(content).step == step == 30


def test_the_finished_one_drops_the_optimiser_and_still_measures_the_same(
    trained: tuple[RunSpec, bytes, int], digits: Data
) -> None:
    spec, content, step = trained
    small_content = checkpoints.finished(content)
    assert len(small_content) < 0.6 * len(content)
    assert checkpoints.load(small_content).step == step
    values = []
    for each in (content, small_content):
        (point,) = evaluate(checkpoints.load_model(each, spec), spec, digits, observer=SilentObserver())
        values.append((point.rate.value, point.distortion.value))
    assert values[0] == values[1]


def test_a_pickle_that_runs_something_is_refused(tmp_path: object) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return print, ("ran",)

    buffer = io.BytesIO()
    torch.save({"format": 1, "evil": Evil()}, buffer)
    for content in (buffer.getvalue(), pickle.dumps(Evil())):
        with pytest.raises(DataError, match="damaged"):
            checkpoints.load(content)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_checkpoint_is_refused(damage: bytes | None, trained: tuple[RunSpec, bytes, int]) -> None:
    content = trained[1][: len(trained[1]) // 2] if damage is None else damage
    with pytest.raises(DataError, match="damaged"):
        checkpoints.load(content)


def test_a_newer_format_is_refused() -> None:
    buffer = io.BytesIO()
    torch.save({"format": 99}, buffer)
    with pytest.raises(DataError, match="format 99"):
        checkpoints.load(buffer.getvalue())

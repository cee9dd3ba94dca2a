"""The loop: schedule, history, normalised gradients, failures, and rates that land."""

import dataclasses
import math

import pytest
import torch

from backend.errors import TrainingError
from backend.spec import Training
from tests.worker.conftest import Recorder, small, spec_of
from worker.data.contract import Data, Split
from worker.evaluate import evaluate
from worker.meter import Meter
from worker.players import normalise_gradients
from worker.rng import Noise
from worker.train import SilentObserver, pace, train


def test_paper_schedule_is_constant_and_then_falls_to_zero() -> None:
    paces = [pace(Training(schedule="paper"), step, 200) for step in range(200)]
    assert paces[:101] == [1.0] * 101
    assert paces[150] == 0.5
    assert paces[199] == pytest.approx(0.01)
    assert {pace(Training(schedule="constant"), step, 200) for step in (0, 199)} == {1.0}
    assert pace(Training(schedule="paper"), 0, 1) == 1.0


def test_each_gradient_block_is_divided_by_its_norm() -> None:
    blocks = [torch.nn.Parameter(torch.randn(3, 4)), torch.nn.Parameter(torch.randn(5))]
    gradients = [torch.randn(3, 4), torch.zeros(5)]
    for block, gradient in zip(blocks, gradients, strict=True):
        block.grad = gradient.clone()
    normalise_gradients(blocks)
    assert torch.allclose(blocks[0].grad, gradients[0] / gradients[0].norm())
    assert torch.equal(blocks[1].grad, torch.zeros(5))


def test_gradients_are_normalised_only_where_the_specification_says_so(digits: Data) -> None:
    models = []
    for normalise in (True, False):
        spec = small(training={"normalize_gradients": normalise}, network="mlp", epochs=1, batch_size=320)
        models.append(train(spec, digits, device="cpu", observer=SilentObserver()).model)
    first, second = (torch.cat([p.flatten() for p in model.parameters()]) for model in models)
    # the first step of Adam is nearly the sign of the gradient, whatever its norm: the same way, but not the same
    assert (first - second).abs().median() < 1e-6
    assert not torch.equal(first, second)


def test_history_has_its_columns_at_steps_that_are_fixed(digits: Data) -> None:
    observer = Recorder()
    spec = small(epochs=80, batch_size=32, network="mlp")
    trained = train(spec, digits, device="cpu", observer=observer)
    steps = list(observer.rows)
    assert trained.step == 800 == steps[-1]
    assert steps == sorted(set(steps))
    assert len(steps) <= 300
    assert steps[:3] == [3, 6, 9]
    last = observer.rows[800]
    assert last.keys() == {"epoch", "loss", "rate", "distortion", "images_per_second", "beta", "learning_rate"}
    assert last["epoch"] == 80
    assert last["loss"] == pytest.approx(last["rate"] + last["distortion"], rel=1e-5)
    assert last["loss"] < observer.rows[3]["loss"]
    told = observer.told[-1]
    assert (told.stage, told.epoch, told.epochs, told.step, told.steps) == ("training", 80, 80, 800, 800)


def test_rate_falls_and_distortion_rises_with_beta() -> None:
    from tests.worker.conftest import data_of

    points = []
    for beta in (0.1, 1.0, 8.0):
        spec = spec_of(dataset="digits", network="mlp", width=0.1, latent_dim=8, epochs=20, beta=beta)
        data = data_of(spec)
        trained = train(spec, data, device="cpu", observer=SilentObserver())
        points.append(evaluate(trained.model, spec, data, observer=SilentObserver())[0])
    rates, distortions = [p.rate.value for p in points], [p.distortion.value for p in points]
    assert rates == sorted(rates, reverse=True)
    assert distortions == sorted(distortions)
    assert rates[0] > rates[2] + 3


@pytest.mark.parametrize("target_rate", [0.0, 2.0, 8.0])
def test_a_target_rate_lands_on_digits(target_rate: float) -> None:
    from tests.worker.conftest import data_of

    spec = spec_of(dataset="digits", network="mlp", width=0.1, latent_dim=8, epochs=50, target_rate=target_rate)
    data = data_of(spec)
    trained = train(spec, data, device="cpu", observer=SilentObserver())
    (point,) = evaluate(trained.model, spec, data, observer=SilentObserver())
    # the set point is corrected on 180 validation images, and measured on 360 others: both have an error
    error = 3 * point.rate.stderr * math.sqrt(1 + 360 / 180)
    assert point.rate.value == pytest.approx(target_rate, abs=max(0.3, error))


def test_a_loss_that_becomes_nan_names_the_step_and_a_hint() -> None:
    from tests.worker.conftest import data_of

    spec = small(network="mlp")
    data = data_of(spec)
    broken = dataclasses.replace(data, train=_Broken(images=data.train.images))
    observer = Recorder()
    with pytest.raises(TrainingError, match=r"the loss became NaN at step 5$") as caught:
        train(spec, broken, device="cpu", observer=observer)
    assert "learning_rate" in caught.value.hint


class _Broken(Split):
    """Hands out a NaN from the fifth batch on."""

    def batch(self, index: torch.Tensor, noise: Noise) -> torch.Tensor:
        counted.append(1)
        return super().batch(index, noise) * (math.nan if len(counted) >= 5 else 1.0)


counted: list[int] = []


def test_a_meter_names_the_first_step_that_was_not_finite() -> None:
    meter = Meter(1000, torch.device("cpu"))
    fine, worse = torch.tensor(1.0), torch.tensor(math.inf)
    for step in range(1, 11):
        loss = worse if step >= 7 else fine
        meter.add({"loss": loss, "rate": fine, "distortion": fine}, step)
    with pytest.raises(TrainingError, match="infinite at step 7"):
        meter.check(10)


def test_a_batch_larger_than_the_data_is_the_data(digits: Data) -> None:
    spec = small(epochs=2)
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"batch_size": 4096})})
    assert train(spec, digits, device="cpu", observer=SilentObserver()).step == 2


def test_the_example_of_the_docstring_runs() -> None:
    from backend.datasets import DATASETS
    from backend.expand import expand
    from worker.data.digits import digits as digits_of
    from worker.data.prepare import prepare

    def expand_quickly(body: dict[str, object], facts: object) -> object:
        return expand({**body, "epochs": 1, "network": "mlp"}, DATASETS)

    names = {
        "expand": expand_quickly,
        "DATASETS": DATASETS,
        "prepare": prepare,
        "digits": digits_of,
        "SilentObserver": SilentObserver,
        "train": train,
        "evaluate": evaluate,
    }
    assert train.__doc__ is not None
    lines = [line.strip()[4:] for line in train.__doc__.splitlines() if line.strip().startswith(">>> ")]
    exec("\n".join(lines), names)
    assert names["point"].rate.value > 0

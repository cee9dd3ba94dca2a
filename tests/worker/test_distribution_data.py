"""Data that are a distribution: weights stand for a sample without end, in training and in every measurement."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from backend import toy
from backend.spec import SourceInformationEstimator
from tests.worker.conftest import data_of, encoded_of, spec_of
from worker.data.contract import Data, Split
from worker.distributions import CategoricalPosterior, DiagonalGaussian
from worker.estimators.contract import mean_estimate
from worker.estimators.distribution import known_information
from worker.estimators.source_information import source_information
from worker.evaluate import evaluate
from worker.model import build_model
from worker.objectives import Objective
from worker.objectives.contract import Position
from worker.rng import StepNoise
from worker.train import SilentObserver, train

TRUTH = toy.source()
AT_START = Position(step=0, steps=1, steps_per_epoch=1, pace=1.0)
DENSE = {
    "encoder": {"kind": "gaussian", "network": "mlp"},
    "decoder": {"kind": "factorised", "network": "mlp"},
    "marginal": "normal",
}


def noise() -> StepNoise:
    return StepNoise(0, "test", torch.device("cpu")).at(0)


@pytest.fixture(scope="module")
def data() -> Data:
    return data_of(spec_of(dataset="toy"))


def weighted_and_repeated(data: Data) -> tuple[Data, Data]:
    """Five states with weights k / 16, and the sample of 16 images in which each appears k times."""
    counts = torch.tensor([1, 2, 3, 4, 6])
    images = data.train.images[[3, 8, 12, 17, 25]]
    few = Split(images=images, weights=counts.double() / 16)
    many = Split(images=images.repeat_interleave(counts, dim=0))
    return tuple(replace(data, train=each, validation=each, test=each, shown=each) for each in (few, many))  # type: ignore[return-value]


def test_a_step_on_weights_is_a_step_on_the_sample_they_stand_for(data: Data) -> None:
    spec = spec_of(dataset="toy")
    found = []
    for each in weighted_and_repeated(data):
        model, index = build_model(spec.architecture, data.shape, seed=2).double(), torch.arange(len(each.train))
        x = each.train.batch(index, noise()).double()
        losses = Objective(spec.objective)(model, x, noise(), AT_START, each.train.importance(index))
        losses.loss.backward()
        found.append((losses, [parameter.grad for parameter in model.parameters()]))
    (weighted, gradients), (plain, expected) = found
    assert weighted.loss.item() == pytest.approx(plain.loss.item(), rel=1e-12)
    assert float(weighted.rate) == pytest.approx(float(plain.rate), rel=1e-12)
    assert float(weighted.distortion) == pytest.approx(float(plain.distortion), rel=1e-12)
    for gradient, other in zip(gradients, expected, strict=True):
        assert torch.allclose(gradient, other, rtol=1e-9, atol=1e-14)


def test_a_part_of_the_states_is_unbiased_for_all(data: Data) -> None:
    """The mean over all pairs of states of the loss of a pair is the loss of the whole."""
    values, everything = torch.linspace(1, 2, 30, dtype=torch.float64), torch.arange(30)
    pairs = torch.combinations(everything)
    of_pairs = torch.stack([(data.train.importance(pair) * values[pair]).mean() for pair in pairs])
    assert float(of_pairs.mean()) == pytest.approx(float(TRUTH.data @ values.numpy()), rel=1e-6)


def test_measurements_of_weights_are_those_of_the_sample_without_its_error(data: Data) -> None:
    spec = spec_of(dataset="toy", evaluation={"estimators": ["mutual_information", "active_units"]})
    model = build_model(spec.architecture, data.shape, seed=2).eval()
    weighted, plain = (
        evaluate(model, spec, each, observer=SilentObserver())[0] for each in weighted_and_repeated(data)
    )
    for name in ("rate", "distortion", "neg_elbo"):
        assert weighted.estimates[name].value == pytest.approx(plain.estimates[name].value, rel=1e-6)
        assert weighted.estimates[name].stderr == 0
        assert plain.estimates[name].stderr > 0
    assert weighted.label == plain.label
    spread = np.array(plain.arrays["posterior_mean_variance"]) * 15 / 16  # a sample divides by N - 1
    assert weighted.arrays["posterior_mean_variance"] == pytest.approx(spread.tolist(), rel=1e-5)
    information = weighted.estimates["mutual_information"]
    assert information.bound == "exact"
    assert weighted.mutual_information.lower == weighted.mutual_information.upper == information.value
    kl = weighted.estimates["marginal_kl"].value
    assert kl == pytest.approx(weighted.rate.value - information.value, abs=1e-12)
    assert kl > 0


def test_the_error_that_is_left_is_that_of_the_draws_of_z() -> None:
    generator = torch.Generator().manual_seed(0)
    weights = torch.tensor([0.1, 0.2, 0.7], dtype=torch.float64)
    means, scales = torch.tensor([1.0, 5.0, -3.0]).double(), torch.tensor([3.0, 2.0, 0.5]).double()
    values, errors = [], []
    for _ in range(400):
        each = (means + scales * torch.randn(20, 3, generator=generator, dtype=torch.float64)).flatten()
        estimate = mean_estimate(each, weights)
        values.append(estimate.value)
        errors.append(estimate.stderr)
    spread = float(torch.tensor(values).std())
    assert spread == pytest.approx(float(((weights * scales) ** 2).sum().sqrt()) / math.sqrt(20), rel=0.15)
    assert float(torch.tensor(errors).mean()) == pytest.approx(spread, rel=0.15)
    assert float(torch.tensor(values).mean()) == pytest.approx(float(weights @ means), abs=4 * spread / 20)


def test_information_of_a_sampled_z_is_exact_too(data: Data) -> None:
    """Narrow Gaussians far apart tell all states from each other: I = H and I(z; z*) = I(x; z*)."""
    weights = data.test.weights
    loc = 100 * torch.arange(30, dtype=torch.float64)[:, None].repeat(5, 2)
    e = DiagonalGaussian(loc, torch.ones_like(loc))
    draw = e.rsample(StepNoise(0, "far", torch.device("cpu")).at(0)).double()
    encoded = encoded_of(e, draw, weights=weights)
    information = known_information(encoded, weights, lambda: None).estimates["mutual_information"]
    assert information.value == pytest.approx(TRUTH.entropy, abs=1e-9)
    findings = source_information(SourceInformationEstimator(), encoded, lambda: None)
    assert findings.estimates["source_information"].value == pytest.approx(TRUTH.information, abs=1e-9)
    assert not findings.arrays


def test_information_of_a_categorical_is_its_definition(data: Data) -> None:
    generator = torch.Generator().manual_seed(1)
    probabilities = torch.rand(30, 3, generator=generator, dtype=torch.float64)
    e = CategoricalPosterior((probabilities / probabilities.sum(1, keepdim=True)).log())
    encoded = encoded_of(e, e.rsample(noise()), weights=data.test.weights)
    exact = known_information(encoded, data.test.weights, lambda: None).estimates["mutual_information"]
    assert exact.value == pytest.approx(toy.information(TRUTH.data, e.mean.numpy()), abs=1e-12)
    assert (exact.stderr, exact.bound) == (0, "exact")


def test_a_gaussian_z_is_measured_with_the_error_of_its_draws(data: Data) -> None:
    spec = spec_of(dataset="toy", architecture=DENSE, width=0.05, epochs=50)
    model = train(spec, data, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert point.rate.stderr == 0
    assert point.distortion.stderr > 0
    assert point.distortion.settings["samples"] == 5000
    assert point.neg_elbo.value > TRUTH.entropy
    lower = TRUTH.entropy - point.distortion.value - 3 * point.distortion.stderr
    information = point.estimates["mutual_information"]
    assert lower <= information.value <= point.rate.value + 3 * information.stderr
    assert len(point.arrays["kl_per_dimension"]) == 30
    assert sum(point.arrays["kl_per_dimension"]) == pytest.approx(point.rate.value, rel=1e-6)  # R is summed in float32

"""Data that are a distribution: weights stand for a sample without end, in training and in every measurement."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from backend import toy
from backend.errors import Cancelled
from backend.spec import SourceInformationEstimator
from tests.worker.conftest import data_of, encoded_of, spec_of
from tests.worker.test_flows import posterior_of
from worker.data.contract import Batch, Data, Split
from worker.distributions import CategoricalPosterior, DiagonalGaussian, StandardNormal, sampled_rate
from worker.estimators.contract import Encoded, mean_estimate, mean_over
from worker.estimators.distribution import known_information
from worker.estimators.source_information import source_information
from worker.evaluate import evaluate
from worker.model import build_model
from worker.objective import build_objective
from worker.objectives.contract import Position
from worker.rng import StepNoise
from worker.train import SilentObserver, train

TRUTH = toy.source()
AT_START = Position(step=0, steps=1, steps_per_epoch=1, pace=1.0)
NOT_SUMMED = ("mutual_information", "marginal_kl", "source_information", "gap_to_entropy")
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
        batch = Batch(x, each.train.importance(index))
        losses = build_objective(spec, data.shape)(model, batch, noise(), AT_START)
        losses.loss.backward()
        found.append((losses, [parameter.grad for parameter in model.parameters()]))
    (weighted, gradients), (plain, expected) = found
    assert weighted.loss.item() == pytest.approx(plain.loss.item(), rel=1e-12)
    for name in ("rate", "distortion"):
        assert float(weighted.columns[name]) == pytest.approx(float(plain.columns[name]), rel=1e-12)
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
    spec = spec_of(dataset="toy", architecture=DENSE, epochs=50)
    model = train(spec, data, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert point.rate.stderr == 0
    assert point.distortion.stderr > 0
    assert point.distortion.settings["samples"] == 5000
    assert point.neg_elbo.value > TRUTH.entropy
    lower = TRUTH.entropy - point.distortion.value - 3 * point.distortion.stderr
    information = point.estimates["mutual_information"]
    assert lower <= information.value <= point.rate.value + 3 * information.stderr
    assert {point.estimates[name].bound for name in NOT_SUMMED} == {"estimate"}
    assert point.mutual_information.lower == point.mutual_information.upper <= point.rate.value
    assert len(point.arrays["kl_per_dimension"]) == 30
    assert sum(point.arrays["kl_per_dimension"]) == pytest.approx(point.rate.value, rel=1e-6)  # R is summed in float32


def weak(draws: int, seed: int) -> tuple[DiagonalGaussian, Encoded]:
    """One dimension that tells little of 30 states, under the marginal N(0, 1)."""
    generator = torch.Generator().manual_seed(0)
    loc = 0.1 * torch.randn(30, 1, generator=generator, dtype=torch.float64)
    e = DiagonalGaussian(loc, torch.full_like(loc, 0.99))
    many = e[torch.arange(30).repeat(draws)]
    draw = many.rsample(StepNoise(seed, "weak", torch.device("cpu")).at(0)).double()
    weights = torch.from_numpy(TRUTH.data)
    return e, encoded_of(many, draw, many.kl_from_standard().sum(1), weights=weights)


def test_information_from_draws_is_unbiased_with_its_error_and_its_interval_stays_below_the_rate() -> None:
    weights, values, errors, above = torch.from_numpy(TRUTH.data), [], [], 0
    for seed in range(200):
        e, encoded = weak(20, seed)
        found = known_information(encoded, weights, lambda: None)
        estimate, kl = found.estimates["mutual_information"], found.estimates["marginal_kl"]
        rate = float(weights @ encoded.rate[:30])
        assert (estimate.bound, kl.bound) == ("estimate", "estimate")
        assert estimate.value + kl.value == pytest.approx(rate, abs=1e-12)
        assert found.information is not None
        assert found.information.lower == found.information.upper == min(estimate.value, rate)
        above += estimate.value > rate
        values.append(estimate.value)
        errors.append(estimate.stderr)
    assert 0 < above < 200
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    densities = torch.distributions.Normal(e.loc, e.scale).log_prob(z)
    log_q = (densities + weights.log()[:, None]).logsumexp(0)
    truth = float(weights @ torch.trapezoid(densities.exp() * (densities - log_q), z))
    spread = float(torch.tensor(values).std())
    assert float(torch.tensor(values).mean()) == pytest.approx(truth, abs=4 * spread / math.sqrt(200))
    assert float(torch.tensor(errors).mean()) == pytest.approx(spread, rel=0.2)


def test_all_estimators_take_the_pairs_once_in_chunks_that_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.estimators.aggregate.PAIRS_AT_ONCE", 30 * 70)  # the last of 9 chunks is smaller
    _, encoded = weak(20, seed=0)
    asked = 0

    def check() -> None:
        nonlocal asked
        asked += 1
        if asked > 9:
            raise Cancelled("stop")

    chunked = source_information(SourceInformationEstimator(), encoded, check)
    information = known_information(encoded, encoded.weights, check)
    assert asked == 9
    monkeypatch.undo()
    _, again = weak(20, seed=0)
    for found, whole in (
        (chunked, source_information(SourceInformationEstimator(), again, lambda: None)),
        (information, known_information(again, again.weights, lambda: None)),
    ):
        for name, estimate in whole.estimates.items():
            assert found.estimates[name].value == pytest.approx(estimate.value, abs=1e-12), name
    _, stopped = weak(20, seed=0)
    with pytest.raises(Cancelled):
        source_information(SourceInformationEstimator(), stopped, check)


def test_densities_that_float64_cannot_hold_are_flagged_in_every_estimate_made_of_them(data: Data) -> None:
    generator = torch.Generator().manual_seed(6)
    loc = 1e6 * torch.randn(30, 2, generator=generator, dtype=torch.float64)
    e = DiagonalGaussian(loc, torch.full_like(loc, 1e-3))
    encoded = encoded_of(e, e.rsample(noise()).double(), weights=data.test.weights)
    information = known_information(encoded, data.test.weights, lambda: None)
    source = source_information(SourceInformationEstimator(), encoded, lambda: None)
    assert information.information is None
    for estimate in (*information.estimates.values(), source.estimates["source_information"]):
        assert estimate.flags == ("imprecise",)


def test_behind_a_flow_that_sees_x_as_many_pairs_are_taken_as_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.estimators.aggregate.MOST_INVERTED", 15)
    monkeypatch.setattr("worker.estimators.aggregate.INVERTED_AT_ONCE", 5 * 4)  # 45 draws, 4 at once
    few, weights = posterior_of(5, 2, 3), torch.tensor([0.1, 0.1, 0.2, 0.2, 0.4], dtype=torch.float64)
    e = few[torch.arange(5).repeat(20)]
    with torch.no_grad():
        draw = e.rsample(noise())
        encoded = encoded_of(e, draw, sampled_rate(e, StandardNormal(2), draw), weights=weights)
        found = known_information(encoded, weights, lambda: None)
        slow = torch.stack([few.log_prob(few.invert(z.expand(5, 2))) for z in draw.z[:45]])
        each = e[slice(45)].log_prob(draw[:45]) - (slow + weights.log()).logsumexp(1)
    estimate = found.estimates["mutual_information"]
    assert estimate.settings["samples"] == 9
    assert estimate.value == pytest.approx(float(mean_over(each, weights)), abs=1e-9)
    kl = mean_over(encoded.rate[:45] - each, weights)
    assert found.estimates["marginal_kl"].value == pytest.approx(float(kl), abs=1e-9)


def test_some_examples_of_a_distribution_are_whole_draws_of_all_its_images() -> None:
    _, encoded = weak(20, seed=0)
    some = encoded.some(100, "test")
    assert torch.equal(some.weights, encoded.weights)
    for name in ("rate", "distortion"):
        assert torch.equal(getattr(some, name), getattr(encoded, name)[:90])
    assert torch.equal(some.draw.z, encoded.draw.z[:90])
    assert len(some.posterior) == 90
    assert some.aggregate(lambda: None).samples == 3
    assert len(encoded.some(7, "test").draw) == 30

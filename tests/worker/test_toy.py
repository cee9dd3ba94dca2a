"""The toy model of paper B, appendix E: its parts, means over a distribution, and where training ends."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from backend import toy
from backend.spec import RunSpec
from tests.worker.conftest import Recorder, data_of, spec_of
from tests.worker.test_resume import interrupted
from worker.data.contract import Data, Split
from worker.decoders.contract import Decoder
from worker.distributions import Categorical, CategoricalMarginal, DiagonalGaussian, sampled_rate
from worker.estimators.contract import Distribution, Encoded, mean_estimate
from worker.estimators.distribution import exact_information
from worker.estimators.source_information import source_information
from worker.evaluate import Measured, evaluate
from worker.likelihoods.categorical import Categorical as CategoricalLikelihood
from worker.model import Model, build_model
from worker.networks.parabolas import Parabolas
from worker.objectives import Objective
from worker.objectives.contract import Position
from worker.rng import StepNoise
from worker.train import SilentObserver, train

TRUTH = toy.source()
AT_START = Position(step=0, steps_per_epoch=1, pace=1.0)
DENSE = {
    "encoder": {"kind": "gaussian", "network": "mlp"},
    "decoder": {"kind": "factorised", "network": "mlp"},
    "marginal": "normal",
}


def noise(stream: str = "test") -> StepNoise:
    return StepNoise(0, stream, torch.device("cpu")).at(0)


def every_state() -> Tensor:
    return torch.eye(30, dtype=torch.float64).view(30, 1, 1, 30)


@pytest.fixture(scope="module")
def data() -> Data:
    return data_of(spec_of(dataset="toy"))


@pytest.fixture(scope="module")
def model(data: Data) -> Model:
    """At its start, in float64."""
    return build_model(spec_of(dataset="toy").architecture, data.shape, seed=3).double()


def tables(model: Model) -> toy.Model:
    """The three distributions by the formulas of the paper, number by number."""

    def minus_squares(parabolas: Parabolas) -> list[list[float]]:
        numbers = zip(parabolas.weight.tolist(), parabolas.bias.tolist(), strict=True)
        return [[-((w * x - b) ** 2) for x in TRUTH.states] for w, b in numbers]

    encoder = np.exp(minus_squares(model.encoder.parabolas)).T
    decoder = np.exp(minus_squares(model.decoder.network.parabolas))
    marginal = np.exp(model.marginal.logits.tolist())
    return toy.Model(
        encoder / encoder.sum(1, keepdims=True), decoder / decoder.sum(1, keepdims=True), marginal / marginal.sum()
    )


def test_the_data_are_all_states_with_their_probabilities(data: Data) -> None:
    for split in (data.train, data.validation, data.test, data.shown):
        assert torch.equal(split.images.flatten(1), torch.eye(30, dtype=torch.uint8))
        assert split.weights is not None
        assert split.weights.tolist() == TRUTH.data.tolist()


def test_rate_and_distortion_are_the_papers_sums(model: Model) -> None:
    expected = tables(model)
    with torch.no_grad():
        terms = model(every_state(), noise())
    weights = torch.from_numpy(TRUTH.data)
    assert float(weights @ terms.rate) == pytest.approx(expected.rate(TRUTH.data), rel=1e-6)  # places are float32
    assert float(weights @ terms.distortion) == pytest.approx(expected.distortion(TRUTH.data), rel=1e-6)
    assert terms.posterior.mean.numpy() == pytest.approx(expected.encoder, abs=1e-6)


def test_sums_over_z_are_what_draws_of_z_average_to(model: Model) -> None:
    many = every_state().repeat(2000, 1, 1, 1)
    with torch.no_grad():
        exact, posterior = model(every_state(), noise()), model.encoder(many)
        draw = posterior.rsample(noise("draws"))
        assert torch.equal(draw.z.sum(1), torch.ones(len(many), dtype=torch.float64))
        for sums, draws in (
            (exact.rate, sampled_rate(posterior, model.m(), draw)),
            (exact.distortion, -model.decoder(many, draw.z)),
        ):
            by_state = draws.view(2000, 30)
            error = by_state.std(0) / math.sqrt(2000)
            assert ((by_state.mean(0) - sums).abs() / error).max() < 4


def test_every_parameter_gets_a_gradient_through_the_sums(model: Model) -> None:
    terms = model(every_state(), noise())
    (terms.rate.mean() + terms.distortion.mean()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert (parameter.grad != 0).all(), name
        parameter.grad = None


@pytest.mark.parametrize("decoder", ["categorical", "factorised"])
def test_all_pairs_at_once_are_the_pairs_one_by_one(decoder: str, data: Data) -> None:
    architecture = spec_of(dataset="toy", architecture={"decoder": decoder}, width=0.1).architecture
    model = build_model(architecture, data.shape, seed=1).double()
    z = torch.eye(30, dtype=torch.float64)
    with torch.no_grad():
        fast = model.decoder.pairwise_log_prob(every_state()[:7], z)
        slow = Decoder.pairwise_log_prob(model.decoder, every_state()[:7], z)
        assert fast.shape == (30, 7)
        assert torch.allclose(fast, slow, atol=1e-12)
        everything = model.decoder.pairwise_log_prob(every_state(), z)
    assert torch.allclose(everything.exp().sum(1), torch.ones(30, dtype=torch.float64))


def test_a_categorical_is_drawn_as_often_as_it_says() -> None:
    probabilities = torch.tensor([0.5, 0.0, 0.3, 0.2], dtype=torch.float64)
    marginal = CategoricalMarginal(probabilities.log())
    counts = marginal.sample(20_000, noise()).sum(0)
    assert counts[1] == 0
    error = (20_000 * probabilities * (1 - probabilities)).sqrt()
    assert ((counts - 20_000 * probabilities).abs() <= 4 * error).all()
    logits = probabilities.log().clamp_min(-50).view(1, 1, 1, 1, 4)
    images = CategoricalLikelihood(spec_of(dataset="toy").architecture.likelihood).sample(
        logits, noise().uniform(1, 20_000, 1, 1, 4)
    )
    assert images.shape == (1, 20_000, 1, 1, 4)
    assert torch.equal(images.sum((-3, -2, -1)), torch.ones(1, 20_000, dtype=torch.float64))
    assert ((images.sum((0, 1, 2, 3)) - 20_000 * probabilities).abs() <= 4 * error).all()


# -- means over a distribution ----------------------------------------------------------------------------------------


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
    spec = spec_of(dataset="toy", architecture=DENSE, width=0.02)
    distribution = Distribution(weights, torch.zeros(150).double(), build_model(spec.architecture, data.shape, 0))
    encoded = Encoded(posterior=e, draw=draw, rate=torch.zeros(150).double(), spec=spec, distribution=distribution)
    information = exact_information(encoded, weights).estimates["mutual_information"]
    assert information.value == pytest.approx(TRUTH.entropy, abs=1e-9)
    findings = source_information(spec.evaluation.estimators[1], encoded, lambda: None)
    assert findings.estimates["source_information"].value == pytest.approx(TRUTH.information, abs=1e-9)
    assert not findings.arrays


def test_information_of_a_categorical_is_its_definition(data: Data) -> None:
    generator = torch.Generator().manual_seed(1)
    probabilities = torch.rand(30, 3, generator=generator, dtype=torch.float64)
    e = Categorical((probabilities / probabilities.sum(1, keepdim=True)).log())
    encoded = Encoded(posterior=e, draw=e.rsample(noise()), rate=torch.zeros(30).double(), spec=RunSpec())
    exact = exact_information(encoded, data.test.weights).estimates["mutual_information"]
    assert exact.value == pytest.approx(toy.information(TRUTH.data, e.mean.numpy()), abs=1e-12)
    assert (exact.stderr, exact.bound) == (0, "exact")


# -- where training ends ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def points(data: Data) -> dict[str, list[Measured]]:
    """Target rate 0.5 and the ELBO from two starts each; `benchmarks/toy.py` runs twenty."""
    found: dict[str, list[Measured]] = {}
    for name, body in (("target", {"target_rate": 0.5}), ("elbo", {"beta": 1.0, "epochs": 1000})):
        for seed in (0, 1):
            spec = spec_of(dataset="toy", seed=seed, **body)
            observer = Recorder()
            trained = train(spec, data, device="cpu", observer=observer)
            found.setdefault(name, []).extend(evaluate(trained.model, spec, data, observer=observer))
            assert {row["set_point"] for row in observer.rows.values() if "set_point" in row} <= {0.5}
    return found


def test_the_target_rate_lands_and_the_elbo_ends_anywhere_on_the_line(points: dict[str, list[Measured]]) -> None:
    for point in points["target"]:
        assert point.rate.value == pytest.approx(0.5, abs=0.001)
    first, second = (point.rate.value for point in points["elbo"])
    assert abs(first - 0.5) > 0.1
    assert abs(first - second) > 0.01
    for point in points["target"] + points["elbo"]:
        gap = point.estimates["gap_to_entropy"]
        assert 0 < gap.value <= 0.01
        assert gap.stderr == 0
        assert gap.value == pytest.approx(point.neg_elbo.value - TRUTH.entropy, abs=1e-12)


def test_the_stored_tables_say_the_same_as_the_estimates(points: dict[str, list[Measured]]) -> None:
    for point in points["target"] + points["elbo"]:
        model = toy.Model(
            np.array(point.arrays["encoder_matrix"]).reshape(30, 30),
            np.array(point.arrays["decoder_matrix"]).reshape(30, 30),
            np.array(point.arrays["marginal"]),
        )
        estimates = point.estimates
        assert estimates["rate"].value == pytest.approx(model.rate(TRUTH.data), abs=1e-5)
        assert estimates["distortion"].value == pytest.approx(model.distortion(TRUTH.data), abs=1e-5)
        information = toy.information(TRUTH.data, model.encoder)
        assert estimates["mutual_information"].value == pytest.approx(information, abs=1e-9)
        told = TRUTH.information_with_source(model.encoder)
        assert estimates["source_information"].value == pytest.approx(told, abs=1e-9)
        assert estimates["posterior_source_information"].value == pytest.approx(0.378, abs=5e-4)
        # what z tells of the class goes through x
        assert 0 < told < min(information, TRUTH.information)


def test_tiles_of_the_toy_are_rows_of_thirty_pixels(points: dict[str, list[Measured]]) -> None:
    for picture in points["target"][0].pictures.values():
        assert (picture.height, picture.width, picture.channels, picture.count) == (1, 30, 1, 16)


def test_an_interrupted_run_ends_with_the_same_bits(data: Data) -> None:
    spec = spec_of(dataset="toy", epochs=40, target_rate=0.5)
    whole = Recorder()
    expected = train(spec, data, device="cpu", observer=whole)
    found, rows, attempts = interrupted(spec, data, every=7)
    assert attempts >= 4
    parameters = expected.model.state_dict()
    assert all(torch.equal(value, parameters[name]) for name, value in found.model.state_dict().items())
    assert {step: row["loss"] for step, row in rows.items()} == {step: row["loss"] for step, row in whole.rows.items()}


def test_a_gaussian_z_is_measured_with_the_error_of_its_draws(data: Data) -> None:
    spec = spec_of(dataset="toy", architecture=DENSE, width=0.05, epochs=50)
    model = train(spec, data, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert point.rate.stderr == 0
    assert point.distortion.stderr > 0
    assert point.distortion.settings["samples"] == 50
    assert point.neg_elbo.value > TRUTH.entropy
    lower = TRUTH.entropy - point.distortion.value - 3 * point.distortion.stderr
    information = point.estimates["mutual_information"]
    assert lower <= information.value <= point.rate.value + 3 * information.stderr
    assert len(point.arrays["kl_per_dimension"]) == 30
    assert sum(point.arrays["kl_per_dimension"]) == pytest.approx(point.rate.value, rel=1e-6)  # R is summed in float32

"""The toy model of paper B, appendix E: its parts, and where training ends."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from backend import toy
from tests.worker.conftest import Recorder, data_of, spec_of
from tests.worker.test_resume import interrupted
from worker.data.contract import Data
from worker.decoders.contract import Decoder
from worker.distributions import CategoricalMarginal, sampled_rate
from worker.evaluate import Measured, evaluate
from worker.likelihoods.categorical import Categorical as CategoricalLikelihood
from worker.model import Model, build_model
from worker.networks.parabolas import Parabolas
from worker.rng import StepNoise
from worker.train import train

TRUTH = toy.source()


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
            set_points = {row["set_point"] for row in observer.rows.values() if "set_point" in row}
            assert set_points == ({0.5} if name == "target" else set())
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

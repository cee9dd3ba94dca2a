"""Measurements of trained models: what they are, and what they do not depend on."""

import math
from typing import Any

import pytest
import torch

from backend.errors import Cancelled, TrainingError
from tests.worker.conftest import Recorder, data_of, small, spec_of
from worker.data.contract import Data
from worker.evaluate import evaluate
from worker.labels import label
from worker.model import Model, build_model
from worker.rng import StepNoise
from worker.train import SilentObserver, train


@pytest.fixture(scope="module")
def models(digits: Data) -> list[tuple[Any, Model]]:
    specs = [small(network=network, beta=beta, epochs=8) for network in ("mlp", "conv") for beta in (0.02, 1.0)]
    return [(spec, train(spec, digits, device="cpu", observer=SilentObserver()).model) for spec in specs]


def test_self_mixture_information_is_at_most_the_rate(models: list[tuple[Any, Model]], digits: Data) -> None:
    for spec, model in models:
        (point,) = evaluate(model, spec, digits, observer=SilentObserver())
        found = point.estimates["mutual_information_self"]
        assert point.mutual_information is not None
        assert found.value <= point.rate.value + 3 * math.hypot(found.stderr, point.rate.stderr)
        assert point.mutual_information.lower == found.value
        assert point.mutual_information.upper <= point.rate.value
        assert point.mutual_information.saturated == (found.value > math.log(360) - 1)


def test_rate_and_distortion_are_weight_one_averages(models: list[tuple[Any, Model]], digits: Data) -> None:
    spec, model = models[0]
    (point,) = evaluate(model, spec, digits, observer=SilentObserver())
    x = digits.test.images.float()
    with torch.no_grad():
        terms = model(x, StepNoise(99, "test", torch.device("cpu")).at(0))
    assert point.rate.value == pytest.approx(float(terms.rate.mean()), rel=1e-5)
    assert point.rate.stderr == pytest.approx(float(terms.rate.std()) / math.sqrt(360), rel=1e-4)
    spread = float(terms.distortion.std()) / math.sqrt(360)
    assert point.distortion.value == pytest.approx(float(terms.distortion.mean()), abs=4 * spread)
    assert point.neg_elbo.value == pytest.approx(point.rate.value + point.distortion.value)
    assert point.beta == 0.02
    assert sum(point.arrays["kl_per_dimension"]) == pytest.approx(point.rate.value, rel=1e-6)
    variance = point.arrays["posterior_mean_variance"]
    assert len(variance) == spec.architecture.latent_dim
    assert point.estimates["active_units"].value == sum(each >= 0.05 for each in variance)
    for name, estimate in point.estimates.items():
        assert estimate.at is not None, name
        assert estimate.settings["examples"] == 360, name


def test_measuring_twice_gives_the_same_numbers(models: list[tuple[Any, Model]], digits: Data) -> None:
    spec, model = models[3]
    torch.manual_seed(1)
    (first,) = evaluate(model, spec, digits, observer=SilentObserver())
    torch.manual_seed(2)
    other_seed = spec.model_copy(update={"seed": 5})
    (second,) = evaluate(model, other_seed, digits, observer=SilentObserver())
    assert first.distortion.value == second.distortion.value
    assert first.mutual_information == second.mutual_information
    assert first.pictures == second.pictures


def test_only_what_is_asked_for_is_measured(models: list[tuple[Any, Model]], digits: Data) -> None:
    spec = small(network="mlp", beta=0.02, epochs=8, evaluation={"estimators": []})
    (point,) = evaluate(models[0][1], spec, digits, observer=SilentObserver())
    always = {"rate", "distortion", "neg_elbo", "log_det_cov", "log_det_cov_per_dimension", "excess_kurtosis"}
    assert point.estimates.keys() == always | {"mmd_marginal", "mmd_normal", "mmd_logistic"}
    assert point.mutual_information is None


def test_beta_is_null_where_there_is_none(models: list[tuple[Any, Model]], digits: Data) -> None:
    for body, flags in (({"target_rate": 3.0}, ()), ({"method": "autoencoder"}, ("unscaled",))):
        (point,) = evaluate(models[0][1], small(network="mlp", **body), digits, observer=SilentObserver())
        assert point.beta is None
        assert point.estimates["active_units"].flags == flags


def test_limited_evaluation_uses_drawn_images() -> None:
    spec = spec_of(dataset={"name": "digits", "eval_limit": 50}, network="mlp", width=0.1)
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0)
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert point.rate.settings["examples"] == 50
    assert not torch.equal(data.test.images, data.shown.images[:50])


def test_evaluation_can_be_stopped(models: list[tuple[Any, Model]], digits: Data) -> None:
    class Stop(SilentObserver):
        def check(self) -> None:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        evaluate(models[0][1], models[0][0], digits, observer=Stop())


def test_progress_goes_through_measuring_to_drawing(models: list[tuple[Any, Model]], digits: Data) -> None:
    observer = Recorder()
    evaluate(models[0][1], models[0][0], digits, observer=observer)
    assert [each.stage for each in observer.told] == ["measuring", *["drawing"] * 5]
    assert observer.told[-1].step == observer.told[-1].steps


def test_a_model_of_nan_is_an_error_not_a_point(digits: Data) -> None:
    spec = small(network="mlp")
    model = build_model(spec.architecture, digits.shape, seed=0)
    with torch.no_grad():
        next(model.decoder.parameters()).fill_(math.nan)
    with pytest.raises(TrainingError, match="no finite distortion on 360 of 360"):
        evaluate(model, spec, digits, observer=SilentObserver())


@pytest.mark.parametrize(
    ("rate", "distortion", "expected"),
    [
        (0.0004, 80.6, "autodecoder"),
        (6.2, 74.1, "semantic"),
        (120.3, 8.1, "syntactic"),
        (156.0, 4.8, "autoencoder"),
        (-0.001, 80.0, "autodecoder"),
        (0.0, 0.0, None),
        (math.nan, 1.0, None),
    ],
)
def test_labels_are_those_of_the_paper(rate: float, distortion: float, expected: str | None) -> None:
    assert label(rate, distortion) == expected


def test_one_image_a_chunk_measures_what_many_do(digits: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = small(network="mlp")
    model = build_model(spec.architecture, digits.shape, seed=0)
    rates = []
    for chunk in (500, 7):
        monkeypatch.setattr("worker.evaluate.CHUNK", chunk)
        rates.append(evaluate(model, spec, digits, observer=SilentObserver())[0].rate.value)
    assert rates[0] == pytest.approx(rates[1], rel=1e-6)

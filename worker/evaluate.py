"""A trained model to what is known about it: rate, distortion, estimates and pictures, on held-out data."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import torch
from torch import Tensor

from backend.errors import TrainingError
from backend.results import Estimate, InformationInterval, Label
from backend.spec import BetaRate, RunSpec
from worker.data.contract import Data
from worker.devices import explained_memory
from worker.distributions import Draw, Posterior, closed_form, rate_per_dimension
from worker.estimators import ESTIMATORS
from worker.estimators.contract import Encoded, mean_estimate, mean_over
from worker.flows import Flow
from worker.labels import label
from worker.model import Model
from worker.observing import Observer, Progress
from worker.pictures import COUNT, Picture, draw_pictures
from worker.rng import StepNoise

__all__ = ["Measured", "Picture", "draw", "evaluate"]

EVALUATION_SEED = 0
"""Measurements have their own noise: the same for every model, and independent of how the model was trained."""
CHUNK = 500
"""Images measured at once."""
DRAWS = 5000
"""Of z for each image where the data is a distribution over few images and z has to be sampled."""
DRAWS_OF_FLOWS = 500
"""The same where a flow makes or values z, which costs much more."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One point in the plane, before it has an id."""

    beta: float | None
    condition: dict[str, float] | None
    rate: Estimate
    distortion: Estimate
    neg_elbo: Estimate
    mutual_information: InformationInterval | None
    label: Label | None
    estimates: dict[str, Estimate]
    arrays: dict[str, list[float]]
    pictures: dict[str, Picture]


@dataclass(frozen=True)
class _Pass:
    """One pass over the test split: nats of each image, float64, shape [N], and what the encoder said.

    Over a distribution there are S draws of every image, one draw of all after the other: shape [S * N].
    """

    rate: Tensor
    distortion: Tensor
    posterior: Posterior
    draw: Draw


def evaluate(model: Model, spec: RunSpec, data: Data, *, observer: Observer) -> list[Measured]:
    """Measure a model at weight one on the test split, whatever its training loss was.

    Args:
        model: the trained model, in evaluation mode.
        spec: its run.
        data: its data; the test split is measured.
        observer: its ``check`` is called between chunks.

    Raises:
        TrainingError: rate or distortion are not finite, or memory ran out.
    """
    with explained_memory(), torch.no_grad():
        return [_point(model, spec, data, observer)]


def _point(model: Model, spec: RunSpec, data: Data, observer: Observer) -> Measured:
    began = time.monotonic()
    measured = _measure(model, data, observer)
    _require_finite(measured)
    marginal = model.m()
    closed = closed_form(measured.posterior, marginal) is not None
    weights, images = data.test.weights, len(data.test)
    samples = len(measured.rate) // images
    if closed:  # the same for every draw of an image, but for the last bits of float32
        measured = replace(measured, rate=measured.rate[:images].repeat(samples))
    settings = {"examples": images, "samples": samples, "seed": EVALUATION_SEED}
    rate_settings = {**settings, "rate": "closed form" if closed else "sampled"}
    estimates = {
        "rate": mean_estimate(measured.rate, weights, bound="exact", settings=rate_settings),
        "distortion": mean_estimate(measured.distortion, weights, bound="exact", settings=settings),
        "neg_elbo": mean_estimate(measured.rate + measured.distortion, weights, bound="upper", settings=rate_settings),
    }
    estimates = {name: _dated(each, began) for name, each in estimates.items()}
    arrays: dict[str, list[float]] = {}
    parts = rate_per_dimension(measured.posterior, marginal, measured.draw)
    if parts is not None:
        arrays["kl_per_dimension"] = mean_over(parts, weights).tolist()
    information = None
    encoded = Encoded(
        posterior=measured.posterior,
        draw=measured.draw,
        rate=measured.rate,
        distortion=measured.distortion,
        model=model,
        spec=spec,
        weights=weights,
    )
    for config in spec.evaluation.estimators:
        began = time.monotonic()
        findings = ESTIMATORS[config.kind](config, encoded, observer.check)
        estimates |= {name: _dated(each, began) for name, each in findings.estimates.items()}
        arrays |= findings.arrays
        information = findings.information or information
    rate_term = spec.objective.rate
    return Measured(
        beta=rate_term.beta if isinstance(rate_term, BetaRate) else None,
        condition=None,
        rate=estimates["rate"],
        distortion=estimates["distortion"],
        neg_elbo=estimates["neg_elbo"],
        mutual_information=information,
        label=label(float(mean_over(measured.rate, weights)), float(mean_over(measured.distortion, weights))),
        estimates=estimates,
        arrays=arrays,
        pictures=draw_pictures(model, data, observer=observer),
    )


def draw(
    model: Model, spec: RunSpec, data: Data, *, seed: int, count: int = COUNT, observer: Observer
) -> dict[str, Picture]:
    """More pictures of a stored model: other inputs and other noise for each seed."""
    with explained_memory():
        return draw_pictures(model, data, seed=seed, count=count, observer=observer)


def _measure(model: Model, data: Data, observer: Observer) -> _Pass:
    device = data.test.images.device
    noise = StepNoise(EVALUATION_SEED, "evaluation", device)
    everything = torch.arange(len(data.test), device=device)
    if data.test.weights is not None and not model.lists_latents:
        flows = any(isinstance(module, Flow) for module in model.modules())
        everything = everything.repeat(DRAWS_OF_FLOWS if flows else DRAWS)
    rates, distortions, posteriors, draws = [], [], [], []
    with torch.no_grad():
        for number, index in enumerate(torch.split(everything, CHUNK)):
            observer.check()
            observer.progress(Progress(stage="measuring", step=number * CHUNK, steps=len(everything)))
            drawn = noise.at(number)
            terms = model(data.test.batch(index, drawn), drawn)
            rates.append(terms.rate.double())
            distortions.append(terms.distortion.double())
            posteriors.append(terms.posterior.double())
            draws.append(terms.draw.double())
    posterior = type(posteriors[0]).cat(posteriors)
    return _Pass(torch.cat(rates), torch.cat(distortions), posterior, Draw.cat(draws))


def _require_finite(measured: _Pass) -> None:
    for name, each in (("rate", measured.rate), ("distortion", measured.distortion)):
        bad = int((~each.isfinite()).sum())
        if bad:
            raise TrainingError(
                f"the trained model has no finite {name} on {bad} of {len(each)} held-out images",
                "lower the learning rate, or raise beta",
            )


def _dated(estimate: Estimate, began: float) -> Estimate:
    update: dict[str, Any] = {
        "seconds": round(time.monotonic() - began, 4),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return estimate.model_copy(update=update)

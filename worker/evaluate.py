"""A trained model to what is known about it: rate, distortion, estimates and pictures, on held-out data."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import torch
from torch import Tensor

from backend.errors import TrainingError
from backend.results import Estimate, InformationInterval, Label
from backend.spec import AdversarialRate, BetaRate, EstimatorTerm, RunSpec
from worker.data.contract import Data, Split
from worker.devices import explained_memory
from worker.distributions import Draw, Sampler, closed_form, has_density, rate_per_dimension
from worker.estimators import ESTIMATORS
from worker.estimators.codes import codes
from worker.estimators.contract import Encoded, Findings, Measure, mean_estimate, mean_over, undefined
from worker.flows import Flow
from worker.labels import label
from worker.model import Model
from worker.observing import Observer, Progress
from worker.pictures import COUNT, Picture, draw_pictures
from worker.rng import StepNoise

__all__ = ["Measured", "Picture", "draw", "evaluate", "measure"]

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

    rate: Tensor | None
    """None where e(z|x) has no density."""
    distortion: Tensor
    posterior: Sampler
    draw: Draw
    closed: bool
    """Whether R of an image is exact, and not one sample."""


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


def measure(
    model: Model, spec: RunSpec, data: Data, estimators: Sequence[EstimatorTerm], *, observer: Observer
) -> Findings:
    """What some estimators find, of the same draws as when the model was first measured.

    Raises:
        TrainingError: rate or distortion are not finite, or memory ran out.
    """
    with explained_memory(), torch.no_grad():
        measured = _measure(model, data, observer)
        _require_finite(measured)
        return _findings(_encoded(measured, model, spec, data), _wanted(estimators), observer)


def _point(model: Model, spec: RunSpec, data: Data, observer: Observer) -> Measured:
    began = time.monotonic()
    measured = _measure(model, data, observer)
    _require_finite(measured)
    estimates = {name: _dated(each, began) for name, each in _place(measured, data.test).items()}
    arrays: dict[str, list[float]] = {}
    parts = None
    if has_density(measured.posterior):
        parts = rate_per_dimension(measured.posterior, model.m(), measured.draw)
    if parts is not None:
        arrays["kl_per_dimension"] = mean_over(parts, data.test.weights).tolist()
    measures = [codes, *_wanted(spec.evaluation.estimators)]
    findings = _findings(_encoded(measured, model, spec, data), measures, observer)
    estimates |= findings.estimates
    arrays |= findings.arrays
    rate_term = spec.objective.rate
    return Measured(
        beta=rate_term.beta if isinstance(rate_term, BetaRate | AdversarialRate) else None,
        condition=None,
        rate=estimates["rate"],
        distortion=estimates["distortion"],
        neg_elbo=estimates["neg_elbo"],
        mutual_information=findings.information,
        label=_label(spec, estimates),
        estimates=estimates,
        arrays=arrays,
        pictures=draw_pictures(model, data, observer=observer),
    )


def _wanted(estimators: Sequence[EstimatorTerm]) -> list[Measure]:
    return [partial(ESTIMATORS[config.kind], config) for config in estimators]


def _encoded(measured: _Pass, model: Model, spec: RunSpec, data: Data) -> Encoded:
    return Encoded(
        posterior=measured.posterior,
        draw=measured.draw,
        rate=measured.rate,
        distortion=measured.distortion,
        model=model,
        spec=spec,
        weights=data.test.weights,
        test=data.test,
    )


def _findings(encoded: Encoded, measures: Sequence[Measure], observer: Observer) -> Findings:
    """What all of them find, each estimate with its time."""
    estimates: dict[str, Estimate] = {}
    arrays: dict[str, list[float]] = {}
    information = None
    for each_measure in measures:
        began = time.monotonic()
        found = each_measure(encoded, observer.check)
        estimates |= {name: _dated(each, began) for name, each in found.estimates.items()}
        arrays |= found.arrays
        information = found.information or information
    return Findings(estimates=estimates, arrays=arrays, information=information)


def _place(measured: _Pass, test: Split) -> dict[str, Estimate]:
    """R, D and R + D; without a density there is a D alone."""
    weights, images = test.weights, len(test)
    settings = {"examples": images, "samples": len(measured.draw) // images, "seed": EVALUATION_SEED}
    distortion = mean_estimate(measured.distortion, weights, bound="exact", settings=settings)
    if measured.rate is None:
        nothing = undefined(settings=settings)
        return {"rate": nothing, "distortion": distortion, "neg_elbo": nothing}
    of_rate = {**settings, "rate": "closed form" if measured.closed else "sampled"}
    return {
        "rate": mean_estimate(measured.rate, weights, bound="exact", settings=of_rate),
        "distortion": distortion,
        "neg_elbo": mean_estimate(measured.rate + measured.distortion, weights, bound="upper", settings=of_rate),
    }


def _label(spec: RunSpec, estimates: dict[str, Estimate]) -> Label | None:
    """None where R is not known, and where D is of a density: then it is no code length, and R / (R + D) no share."""
    rate, distortion = estimates["rate"].value, estimates["distortion"].value
    if rate is None or distortion is None or spec.architecture.likelihood.kind == "gaussian":
        return None
    return label(rate, distortion)


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
            rates += [] if terms.rate is None else [terms.rate.double()]
            distortions.append(terms.distortion.double())
            posteriors.append(terms.posterior.double())
            draws.append(terms.draw.double())
    posterior = type(posteriors[0]).cat(posteriors)
    rate = torch.cat(rates) if rates else None
    closed = has_density(posterior) and closed_form(posterior, model.m()) is not None
    if closed and rate is not None:  # the same for every draw of an image, but for the last bits of float32
        images = len(data.test)
        rate = rate[:images].repeat(len(rate) // images)
    return _Pass(rate, torch.cat(distortions), posterior, Draw.cat(draws), closed)


def _require_finite(measured: _Pass) -> None:
    for name, each in (("rate", measured.rate), ("distortion", measured.distortion)):
        bad = 0 if each is None else int((~each.isfinite()).sum())
        if bad:
            raise TrainingError(
                f"the trained model has no finite {name} on {bad} of {len(measured.draw)} held-out images",
                "lower the learning rate, or raise beta",
            )


def _dated(estimate: Estimate, began: float) -> Estimate:
    update: dict[str, Any] = {
        "seconds": round(time.monotonic() - began, 4),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return estimate.model_copy(update=update)

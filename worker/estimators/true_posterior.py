"""How far e(z|x) lies from the true posterior p(z|x) ~ m(z) d(x|z), by importance sampling (I, section 5.1.2)."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from backend.results import Estimate
from backend.spec import TruePosteriorEstimator
from worker.distributions import CategoricalPosterior, Draw, has_density
from worker.estimators.cloud import rounded
from worker.estimators.contract import Encoded, Findings
from worker.estimators.importance import Weighed, log_likelihood, weigh
from worker.model import Model
from worker.rng import StepNoise, numpy_generator

STREAM = "estimators/true_posterior"
FEW = 100.0
"""Draws: below so many effective ones an image's weights say little."""
SHOWN_IMAGES = 4
SHOWN_DRAWS = 300
"""Of each distribution, for each of the images that are shown."""


def true_posterior(config: TruePosteriorEstimator, encoded: Encoded, check: Callable[[], None]) -> Findings:
    """``E_x KL(e(z|x) || p(z|x)) = R + D - (-log p(x))`` and -log p(x) itself, on some test images.

    R + D of an image is taken over the same draws of e(z|x). -log p(x) comes out high in expectation, so the gap comes
    out low. ``effective_samples`` is that of the worst image; where it is below 100 all are flagged ``low_ess``.
    Where every z can be listed, p(z|x) is known and nothing is sampled. Where e(z|x) has no density there is no gap.

    The arrays hold what I's figure 4 shows where latent_dim is at most 2: for each image of ``true_posterior_image``,
    its place in the test split, 300 draws of e(z|x) and of p(z|x), one image after the other.

    Raises:
        ValueError: the examples are not those of a test split.
    """
    if encoded.test is None:
        raise ValueError("the true posterior is that of images")
    names = ("posterior_gap", "neg_log_likelihood_is", "effective_samples")
    if not has_density(encoded.posterior):
        return Findings(estimates={name: Estimate(value=None, flags=("implicit",)) for name in names})
    chosen = torch.from_numpy(encoded.test.draw(config.images, numpy_generator(0, STREAM)))
    listed = isinstance(encoded.posterior, CategoricalPosterior)
    measured, shown = [], []
    noise = StepNoise(0, STREAM, encoded.draw.z.device)
    for number, place in enumerate(chosen.tolist()):
        index = torch.tensor([place], device=encoded.draw.z.device)
        x, posterior = encoded.test.batch(index, noise.at(number)), encoded.posterior[index]
        if isinstance(posterior, CategoricalPosterior):
            measured.append(_exact(encoded.model, x, posterior, check))
            continue
        found = weigh(encoded.model, x, posterior, config.samples, noise, check)
        measured.append((found.neg_elbo, found.neg_log_likelihood, found.effective))
        if number < SHOWN_IMAGES and len(found.z):
            shown.append(found)
    neg_elbo, neg_log_likelihood, effective = torch.tensor(measured, dtype=torch.float64).T
    fewest = float(effective.min())
    settings = {"examples": len(chosen), "samples": 1 if listed else config.samples}
    facts: dict[str, Any] = {"flags": ("low_ess",) if fewest < FEW else (), "settings": settings}
    values = (neg_elbo - neg_log_likelihood, neg_log_likelihood)
    bounds = ("exact", "exact") if listed else ("lower", "upper")
    return Findings(
        estimates={
            **{
                name: Estimate(value=float(each.mean()), stderr=_stderr(each), bound=bound, **facts)
                for name, each, bound in zip(names[:2], values, bounds, strict=True)
            },
            **({} if listed else {names[2]: Estimate(value=fewest, unit="draws", **facts)}),
        },
        arrays=_pictures(shown, chosen[: len(shown)]),
    )


def _exact(model: Model, x: Tensor, posterior: CategoricalPosterior, check: Callable[[], None]) -> tuple[float, ...]:
    """R + D, -log p(x) and how many values z has: sums over all of them, nats."""
    support = Draw.plain(posterior.support.float())
    joint = model.m().log_prob(support).double() + log_likelihood(model, x, support.z, check)
    log_e = posterior.log_probs[0]
    return float((log_e.exp() * (log_e - joint)).sum()), -float(joint.logsumexp(0)), math.inf


def _stderr(each: Tensor) -> float | None:
    return float(each.std() / math.sqrt(len(each))) if len(each) > 1 else None


def _pictures(shown: Sequence[Weighed], places: Tensor) -> dict[str, list[float]]:
    if not shown:
        return {}
    clouds = {
        "e": torch.cat([each.z[: min(each.own, SHOWN_DRAWS)] for each in shown]),
        "p": torch.cat([each.resampled(min(each.own, SHOWN_DRAWS)) for each in shown]),
    }
    found = {"true_posterior_image": places.double().tolist()}
    for name, cloud in clouds.items():
        for coordinate, values in zip("xy", cloud.T, strict=False):
            found[f"true_posterior_{name}_{coordinate}"] = rounded(values)
    return found

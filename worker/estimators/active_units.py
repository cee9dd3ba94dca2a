"""How many latent dimensions are in use."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from backend.results import Estimate
from backend.spec import ActiveUnitsEstimator, NoRate
from worker.distributions import CategoricalPosterior, Sampler
from worker.estimators.contract import Encoded, Findings
from worker.rng import StepNoise

THRESHOLD = 0.05
DRAWS = 16
"""Of z for each example, where its mean has no closed form."""
MOST_EXAMPLES = 1000
"""Examples that are drawn for; with a closed form all are used."""
MOST_LATENTS = 1_000_000
"""Numbers in one draw of them: beyond 1000 dimensions fewer examples are used."""


def active_units(config: ActiveUnitsEstimator, encoded: Encoded, check: Callable[[], None]) -> Findings:
    """The dimensions d with ``Var_x E[z_d|x] >= 0.05`` (X, section 4).

    The threshold assumes z of unit scale, which only a weight on the rate keeps, and no one-hot z has: the count is
    flagged there.
    Where E[z_d|x] has no closed form, as behind a flow or of an implicit encoder, it is sampled; the settings tell how
    many ``draws``.
    """
    weights = encoded.weights
    posterior = encoded.posterior if weights is None else encoded.posterior[: len(weights)]
    settings: dict[str, Any] = {"threshold": THRESHOLD}
    if posterior.mean is None:
        if weights is None:
            most = min(MOST_EXAMPLES, MOST_LATENTS // encoded.draw.z.shape[1])
            posterior = encoded.some(most, "estimators/active_units").posterior
        noise = StepNoise(0, "active_units", encoded.draw.z.device).at(0)
        variance = variance_of_sampled_means(posterior, DRAWS, noise, check, weights)
        settings["draws"] = DRAWS
    else:
        variance = _variance(posterior.mean, weights)
    unscaled = isinstance(encoded.spec.objective.rate, NoRate) or isinstance(posterior, CategoricalPosterior)
    return Findings(
        estimates={
            "active_units": Estimate(
                value=float((variance >= THRESHOLD).sum()),
                unit="dimensions",
                flags=("unscaled",) if unscaled else (),
                settings=settings | {"examples": len(posterior)},
            )
        },
        arrays={"posterior_mean_variance": variance.tolist()},
    )


def variance_of_sampled_means(
    posterior: Sampler,
    draws: int,
    noise: StepNoise,
    check: Callable[[], None],
    weights: Tensor | None = None,
) -> Tensor:
    """Var_x E[z_d|x] of each dimension from S draws of z an example, shape [latent_dim].

    ``Var_x mean_s z_s - mean_x Var_s(z_s) / S``

    The mean of S draws varies by its own noise too; without it the value is unbiased, and near 0 may be negative.

    Args:
        posterior: e(z|x_n), a batch of N >= 2.
        draws: S, at least 2.
        noise: where z takes its randomness from.
        check: called between draws; raises to stop.
        weights: probabilities of the examples, shape [N], where they are a distribution; then N may be 1.
    """
    first = posterior.rsample(noise).z
    # shifted by the first draw, so that the sums of squares lose nothing where z lies far from 0
    total, squares = torch.zeros_like(first), torch.zeros_like(first)
    for _ in range(draws - 1):
        check()
        away = posterior.rsample(noise).z - first
        total += away
        squares += away.square()
    within = (squares - total.square() / draws) / (draws - 1)
    own = within.mean(dim=0) if weights is None else (weights * (1 - weights)) @ within
    return _variance(first + total / draws, weights) - own / draws


def _variance(each: Tensor, weights: Tensor | None) -> Tensor:
    """Of values [N, latent_dim] over their first dimension, a sample of N or a distribution, shape [latent_dim]."""
    if weights is None:
        return each.var(dim=0)
    return weights @ (each - weights @ each).square()

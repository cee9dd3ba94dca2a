"""I(x;z) and KL(q(z) || m(z)) where the data is a distribution over few images: q(z) is known, and not bounded."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from backend.results import InformationInterval
from worker.distributions import Categorical, Draw, Posterior
from worker.estimators.contract import LARGEST_ERROR, Encoded, Findings, mean_estimate, mean_over

DRAWS_AT_ONCE = 64
"""Draws compared with every image between two checks."""


def exact_information(encoded: Encoded, weights: Tensor, check: Callable[[], None]) -> Findings:
    """``I = sum_n p(x_n) E_{e(z|x_n)}[log e(z|x_n) - log q(z)]`` with ``q(z) = sum_n p(x_n) e(z|x_n)``, and KL = R - I.

    The expectation is a sum where every z can be listed, and a mean over draws elsewhere. Imprecise, and without an
    interval, where float64 cannot hold the densities of a model that diverged.

    Args:
        encoded: S draws of N images.
        weights: p(x_n), shape [N].
        check: called between chunks; raises to stop.
    """
    posterior, images, error = encoded.posterior, slice(len(weights)), 0.0
    if isinstance(posterior, Categorical):
        aggregated = (posterior.log_probs[images] + weights.log()[:, None]).logsumexp(0)
        each = (posterior.mean * (posterior.log_probs - aggregated)).sum(-1)
    else:
        pairs = torch.cat([_pairs(posterior[images], draw, check) for draw in _chunks(encoded.draw)])
        own = posterior.log_prob(encoded.draw)
        each = own - (pairs + weights.log()).logsumexp(1)
        error = _rounding(pairs, own)
    flags = () if error <= LARGEST_ERROR else ("imprecise",)
    settings = {"examples": len(weights), "samples": len(encoded.draw) // len(weights)}
    value = float(mean_over(each, weights))
    return Findings(
        estimates={
            "mutual_information": mean_estimate(each, weights, bound="exact", flags=flags, settings=settings),
            "marginal_kl": mean_estimate(encoded.rate - each, weights, bound="exact", flags=flags, settings=settings),
        },
        information=None if flags else InformationInterval(lower=value, upper=value, saturated=False),
    )


def _chunks(draw: Draw) -> Iterator[Draw]:
    return (draw[start : start + DRAWS_AT_ONCE] for start in range(0, len(draw), DRAWS_AT_ONCE))


def _pairs(posterior: Posterior, draw: Draw, check: Callable[[], None]) -> Tensor:
    """log e(z_m|x_n), shape [M, N]; a flow that sees x is turned round for each pair, which takes a while."""
    check()
    return posterior.pairwise_log_prob(draw)


def _rounding(pairs: Tensor, own: Tensor) -> float:
    """Largest difference, nats, between two ways to log e(z|x) of an image's own z: pairs [S * N, N], own [S * N]."""
    rows = torch.arange(len(own), device=own.device)
    return float((pairs[rows, rows % pairs.shape[1]] - own).abs().max())

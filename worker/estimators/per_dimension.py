"""What each latent dimension carries, so that collapsed ones can be seen."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from worker.distributions import DiagonalGaussian, Sampler
from worker.estimators.contract import Encoded
from worker.flows.distributions import FlowPosterior

MOST_EXAMPLES = 1000
MOST_PAIRS = 100_000_000
"""Pairs of examples over all dimensions, seconds of work: beyond 100 dimensions fewer examples are compared."""
PAIRS_AT_ONCE = 2_000_000
"""16 MB in float64."""


def comparable(encoded: Encoded) -> Encoded | None:
    """As many examples as :func:`information_per_dimension` takes; None where it has nothing to say.

    That is where z is no vector of numbers, and where the flow sees x, for then x reaches z past its base.
    """
    if _base(encoded.posterior) is None:
        return None
    most = min(MOST_EXAMPLES, math.isqrt(MOST_PAIRS // encoded.draw.base.shape[1]))
    return encoded.some(most, "estimators/per_dimension")


def information_per_dimension(encoded: Encoded, check: Callable[[], None]) -> Tensor:
    """I(x; b_d) of each dimension of the Gaussian base b of z, nats, at most log N, shape [latent_dim].

    ``mean_i log e(b_id|x_i) - log (1/N) sum_j e(b_id|x_j)``

    The self mixture, a lower bound in expectation. b is z itself, or where z was before the flow. It needs no marginal,
    so that all architectures can be compared. Dimensions may tell the same: they do not add up to I(x; z).

    Args:
        encoded: examples as :func:`comparable` gives them, float64.
        check: called between chunks; raises to stop.
    """
    gaussian, base = _base(encoded.posterior), encoded.draw.base
    if gaussian is None:
        raise TypeError("the posterior has no Gaussian base that stands for z")
    count, dimensions = base.shape
    found = torch.empty(dimensions, dtype=base.dtype, device=base.device)
    for chosen in torch.split(torch.arange(dimensions, device=base.device), max(1, PAIRS_AT_ONCE // count**2)):
        check()
        z, loc, scale = (each[:, chosen].T for each in (base, gaussian.loc, gaussian.scale))
        # [dimension, sample, component]; the constant of the density cancels
        pairs = z[:, :, None] - loc[:, None, :]
        pairs.div_(scale[:, None, :]).square_().mul_(-0.5).sub_(scale.log()[:, None, :])
        own = pairs.diagonal(dim1=1, dim2=2).clone()
        peak = pairs.amax(-1, keepdim=True)
        # what is far below its row's peak adds nothing, so float32 is enough for the exponential
        everything = peak[:, :, 0] + pairs.sub_(peak).float().exp_().sum(-1).double().log()
        found[chosen] = (own - everything).mean(1) + math.log(count)
    return found


def _base(posterior: Sampler) -> DiagonalGaussian | None:
    if isinstance(posterior, FlowPosterior) and posterior.shares_base:
        return posterior.base
    return posterior if isinstance(posterior, DiagonalGaussian) else None

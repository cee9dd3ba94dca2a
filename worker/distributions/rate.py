"""The rate of any posterior under any marginal."""

from torch import Tensor

from worker.distributions.categorical import Categorical, CategoricalMarginal
from worker.distributions.contract import Draw, Marginal, Posterior
from worker.distributions.gaussian import DiagonalGaussian, StandardNormal


def sampled_rate(posterior: Posterior, marginal: Marginal, draw: Draw) -> Tensor:
    """log e(z_b|x_b) - log m(z_b) for z_b ~ e(z|x_b): unbiased for the rate, nats, shape [B]."""
    return posterior.log_prob(draw) - marginal.log_prob(draw)


def is_closed_form(posterior: Posterior, marginal: Marginal) -> bool:
    """Whether :func:`rate` is the exact expectation over z for this pair."""
    if isinstance(posterior, Categorical):
        return isinstance(marginal, CategoricalMarginal)
    return isinstance(posterior, DiagonalGaussian) and isinstance(marginal, StandardNormal)


def rate(posterior: Posterior, marginal: Marginal, draw: Draw) -> Tensor:
    """R of each image, nats, shape [B]: exact where a closed form is known, else one sample of that expectation."""
    if isinstance(posterior, DiagonalGaussian) and isinstance(marginal, StandardNormal):
        return posterior.kl_from_standard().sum(-1)
    if isinstance(posterior, Categorical) and isinstance(marginal, CategoricalMarginal):
        return posterior.kl_from(marginal)
    return sampled_rate(posterior, marginal, draw)

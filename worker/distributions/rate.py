"""The rate of any posterior under any marginal.

The pairs that have a closed form stand here and nowhere else.
"""

from torch import Tensor

from worker.distributions.categorical import CategoricalMarginal, CategoricalPosterior
from worker.distributions.contract import Draw, Factorised, Marginal, Posterior
from worker.distributions.gaussian import DiagonalGaussian, StandardNormal


def sampled_rate(posterior: Posterior, marginal: Marginal, draw: Draw) -> Tensor:
    """log e(z_b|x_b) - log m(z_b) for z_b ~ e(z|x_b): unbiased for the rate, nats, shape [B]."""
    return posterior.log_prob(draw) - marginal.log_prob(draw)


def closed_form(posterior: Posterior, marginal: Marginal) -> Tensor | None:
    """R of each image as the exact expectation over z, nats, shape [B]; None where no formula for it is known."""
    parts = _closed_form_each(posterior, marginal)
    if parts is not None:
        return parts.sum(-1)
    if isinstance(posterior, CategoricalPosterior) and isinstance(marginal, CategoricalMarginal):
        return posterior.kl_from(marginal)
    return None


def rate(posterior: Posterior, marginal: Marginal, draw: Draw) -> Tensor:
    """R of each image, nats, shape [B]: exact where a closed form is known, else one sample of that expectation."""
    exact = closed_form(posterior, marginal)
    return sampled_rate(posterior, marginal, draw) if exact is None else exact


def rate_per_dimension(posterior: Posterior, marginal: Marginal, draw: Draw) -> Tensor | None:
    """The parts of R, nats, shape [B, latent_dim]; None where it is no sum over the dimensions of z.

    It is one where neither density ties dimensions together. Exact or one sample of each image, as :func:`rate`.
    """
    exact = _closed_form_each(posterior, marginal)
    if exact is not None:
        return exact
    if isinstance(posterior, Factorised) and isinstance(marginal, Factorised):
        return posterior.log_prob_each(draw) - marginal.log_prob_each(draw)
    return None


def _closed_form_each(posterior: Posterior, marginal: Marginal) -> Tensor | None:
    if isinstance(posterior, DiagonalGaussian) and isinstance(marginal, StandardNormal):
        return posterior.kl_from_standard()
    return None

"""Distributions over z.

``R = E_e[log e(z|x) - log m(z)]`` is one expression for every pair; a closed form stands in only where it is exact.
What a flow carries lies in ``worker/flows``, and a marginal that nothing else needs lies with its part.
"""

from worker.distributions.categorical import CategoricalMarginal, CategoricalPosterior
from worker.distributions.contract import Draw, Factorised, Marginal, Posterior, Sampler, has_density
from worker.distributions.gaussian import DiagonalGaussian, StandardNormal
from worker.distributions.implicit import ImplicitSampler
from worker.distributions.point import PointMass
from worker.distributions.rate import closed_form, rate, rate_per_dimension, sampled_rate

__all__ = [
    "CategoricalMarginal",
    "CategoricalPosterior",
    "DiagonalGaussian",
    "Draw",
    "Factorised",
    "ImplicitSampler",
    "Marginal",
    "PointMass",
    "Posterior",
    "Sampler",
    "StandardNormal",
    "closed_form",
    "has_density",
    "rate",
    "rate_per_dimension",
    "sampled_rate",
]

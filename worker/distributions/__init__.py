"""Distributions over z.

``R = E_e[log e(z|x) - log m(z)]`` is one expression for every pair; a closed form stands in only where it is exact.
What a flow carries lies in ``worker/flows``, and a marginal that nothing else needs lies with its part.
"""

from worker.distributions.categorical import CategoricalMarginal, CategoricalPosterior
from worker.distributions.contract import Draw, Factorised, Marginal, Posterior
from worker.distributions.gaussian import DiagonalGaussian, StandardNormal
from worker.distributions.rate import closed_form, rate, rate_per_dimension, sampled_rate

__all__ = [
    "CategoricalMarginal",
    "CategoricalPosterior",
    "DiagonalGaussian",
    "Draw",
    "Factorised",
    "Marginal",
    "Posterior",
    "StandardNormal",
    "closed_form",
    "rate",
    "rate_per_dimension",
    "sampled_rate",
]

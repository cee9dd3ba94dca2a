"""Distributions over z.

``R = E_e[log e(z|x) - log m(z)]`` is one expression for every pair; a closed form stands in only where it is exact.
What a flow carries lies in ``worker/flows``, and a marginal that nothing else needs lies with its part.
"""

from worker.distributions.categorical import Categorical, CategoricalMarginal
from worker.distributions.contract import Draw, Marginal, Posterior
from worker.distributions.gaussian import DiagonalGaussian, StandardNormal
from worker.distributions.rate import is_closed_form, rate, sampled_rate

__all__ = [
    "Categorical",
    "CategoricalMarginal",
    "DiagonalGaussian",
    "Draw",
    "Marginal",
    "Posterior",
    "StandardNormal",
    "is_closed_form",
    "rate",
    "sampled_rate",
]

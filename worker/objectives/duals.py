"""Dual forms of f-divergences: ``D_f(p || q) >= E_p T - E_q f*(T)`` for any T, with equality for the best one.

A network gives a free number v; an output activation makes it the T that each divergence allows (Nowozin et al. 2016,
f-GAN). With ``r = log p/q``, each row says which v is best.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LOG_2 = math.log(2)


@dataclass(frozen=True, kw_only=True)
class Dual:
    """One divergence as functions of v, each numerically safe where v is large."""

    output: Callable[[Tensor], Tensor]
    """T(v)."""
    conjugate: Callable[[Tensor], Tensor]
    """f*(T(v))."""
    best: Callable[[Tensor], Tensor]
    """The v of the best critic from r = log p/q."""


DUALS: dict[str, Dual] = {
    # f = u log u: X, equation 6
    "kl": Dual(output=lambda v: v, conjugate=lambda v: torch.exp(v - 1), best=lambda r: 1 + r),
    # twice the usual Jensen-Shannon divergence
    "js": Dual(output=lambda v: LOG_2 - F.softplus(-v), conjugate=lambda v: F.softplus(v) - LOG_2, best=lambda r: r),
    # f = (u - 1)^2
    "pearson": Dual(output=lambda v: v, conjugate=lambda v: v.square() / 4 + v, best=lambda r: 2 * torch.expm1(r)),
    # f = (sqrt u - 1)^2: the integral of (sqrt p - sqrt q)^2
    "hellinger": Dual(output=lambda v: -torch.expm1(-v), conjugate=torch.expm1, best=lambda r: r / 2),
    # f = |u - 1| / 2; the best v is infinite by the sign of r, and tanh(20) is 1 to the last bit
    "tv": Dual(output=lambda v: torch.tanh(v) / 2, conjugate=lambda v: torch.tanh(v) / 2, best=lambda r: 20 * r.sign()),
}


def dual_value(dual: Dual, of_joint: Tensor, of_product: Tensor) -> Tensor:
    """``E_p T - E_q f*(T)``, shape [], for v on samples of p, shape [B], and of q, shape [B]."""
    return dual.output(of_joint).mean() - dual.conjugate(of_product).mean()


def log_mean_exp(v: Tensor) -> Tensor:
    """``log mean exp(v)``, shape []."""
    return torch.logsumexp(v, 0) - math.log(len(v))


def donsker_varadhan(of_joint: Tensor, of_product: Tensor) -> Tensor:
    """``E_p v - log E_q exp(v)``, nats, shape []; best at ``v = log p/q`` (Donsker and Varadhan; X, appendix C)."""
    return of_joint.mean() - log_mean_exp(of_product)

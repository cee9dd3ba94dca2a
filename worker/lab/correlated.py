"""Correlated Gaussians: a source on which every divergence between joint and product is known."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.distributions import DiagonalGaussian, StandardNormal
from worker.objectives.contract import Sample
from worker.objectives.duals import DUALS
from worker.rng import Noise

REACH = 9.0
"""Standard deviations that a quadrature goes out: beyond lie less than 1e-18 of either density."""
MOST = 300.0
"""Nats of log p/q: beyond it one density is nothing beside the other, and its square root can still be written."""
TICKS = 900
"""Of a quadrature along each axis, from 0 to the reach."""


@dataclass(frozen=True)
class Correlated:
    """x ~ N(0, 1) and z = rho x + sqrt(1 - rho^2) n: a linear-Gaussian encoder under its own aggregated posterior.

    ``I(x; z) = -1/2 log(1 - rho^2)``

    Args:
        rho: correlation of x and z, inside (-1, 1).
    """

    rho: float

    @classmethod
    def of_information(cls, nats: float) -> "Correlated":
        """Those with I(x; z) = ``nats``."""
        return cls(math.sqrt(-math.expm1(-2 * nats)))

    @property
    def information(self) -> float:
        """I(x; z), nats."""
        return -0.5 * math.log1p(-(self.rho**2))

    def log_ratio(self, x: Tensor, z: Tensor) -> Tensor:
        """``log p(x, z) - log p(x) p(z)``, nats, of the shape of x and z."""
        rest = 1 - self.rho**2
        return self.information - (self.rho**2 * (x.square() + z.square()) - 2 * self.rho * x * z) / (2 * rest)

    def sample(self, count: int, noise: Noise) -> Sample:
        """Pairs as a term sees them: x as images of one pixel in [0, 1], which its critic reads from -1 to 1."""
        x = noise.normal(count, 1)
        posterior = DiagonalGaussian(self.rho * x, torch.full_like(x, math.sqrt(1 - self.rho**2)))
        images = ((x + 1) / 2)[:, :, None, None]
        return Sample(x=images, draw=posterior.rsample(noise), marginal=StandardNormal(1))

    def truth(self, kind: str) -> float:
        """The divergence between p(x, z) and p(x) p(z) that an information term of this kind bounds."""
        return TRUTHS[kind](self)

    def by_quadrature(self, kind: str) -> float:
        """An f-divergence as its dual under the best critic, a sum over the plane.

        ``int p T(v) - q f*(T(v))`` with p(x, z) and q = p(x) p(z), along ``(x + z) / sqrt 2`` and ``(x - z) / sqrt 2``,
        where both densities are even: the midpoints of one quarter are enough.
        """
        width = REACH * math.sqrt(1 + abs(self.rho)) / TICKS
        ticks = (torch.arange(TICKS, dtype=torch.float64) + 0.5) * width
        a, b = torch.meshgrid(ticks, ticks, indexing="ij")
        log_q = -0.5 * (a.square() + b.square()) - math.log(2 * math.pi)
        r = self.log_ratio((a + b) / math.sqrt(2), (a - b) / math.sqrt(2)).clamp(-MOST, MOST)
        dual = DUALS[kind]
        v = dual.best(r)
        each = (log_q + r).exp() * dual.output(v) - log_q.exp() * dual.conjugate(v)
        return float(4 * width**2 * each.sum())


TRUTHS: dict[str, Callable[[Correlated], float]] = {
    "kl": lambda pairs: pairs.information,
    "donsker_varadhan": lambda pairs: pairs.information,
    "js": lambda pairs: pairs.by_quadrature("js"),
    # the sum of rho^2k over k >= 1, by Mehler's formula
    "pearson": lambda pairs: pairs.rho**2 / (1 - pairs.rho**2),
    # 2 - 2 int sqrt(p q)
    "hellinger": lambda pairs: 2 - 2 * (1 - pairs.rho**2) ** 0.25 / (1 - pairs.rho**2 / 4) ** 0.5,
    "tv": lambda pairs: pairs.by_quadrature("tv"),
}

"""The fixed logistic marginal of unit variance (V, section 4)."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from backend.spec import Architecture, LogisticMarginal
from worker.distributions import Draw
from worker.encoders.contract import Encoder
from worker.marginals.contract import Marginal
from worker.networks.contract import ImageShape
from worker.rng import Noise

SCALE = math.sqrt(3) / math.pi
"""Of unit variance."""


@dataclass(frozen=True)
class UnitLogistic:
    """prod_d logistic(z_d; 0, s) with ``s = sqrt(3) / pi``, the scale of unit variance (V, section 4).

    ``log m(z_d) = log sigmoid(z_d / s) + log sigmoid(-z_d / s) - log s``
    """

    dimensions: int

    def sample(self, rows: int, noise: Noise) -> Tensor:
        """The quantile at Phi(n) of normal noise n, ``s (log Phi(n) - log Phi(-n))``, exact far out in the tails."""
        normal = noise.normal(rows, self.dimensions)
        z: Tensor = SCALE * (torch.special.log_ndtr(normal) - torch.special.log_ndtr(-normal))
        return z

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    def log_prob(self, draw: Draw) -> Tensor:
        return self.log_prob_each(draw).sum(-1)

    def log_prob_each(self, draw: Draw) -> Tensor:
        """log m(z_d) of each dimension, nats, shape [B, latent_dim]."""
        standard = draw.z / SCALE
        return F.logsigmoid(standard) + F.logsigmoid(-standard) - math.log(SCALE)


class Logistic(Marginal):
    """Nothing is learned."""

    def __init__(self, config: LogisticMarginal, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.distribution = UnitLogistic(architecture.latent_dim)

    def forward(self, encoder: Encoder) -> UnitLogistic:
        return self.distribution

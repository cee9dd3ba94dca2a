"""The diagonal Gaussian and the standard normal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.distributions.contract import Draw
from worker.rng import Noise

_LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class DiagonalGaussian:
    """N(z; loc, diag(scale^2)).

    Args:
        loc: means, shape [B, latent_dim].
        scale: standard deviations, above 0, shape [B, latent_dim].
    """

    loc: Tensor
    scale: Tensor

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def shares_base(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self.loc)

    def __getitem__(self, index: slice | Tensor) -> "DiagonalGaussian":
        return DiagonalGaussian(self.loc[index], self.scale[index])

    def rsample(self, noise: Noise) -> Draw:
        drawn = noise.normal(*self.loc.shape).to(self.loc.dtype)
        return Draw.plain(torch.addcmul(self.loc, self.scale, drawn))

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    def log_prob(self, draw: Draw) -> Tensor:
        return self.log_prob_each(draw).sum(-1)

    def log_prob_each(self, draw: Draw) -> Tensor:
        """log e(z_d|x_b) of each dimension, nats, shape [B, latent_dim]."""
        standard = (draw.z - self.loc) / self.scale
        return -(0.5 * standard.square() + self.scale.log() + 0.5 * _LOG_2PI)

    def pairwise_log_prob(self, draw: Draw) -> Tensor:
        """The square is multiplied out, so that all pairs are one matrix product.

        ``sum_d (z_d - mu_d)^2 / s_d^2 = [z^2, z] . [1/s^2, -2 mu/s^2] + sum_d mu_d^2 / s_d^2``

        Cancellation costs about ``max(mu^2 / s^2)`` units in the last place: call it in float64.
        """
        precision = self.scale.square().reciprocal()
        scaled = self.loc * precision
        constant = -0.5 * (self.loc * scaled).sum(-1) - (self.scale.log() + 0.5 * _LOG_2PI).sum(-1)
        features = torch.cat((draw.z.square(), draw.z), dim=-1)
        weights = torch.cat((-0.5 * precision, scaled), dim=-1)
        return torch.addmm(constant, features, weights.T)

    def double(self) -> "DiagonalGaussian":
        return DiagonalGaussian(self.loc.double(), self.scale.double())

    @classmethod
    def cat(cls, parts: Sequence["DiagonalGaussian"]) -> "DiagonalGaussian":
        return cls(torch.cat([part.loc for part in parts]), torch.cat([part.scale for part in parts]))

    def kl_from_standard(self) -> Tensor:
        """KL(N(loc, scale^2) || N(0, 1)) of each dimension, nats, shape [B, latent_dim].

        ``0.5 (mu^2 + s^2 - 1) - log s``
        """
        return 0.5 * (self.loc.square() + self.scale.square() - 1) - self.scale.log()


@dataclass(frozen=True)
class StandardNormal:
    """N(z; 0, I) in ``dimensions`` dimensions."""

    dimensions: int

    def sample(self, rows: int, noise: Noise) -> Tensor:
        return noise.normal(rows, self.dimensions)

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    def log_prob(self, draw: Draw) -> Tensor:
        return self.log_prob_each(draw).sum(-1)

    def log_prob_each(self, draw: Draw) -> Tensor:
        """log m(z_d) of each dimension, nats, shape [B, latent_dim]."""
        return -0.5 * (draw.z.square() + _LOG_2PI)

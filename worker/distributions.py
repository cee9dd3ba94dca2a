"""Distributions over z: the contract of encoders and marginals, the diagonal Gaussian, the categorical, and the rate.

``R = E_e[log e(z|x) - log m(z)]`` is one expression for every pair; a closed form stands in only where it is exact.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor

from worker.rng import Noise

_LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Draw:
    """Latents, and what the encoder's flow made them from: a flow is costly to turn round, and a sampler knows.

    Args:
        z: latents, shape [B, latent_dim].
        base: where they lay before the flow, shape [B, latent_dim]; ``z`` itself where there is none.
    """

    z: Tensor
    base: Tensor

    @classmethod
    def plain(cls, z: Tensor) -> "Draw":
        """Of a distribution without a flow."""
        return cls(z, z)

    def __len__(self) -> int:
        return len(self.z)

    def __getitem__(self, index: slice | Tensor) -> "Draw":
        z = self.z[index]
        return Draw(z, z if self.base is self.z else self.base[index])

    def double(self) -> "Draw":
        """The same in float64."""
        z = self.z.double()
        return Draw(z, z if self.base is self.z else self.base.double())

    @classmethod
    def cat(cls, parts: Sequence["Draw"]) -> "Draw":
        """One batch from several, in order."""
        z = torch.cat([part.z for part in parts])
        without_flow = all(part.base is part.z for part in parts)
        return cls(z, z if without_flow else torch.cat([part.base for part in parts]))


class Marginal(Protocol):
    """m(z), as a distribution."""

    def sample(self, rows: int, noise: Noise) -> Tensor:
        """z ~ m, shape [rows, latent_dim]."""
        ...

    def log_prob(self, draw: Draw) -> Tensor:
        """log m(z), nats, shape [B]."""
        ...


class Posterior(Protocol):
    """e(z|x_b) for a batch of B images."""

    def rsample(self, noise: Noise) -> Draw:
        """One z for each image, differentiable."""
        ...

    def log_prob(self, draw: Draw) -> Tensor:
        """log e(z_b|x_b), nats, shape [B]."""
        ...

    def pairwise_log_prob(self, draw: Draw) -> Tensor:
        """log e(z_m|x_b), nats, shape [M, B], for M latents."""
        ...

    def invert(self, z: Tensor) -> Draw:
        """The draw that a z known from elsewhere would be: row b under e(z|x_b), shape [B, latent_dim]."""
        ...

    @property
    def mean(self) -> Tensor | None:
        """E[z|x_b], shape [B, latent_dim], where it has a closed form."""
        ...

    @property
    def shares_base(self) -> bool:
        """Whether z and its base stand for each other whatever the image: all pairs at once are cheap then."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: slice | Tensor) -> Self: ...

    def double(self) -> Self:
        """The same in float64."""
        ...

    @classmethod
    def cat(cls, parts: Sequence[Self]) -> Self:
        """One batch from several, in order."""
        ...


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
class Categorical:
    """One of K values of z, written as a one-hot vector: few enough to be listed, so that expectations are sums.

    Args:
        log_probs: log e(z_k|x_b), normalised, shape [B, K].
    """

    log_probs: Tensor

    @classmethod
    def of_logits(cls, logits: Tensor) -> "Categorical":
        """From unnormalised logarithms, shape [B, K]."""
        return cls(logits.log_softmax(-1))

    @property
    def mean(self) -> Tensor:
        return self.log_probs.exp()

    @property
    def shares_base(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self.log_probs)

    def __getitem__(self, index: slice | Tensor) -> "Categorical":
        return Categorical(self.log_probs[index])

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    @property
    def support(self) -> Tensor:
        """Every z there is, shape [K, K]."""
        return torch.eye(self.log_probs.shape[-1], dtype=self.log_probs.dtype, device=self.log_probs.device)

    def rsample(self, noise: Noise) -> Draw:
        """Without a gradient: a model sums over :attr:`support` instead."""
        return Draw.plain(_one_hot(self.mean, noise.uniform(len(self.log_probs), 1)))

    def log_prob(self, draw: Draw) -> Tensor:
        return (draw.z * self.log_probs).sum(-1)

    def pairwise_log_prob(self, draw: Draw) -> Tensor:
        return draw.z @ self.log_probs.T

    def double(self) -> "Categorical":
        """Normalised again: what float32 left over is no probability."""
        return Categorical.of_logits(self.log_probs.double())

    @classmethod
    def cat(cls, parts: Sequence["Categorical"]) -> "Categorical":
        return cls(torch.cat([part.log_probs for part in parts]))

    def kl_from(self, marginal: "CategoricalMarginal") -> Tensor:
        """KL(e(z|x_b) || m(z)), nats, shape [B]: ``sum_k e_k (log e_k - log m_k)``"""
        return (self.mean * (self.log_probs - marginal.log_probs)).sum(-1)


@dataclass(frozen=True)
class CategoricalMarginal:
    """m(z) over K one-hot vectors.

    Args:
        log_probs: log m(z_k), normalised, shape [K].
    """

    log_probs: Tensor

    def sample(self, rows: int, noise: Noise) -> Tensor:
        return _one_hot(self.log_probs.exp(), noise.uniform(rows, 1))

    def log_prob(self, draw: Draw) -> Tensor:
        return draw.z @ self.log_probs


def _one_hot(probabilities: Tensor, uniforms: Tensor) -> Tensor:
    """The value whose share of [0, 1) a uniform number falls into, shape [B, K], for uniforms of shape [B, 1]."""
    below = probabilities.detach().cumsum(-1)[..., :-1]  # the last share takes what rounding leaves over
    chosen = (uniforms >= below).sum(-1)
    return torch.nn.functional.one_hot(chosen, probabilities.shape[-1]).to(probabilities.dtype)


@dataclass(frozen=True)
class StandardNormal:
    """N(z; 0, I) in ``dimensions`` dimensions."""

    dimensions: int

    def sample(self, rows: int, noise: Noise) -> Tensor:
        return noise.normal(rows, self.dimensions)

    def log_prob(self, draw: Draw) -> Tensor:
        return -0.5 * (draw.z.square() + _LOG_2PI).sum(-1)


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

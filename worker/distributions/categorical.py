"""Categoricals over one-hot vectors, as e(z|x) and as m(z)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.distributions.contract import Draw
from worker.rng import Noise


@dataclass(frozen=True)
class CategoricalPosterior:
    """One of K values of z, written as a one-hot vector: few enough to be listed, so that expectations are sums.

    Args:
        log_probs: log e(z_k|x_b), normalised, shape [B, K].
    """

    log_probs: Tensor

    @classmethod
    def of_logits(cls, logits: Tensor) -> "CategoricalPosterior":
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

    def __getitem__(self, index: slice | Tensor) -> "CategoricalPosterior":
        return CategoricalPosterior(self.log_probs[index])

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

    def double(self) -> "CategoricalPosterior":
        """Normalised again: what float32 left over is no probability."""
        return CategoricalPosterior.of_logits(self.log_probs.double())

    @classmethod
    def cat(cls, parts: Sequence["CategoricalPosterior"]) -> "CategoricalPosterior":
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

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    def log_prob(self, draw: Draw) -> Tensor:
        return draw.z @ self.log_probs


def _one_hot(probabilities: Tensor, uniforms: Tensor) -> Tensor:
    """The value whose share of [0, 1) a uniform number falls into, shape [B, K], for uniforms of shape [B, 1]."""
    below = probabilities.detach().cumsum(-1)[..., :-1]  # the last share takes what rounding leaves over
    chosen = (uniforms >= below).sum(-1)
    return torch.nn.functional.one_hot(chosen, probabilities.shape[-1]).to(probabilities.dtype)

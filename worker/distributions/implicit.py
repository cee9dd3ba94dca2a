"""Latents that a network makes of an image and noise: a sampler without a density."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from worker.distributions.contract import Draw
from worker.rng import Noise


@dataclass(frozen=True)
class ImplicitSampler:
    """z = g(f(x), eps), eps ~ N(0, I): it can be drawn from, and nobody knows its density or its mean.

    Args:
        features: f(x), what the network saw in each image, shape [B, features].
        carry: g, from features and eps of shape [B, noise_dim] to z of shape [B, latent_dim].
        noise_dim: dimensions of eps.
        dtype: of z; the network computes in that of the features.
    """

    features: Tensor
    carry: Callable[[Tensor, Tensor], Tensor]
    noise_dim: int
    dtype: torch.dtype

    @property
    def mean(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, index: slice | Tensor) -> "ImplicitSampler":
        return replace(self, features=self.features[index])

    def rsample(self, noise: Noise) -> Draw:
        eps = noise.normal(len(self.features), self.noise_dim).to(self.features.dtype)
        return Draw.plain(self.carry(self.features, eps).to(self.dtype))

    def double(self) -> "ImplicitSampler":
        """The same z in float64: without a density nothing is computed of them that needs more of its digits."""
        return replace(self, dtype=torch.float64)

    @classmethod
    def cat(cls, parts: Sequence["ImplicitSampler"]) -> "ImplicitSampler":
        return replace(parts[0], features=torch.cat([part.features for part in parts]))

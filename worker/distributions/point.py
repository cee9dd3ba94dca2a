"""One latent for each image: a sampler without a density."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.distributions.contract import Draw
from worker.rng import Noise


@dataclass(frozen=True)
class PointMass:
    """z = g(x): all of e(z|x) in one place, so that log e(z|x) is infinite there.

    Args:
        z: shape [B, latent_dim].
    """

    z: Tensor

    @property
    def mean(self) -> Tensor:
        return self.z

    def __len__(self) -> int:
        return len(self.z)

    def __getitem__(self, index: slice | Tensor) -> "PointMass":
        return PointMass(self.z[index])

    def rsample(self, noise: Noise) -> Draw:
        return Draw.plain(self.z)

    def double(self) -> "PointMass":
        return PointMass(self.z.double())

    @classmethod
    def cat(cls, parts: Sequence["PointMass"]) -> "PointMass":
        return cls(torch.cat([part.z for part in parts]))

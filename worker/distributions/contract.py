"""The contract of encoders and marginals: what a draw of z is, and what e(z|x) and m(z) can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeGuard, runtime_checkable

import torch
from torch import Tensor

from worker.rng import Noise


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

    def detach(self) -> "Draw":
        """The same without a gradient."""
        z = self.z.detach()
        return Draw(z, z if self.base is self.z else self.base.detach())

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

    def invert(self, z: Tensor) -> Draw:
        """The draw that a z known from elsewhere would be, shape [B, latent_dim]."""
        ...

    def sample(self, rows: int, noise: Noise) -> Tensor:
        """z ~ m, shape [rows, latent_dim]."""
        ...

    def log_prob(self, draw: Draw) -> Tensor:
        """log m(z), nats, shape [B]."""
        ...


@runtime_checkable
class Factorised(Protocol):
    """A density that is a product over the dimensions of z; whatever is one says so by this method."""

    def log_prob_each(self, draw: Draw) -> Tensor:
        """The logarithm of each factor, nats, shape [B, latent_dim]; they add up to ``log_prob``."""
        ...


class Sampler(Protocol):
    """e(z|x_b) for a batch of B images, as far as a model without a density has it."""

    def rsample(self, noise: Noise) -> Draw:
        """One z for each image, differentiable."""
        ...

    @property
    def mean(self) -> Tensor | None:
        """E[z|x_b], shape [B, latent_dim], where it has a closed form."""
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


class Posterior(Sampler, Protocol):
    """e(z|x_b) for a batch of B images, with its density."""

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
    def shares_base(self) -> bool:
        """Whether z and its base stand for each other whatever the image: all pairs at once are cheap then."""
        ...


def has_density(sampler: Sampler) -> TypeGuard[Posterior]:
    """Whether e(z|x) has a density, without which there is no rate."""
    return hasattr(sampler, "log_prob")

"""Distributions that a flow carries: the encoder's posterior and the marginal."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.distributions import DiagonalGaussian, Draw, StandardNormal
from worker.flows.flow import Flow
from worker.rng import Noise

ROWS_AT_ONCE = 512
"""Latents turned round at once: what they need stays in the processor's cache."""


@dataclass(frozen=True)
class FlowPosterior:
    """z = f(base; c), base ~ N(mu(x), diag(sigma(x)^2)): inverse autoregressive flow (B, appendix F.1; Kingma et al.).

    ``log e(z|x) = log N(f^-1(z; c); mu(x), diag(sigma(x)^2))``, for the log-determinant of f is 0.

    A draw knows its base. Without context f is the same for every image, so that the base of a draw serves all of
    them; with context the base under another image takes an inverse for each pair.

    Args:
        base: the Gaussian that the flow starts from, a batch of B.
        flow: f.
        context: what the flow sees of each image, shape [B, size], or None.
    """

    base: DiagonalGaussian
    flow: Flow
    context: Tensor | None

    @property
    def mean(self) -> None:
        return None

    @property
    def shares_base(self) -> bool:
        return self.context is None

    def __len__(self) -> int:
        return len(self.base)

    def __getitem__(self, index: slice | Tensor) -> "FlowPosterior":
        return FlowPosterior(self.base[index], self.flow, None if self.context is None else self.context[index])

    def rsample(self, noise: Noise) -> Draw:
        base = self.base.rsample(noise).z
        return Draw(self.flow(base, self.context), base)

    def invert(self, z: Tensor) -> Draw:
        return Draw(z, self.flow.inverse(z, self.context))

    def log_prob(self, draw: Draw) -> Tensor:
        return self.base.log_prob(Draw.plain(draw.base))

    def pairwise_log_prob(self, draw: Draw) -> Tensor:
        if self.context is None:
            return self.base.pairwise_log_prob(Draw.plain(draw.base))
        count = len(self)
        rows = max(1, ROWS_AT_ONCE // count)
        return torch.cat([self._pairs_by_inverse(draw[start : start + rows].z) for start in range(0, len(draw), rows)])

    def _pairs_by_inverse(self, z: Tensor) -> Tensor:
        """log e(z_m|x_b), shape [M, B]: every z turned round under every image."""
        shape = (len(z), len(self))
        every = torch.arange(len(self), device=z.device).repeat(len(z))
        repeated = self[every]
        return repeated.log_prob(repeated.invert(z.repeat_interleave(len(self), dim=0))).view(shape)

    def double(self) -> "FlowPosterior":
        """The same in float64; the flow computes in the precision of what it is given."""
        return FlowPosterior(self.base.double(), self.flow, None if self.context is None else self.context.double())

    @classmethod
    def cat(cls, parts: Sequence["FlowPosterior"]) -> "FlowPosterior":
        contexts = [part.context for part in parts if part.context is not None]
        base = DiagonalGaussian.cat([part.base for part in parts])
        return cls(base, parts[0].flow, torch.cat(contexts) if contexts else None)


@dataclass(frozen=True)
class FlowDistribution:
    """m(z) = N(f(z); 0, I): masked autoregressive flow (B, appendix F.3; Papamakarios et al.).

    The log-determinant of f is 0. A density is one pass; a sample, f^-1 of normal noise, takes one dimension after the
    other.

    Args:
        flow: f, from z to noise.
        dimensions: of z.
    """

    flow: Flow
    dimensions: int

    def sample(self, rows: int, noise: Noise) -> Tensor:
        return self.flow.inverse(noise.normal(rows, self.dimensions))

    def invert(self, z: Tensor) -> Draw:
        return Draw.plain(z)

    def log_prob(self, draw: Draw) -> Tensor:
        return StandardNormal(self.dimensions).log_prob(Draw.plain(self.flow(draw.z)))

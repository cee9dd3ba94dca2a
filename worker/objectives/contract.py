"""What the terms of the objective are: ``D + rate term + w_d * divergence(q(z), m(z)) - w_i * information(x; z)``."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from worker.model import Terms
from worker.rng import Noise


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where in the training a step is."""

    step: int
    """Steps done before this one."""
    steps: int
    """Of the whole run."""
    steps_per_epoch: int
    pace: float
    """Learning rate of this step over the first one, 0 to 1."""


class RateTerm(nn.Module):
    """The term in R. What it learns while training is in its buffers, and so in every checkpoint."""

    corrections: int = 0
    """How often in a run, at least, :meth:`correct` wants the held-out rate; 0 is never."""

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        """The term to be minimised, nats, shape [].

        Args:
            rate: mean R of the batch, shape [].
            position: where the training is.
        """
        raise NotImplementedError

    def guard(self, marginal: nn.Module) -> None:
        """Told of m(z) before training, for a term that may reward rate: only the encoder and the decoder should."""

    def update(self, rate: Tensor, position: Position) -> None:
        """Learn from a step's batch mean of R, shape []; must not wait for the device."""

    def correct(self, gap: Tensor) -> None:
        """Learn from the held-out rate less the training rate, nats, shape [], of the model as it is."""

    def columns(self, position: Position) -> dict[str, float]:
        """What the history shows of this term."""
        return {}


class Divergence(nn.Module):
    """w_d * divergence(q(z), m(z))."""

    def forward(self, terms: Terms, noise: Noise) -> Tensor:
        """The weighted divergence of a batch, shape []."""
        raise NotImplementedError


class InformationTerm(nn.Module):
    """-w_i * information(x; z)."""

    def forward(self, terms: Terms, x: Tensor, noise: Noise) -> Tensor:
        """The weighted information of a batch, its sign turned so that it is minimised, shape []."""
        raise NotImplementedError


def scalar(value: float) -> Tensor:
    """A learned number, float32, shape []."""
    return torch.tensor(value, dtype=torch.float32)

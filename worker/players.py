"""The players of a training game: each steps its own parameters down its own loss. A VAE has one player."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from worker.data.contract import Batch
from worker.objectives import Losses
from worker.objectives.contract import Position
from worker.rng import Noise

SMALLEST_NORM = 1e-30
"""A gradient block of zeros stays zero instead of becoming 0 / 0."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """One set of parameters and what it minimises."""

    name: str
    parameters: Sequence[nn.Parameter]
    loss: Callable[[Batch, Noise, Position], Losses]
    optimiser: torch.optim.Optimizer
    learning_rate: float
    """Of the first step; the schedule's pace multiplies it."""
    steps: int = 1
    """Steps a round."""
    normalize_gradients: bool = True

    def step(self, batch: Batch, noise: Noise, position: Position) -> Losses:
        """One step on one batch of images."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * position.pace
        self.optimiser.zero_grad(set_to_none=True)
        losses = self.loss(batch, noise, position)
        losses.loss.backward()  # type: ignore[no-untyped-call]
        if self.normalize_gradients:
            normalise_gradients(self.parameters)
        self.optimiser.step()
        return losses


def adam(parameters: Sequence[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    """Adam in one kernel over all parameters: on small models a step costs mostly calls."""
    return torch.optim.Adam(parameters, lr=learning_rate, fused=True)


def normalise_gradients(parameters: Sequence[nn.Parameter]) -> None:
    """Divide the gradient of each parameter block by its Euclidean norm (Yu et al. 2017)."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norms = torch._foreach_norm(gradients)
    torch._foreach_clamp_min_(norms, SMALLEST_NORM)
    torch._foreach_div_(gradients, norms)

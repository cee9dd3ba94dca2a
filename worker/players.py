"""The players of a training game: each steps its own parameters down its own loss. A VAE has one player."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from worker.data.contract import Batch
from worker.objective import Losses
from worker.objectives.contract import Position, Sample
from worker.rng import Noise

SMALLEST_NORM = 1e-30
"""A gradient block of zeros stays zero instead of becoming 0 / 0."""


@dataclass(kw_only=True)
class Round:
    """One batch that every player steps on in turn."""

    batch: Batch
    noise: Noise
    position: Position
    draw: Callable[[Batch, Noise], Sample]
    """Pairs (x, z) of the batch under the model as it stands, without a gradient."""
    _left: Sample | None = None

    def leave(self, sample: Sample | None) -> None:
        """The model leaves the pairs of its step, if it has them, to the players after it."""
        self._left = sample

    def pairs(self, turn: int) -> Sample:
        """The model's own pairs for a player's first step, and the same images with other z for each further one."""
        return self.draw(self.batch, self.noise) if turn or self._left is None else self._left


@dataclass(frozen=True, kw_only=True)
class Player:
    """One set of parameters and what it minimises."""

    name: str
    parameters: Sequence[nn.Parameter]
    loss: Callable[[Round, int], Losses]
    """Of a round, and of which of the player's steps in it: 0, 1, ..."""
    optimiser: torch.optim.Optimizer
    learning_rate: float
    """Of the first step; the schedule's pace multiplies it."""
    steps: int = 1
    """Steps a round."""
    normalize_gradients: bool = True

    def play(self, round_: Round) -> Losses:
        """The player's steps on one batch of images; what the last of them measured."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate * round_.position.pace
        for turn in range(self.steps):
            self.optimiser.zero_grad(set_to_none=True)
            losses = self.loss(round_, turn)
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

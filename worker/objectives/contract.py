"""What the terms of the objective are: ``D + rate term + w_d * divergence(q(z), m(z)) - w_i * information(x; z)``.

A term that needs a network of its own, a discriminator or a critic, names it as an :class:`Opponent`: the training loop
steps it after the model, on the same images.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor, nn

from worker.distributions import Draw, Marginal
from worker.networks.contract import ImageShape
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


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """What the network of a term is built for."""

    shape: ImageShape
    latent_dim: int
    width: float
    """Factor on the units of every network."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Pairs (x, z) of the joint e(z|x) p(x), B of them, each counting the same, and the marginal they are held against.

    Args:
        x: images in [0, 1], shape [B, C, H, W].
        draw: one z of each, with a gradient to the encoder.
        marginal: m(z) as it stands. A divergence moves q(z) towards it and never m(z) itself: its samples and its
            scores are constants. A marginal with parameters is trained by R, or follows q(z) as a player of its own.
    """

    x: Tensor
    draw: Draw
    marginal: Marginal

    @property
    def z(self) -> Tensor:
        """Shape [B, latent_dim]."""
        return self.draw.z

    def __len__(self) -> int:
        return len(self.x)

    def fixed(self) -> "Sample":
        """The same pairs without a gradient."""
        return replace(self, draw=self.draw.detach())

    def of_marginal(self, noise: Noise) -> Tensor:
        """As many z ~ m(z), without a gradient, shape [B, latent_dim]."""
        with torch.no_grad():
            return self.marginal.sample(len(self), noise)


@dataclass(frozen=True)
class Outcome:
    """What a term is worth on a sample, before its weight.

    Args:
        loss: what the model descends, shape []; its gradient is the term's, its value need not be.
        columns: what the history shows of it, without a gradient, shape [] each; ``divergence`` and ``information``
            are the term itself in its own unit.
    """

    loss: Tensor
    columns: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Opponent:
    """A network that a term trains against the model: a discriminator, a critic."""

    name: str
    """Such as ``discriminator``; the history shows its loss as ``discriminator_loss``."""
    field: str
    """Where the specification describes it, such as ``objective.divergence``."""
    shows: str
    """The column of the history that it makes: ``divergence``, ``information`` or ``rate_estimate``."""
    parameters: Sequence[nn.Parameter]
    loss: Callable[[Sample, Noise], Tensor]
    """What it descends on a sample without a gradient, shape []."""
    learning_rate: float
    steps: int
    """For each step of the model."""


class Term(nn.Module):
    """A divergence between q(z) and m(z), or an information term of x and z, from samples."""

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        """The term on a sample.

        Args:
            sample: pairs (x, z) and m(z).
            noise: for samples of m(z), and for the order of shuffled pairs.
        """
        raise NotImplementedError

    def opponents(self) -> tuple[Opponent, ...]:
        """What is trained against the model for this term."""
        return ()


class RateTerm(nn.Module):
    """The term in R. What it learns while training is in its buffers, and so in every checkpoint."""

    corrections: int = 0
    """How often in a run, at least, :meth:`correct` wants the held-out rate; 0 is never."""
    trains_marginal: bool = True
    """Whether the term holds log m(z), which then trains m(z) by maximum likelihood of the codes."""

    def measure(self, rate: Tensor, sample: Sample, noise: Noise) -> Outcome:
        """The R that the term is in, as ``loss``: the mean R of the batch, unless the term has a way of its own.

        Args:
            rate: mean R of the batch, shape []; 0 where e(z|x) has no density, and the term has none either.
            sample: pairs (x, z) and m(z).
            noise: as of :class:`Term`.
        """
        return Outcome(rate)

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        """The term to be minimised, nats, shape [].

        Args:
            rate: what :meth:`measure` found, shape [].
            position: where the training is.
        """
        raise NotImplementedError

    def opponents(self) -> tuple[Opponent, ...]:
        """What is trained against the model for this term."""
        return ()

    def guard(self, marginal: nn.Module) -> None:
        """Told of m(z) before training, for a term that may reward rate: only the encoder and the decoder should."""

    def update(self, rate: Tensor, position: Position) -> None:
        """Learn from a step's R, shape []; must not wait for the device."""

    def correct(self, gap: Tensor) -> None:
        """Learn from the held-out rate less the training rate, nats, shape [], of the model as it is."""

    def taken_over(self) -> None:
        """Told once that what it holds may be from another run, whose settings may have been others."""

    def columns(self, position: Position) -> dict[str, float]:
        """What the history shows of this term."""
        return {}


def scalar(value: float) -> Tensor:
    """A learned number, float32, shape []."""
    return torch.tensor(value, dtype=torch.float32)

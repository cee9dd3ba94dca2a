"""What is minimised, nats per example: ``D + rate term + w_d * divergence - w_i * information``."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from backend import spec
from worker.model import Model, Terms
from worker.objectives.contract import Divergence, InformationTerm, Position, RateTerm
from worker.objectives.rate_terms import Beta, NoTerm, target
from worker.rng import Noise

RATE_TERMS: dict[str, Callable[[Any], RateTerm]] = {
    "none": NoTerm,
    "beta": Beta,
    "target": target,
}


def no_divergence(config: spec.NoDivergence) -> None:
    """The divergence inside the rate is all there is."""


def no_information(config: spec.NoInformation) -> None:
    """Information is not rewarded."""


DIVERGENCES: dict[str, Callable[[Any], Divergence | None]] = {
    "none": no_divergence,
}

INFORMATION_TERMS: dict[str, Callable[[Any], InformationTerm | None]] = {
    "none": no_information,
}


@dataclass(frozen=True)
class Losses:
    """What one step minimises and measures, batch means, nats per example, shape []."""

    loss: Tensor
    rate: Tensor
    distortion: Tensor


class Objective(nn.Module):
    """The sum of the terms of a specification. Its state dict is what the terms learn while training."""

    def __init__(self, config: spec.Objective) -> None:
        super().__init__()
        self.rate_term = RATE_TERMS[config.rate.kind](config.rate)
        self.divergence = DIVERGENCES[config.divergence.kind](config.divergence)
        self.information = INFORMATION_TERMS[config.information.kind](config.information)

    def forward(
        self, model: Model, x: Tensor, noise: Noise, position: Position, importance: Tensor | None = None
    ) -> Losses:
        """The objective of one batch.

        Args:
            model: whose R and D.
            x: images in [0, 1], shape [B, C, H, W].
            noise: for z.
            position: where the training is.
            importance: how much each image counts, shape [B]; None is 1 for all.
        """
        terms: Terms = model(x, noise)
        rate, distortion = (
            (each if importance is None else each * importance).mean() for each in (terms.rate, terms.distortion)
        )
        loss = distortion + self.rate_term(rate, position)
        if self.divergence is not None:
            loss = loss + self.divergence(terms, noise)
        if self.information is not None:
            loss = loss + self.information(terms, x, noise)
        return Losses(loss, rate.detach(), distortion.detach())

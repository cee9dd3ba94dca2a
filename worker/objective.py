"""Joins the terms of an objective: ``D + rate term + w_d * divergence(q(z), m(z)) - w_i * information(x; z)``."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from backend import spec
from worker.data.contract import Batch
from worker.distributions import Sampler
from worker.model import Model, Terms
from worker.networks.contract import ImageShape
from worker.objectives import DIVERGENCES, INFORMATION_TERMS, RATE_TERMS
from worker.objectives.contract import Opponent, Position, Sample, Sizes
from worker.rng import Noise, derive


@dataclass(frozen=True)
class Losses:
    """What one step of a player minimises and measures: batch means, shape [].

    Args:
        loss: what is descended, nats.
        columns: what the history shows, without a gradient, each in its own unit.
        rate: what the rate term is in, without a gradient, nats.
        sample: what the model's opponents train on, without a gradient.
    """

    loss: Tensor
    columns: dict[str, Tensor] = field(default_factory=dict)
    rate: Tensor | None = None
    sample: Sample | None = None


class Objective(nn.Module):
    """The sum of the terms of a specification. Its state dict is what the terms learn while training.

    Args:
        config: the terms and their weights.
        sizes: what their own networks are built for.
    """

    def __init__(self, config: spec.Objective, sizes: Sizes) -> None:
        super().__init__()
        self.rate_term = RATE_TERMS[config.rate.kind](config.rate, sizes)
        self.divergence = DIVERGENCES[config.divergence.kind](config.divergence, sizes)
        self.information = INFORMATION_TERMS[config.information.kind](config.information, sizes)
        self._sampled = bool(self.divergence or self.information or self.rate_term.opponents())
        self._weights = [getattr(config.divergence, "weight", 0.0), -getattr(config.information, "weight", 0.0)]

    def opponents(self) -> tuple[Opponent, ...]:
        """Every network that a term trains against the model."""
        terms = (self.rate_term, self.divergence, self.information)
        return tuple(opponent for term in terms if term is not None for opponent in term.opponents())

    @property
    def marginal_follows(self) -> bool:
        """Whether m(z) is to be trained beside the model, for R is measured against it and no rate term trains it."""
        return not self.rate_term.trains_marginal

    def forward(self, model: Model, batch: Batch, noise: Noise, position: Position) -> Losses:
        """The objective of one batch.

        Args:
            model: whose R and D.
            batch: images, and how much each counts.
            noise: for z, and for the terms.
            position: where the training is.
        """
        terms: Terms = model(batch.x, noise)
        distortion = _mean(terms.distortion, batch.importance)
        columns = {"distortion": distortion.detach()}
        if terms.rate is None:
            rate = torch.zeros_like(distortion)
        else:
            rate = _mean(terms.rate, batch.importance)
            columns = {"rate": rate.detach(), **columns}
        if not self._sampled:
            loss = distortion + self.rate_term(rate, position)
            return Losses(loss, {"loss": loss.detach(), **columns}, rate.detach())
        sample = _resampled(Sample(x=batch.x, draw=terms.draw, marginal=terms.marginal), terms.posterior, batch, noise)
        measured = self.rate_term.measure(rate, sample, noise)
        loss = distortion + self.rate_term(measured.loss, position)
        columns |= measured.columns
        for term, weight in zip((self.divergence, self.information), self._weights, strict=True):
            if term is not None:
                outcome = term(sample, noise)
                columns |= outcome.columns
                if weight:  # at 0 it is only watched
                    loss = loss + weight * outcome.loss
        return Losses(loss, {"loss": loss.detach(), **columns}, measured.loss.detach(), sample.fixed())


def build_objective(run: spec.RunSpec, shape: ImageShape) -> Objective:
    """An objective on the CPU whose networks start from the run's seed alone."""
    architecture = run.architecture
    sizes = Sizes(shape=shape, latent_dim=architecture.latent_dim, width=architecture.width)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(run.seed, "objective"))
        return Objective(run.objective, sizes)


def _mean(each: Tensor, importance: Tensor | None) -> Tensor:
    return (each if importance is None else each * importance).mean()


def pairs_of(model: Model, batch: Batch, noise: Noise) -> Sample:
    """Pairs (x, z) of a batch under the model as it stands, without a gradient."""
    with torch.no_grad():
        posterior: Sampler = model.encoder(batch.x)
        sample = Sample(x=batch.x, draw=posterior.rsample(noise), marginal=model.m())
        return _resampled(sample, posterior, batch, noise)


def _resampled(sample: Sample, posterior: Sampler, batch: Batch, noise: Noise) -> Sample:
    """The pairs of a batch as they are; of weighted images as many drawn by their weights, each with a z of its own."""
    if batch.importance is None:
        return sample
    ends = batch.importance.double().cumsum(0)
    chosen = torch.searchsorted(ends, noise.uniform(len(ends)).double() * ends[-1], right=True)
    return Sample(x=batch.x[chosen], draw=posterior[chosen].rsample(noise), marginal=sample.marginal)

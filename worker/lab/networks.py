"""The network version of proposition 1 of I: the program's own training on the data set ``two-points``."""

from typing import Any

import torch

from backend.datasets import DATASETS
from backend.expand import expand
from worker.data.contract import Data
from worker.data.prepare import prepare
from worker.data.two_points import two_points
from worker.distributions import DiagonalGaussian
from worker.lab.plain import rounded
from worker.model import Model
from worker.observing import Observer, SilentObserver
from worker.rng import StepNoise
from worker.train import train

SEEDS = (0, 1)
LAMBDA = 500.0
METHODS: dict[str, dict[str, Any]] = {
    "elbo": {"method": "vae"},
    "infovae": {"method": "infovae", "alpha": 0.0, "lambda": LAMBDA},
}
SETTINGS: dict[str, Any] = {"epochs": 300, "objective": {"rate": {"anneal_epochs": 60}}}
"""KL annealing: a code costs R at once and saves D only when the decoder has learned to read it."""
COUNTS_FROM = 0.1
"""Nats: below it the codes say nothing, and where they lie is no matter."""


class _Stoppable(SilentObserver):
    """Keeps nothing of a training, but asks whether to stop."""

    def __init__(self, outer: Observer) -> None:
        self.outer = outer

    def check(self) -> None:
        self.outer.check()


def trained(objective: str, seed: int, observer: Observer) -> tuple[Model, Data]:
    """A model of the data set's own networks, and its data.

    Args:
        objective: of :data:`METHODS`.
        seed: of the run.
        observer: may stop it.
    """
    facts = DATASETS["two-points"]
    spec = expand({"dataset": facts.name, "seed": seed, **METHODS[objective], **SETTINGS}, DATASETS).spec
    data = prepare(spec.dataset, facts, two_points(facts, observer), "cpu")
    return train(spec, data, device="cpu", observer=_Stoppable(observer), checkpoint_s=float("inf")).model, data


def measured(model: Model, data: Data) -> dict[str, Any]:
    """Where the codes lie on held-out images: c = E |mean|, s = E scale, R and D in nats, and whether R says enough."""
    noise = StepNoise(0, "lab/networks", torch.device("cpu")).at(0)
    x = data.test.batch(torch.arange(len(data.test)), noise)
    with torch.no_grad():
        posterior = model.encoder(x)
        terms = model(x, noise)
    assert isinstance(posterior, DiagonalGaussian)
    assert terms.rate is not None
    rate = rounded(terms.rate.mean())
    return {
        "c": rounded(posterior.loc.abs().mean()),
        "s": rounded(posterior.scale.mean()),
        "rate": rate,
        "counts": rate > COUNTS_FROM,
        "distortion": rounded(terms.distortion.mean()),
    }

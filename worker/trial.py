"""What follows training, timed in small pieces on a model that is not trained."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from backend.spec import RunSpec
from worker.data.contract import Data
from worker.distributions import Draw
from worker.estimators import ESTIMATORS
from worker.estimators.contract import Encoded
from worker.model import Model
from worker.observing import Observer
from worker.pictures import AVERAGED, COUNT
from worker.rng import StepNoise
from worker.stopwatch import Enough, Rows, now

PIECE_S = 0.3
"""Seconds, roughly, of each thing that is timed."""
FEW = 8
"""Images whose codes stand for all others."""
PAIRS_TRIED = (64, 256, 1024)
"""Examples on which the estimators are timed, up to the first that takes long: their cost grows with the pairs."""


class Trial:
    """A model that is not trained, and the pieces of work that follow training."""

    def __init__(
        self, model: Model, spec: RunSpec, data: Data, images: int, device: torch.device, observer: Observer
    ) -> None:
        self.model, self.spec, self.data, self.device, self.observer = model, spec, data, device, observer
        self.noise = StepNoise(spec.seed, "timing", device).at(0)
        self.x = data.train.batch(torch.zeros(images, dtype=torch.long, device=device), self.noise)

    def image_s(self) -> float:
        """Rate and distortion of one image."""
        return self._repeated(lambda: self.model(self.x, self.noise)) / len(self.x)

    def rate_s(self) -> float:
        """The rate alone of one image."""
        return self._repeated(lambda: self.model.rate(self.x, self.noise)) / len(self.x)

    def estimators_s(self) -> float:
        """Every estimator on the whole test split."""
        few = self.x[:FEW]
        terms = self.model(few, self.noise)
        posterior, draw, rate = terms.posterior.double(), terms.draw.double(), terms.rate.double()
        took, whole = 0.0, len(self.data.test)
        count = 0
        for tried in PAIRS_TRIED:
            copies = max(1, min(tried, whole) // len(few))
            count = copies * len(few)
            encoded = Encoded(
                posterior=type(posterior).cat([posterior] * copies),
                draw=Draw.cat([draw] * copies),
                rate=rate.repeat(copies),
                spec=self.spec,
            )
            took = self._once(partial(self._estimate, encoded))
            if 16 * took > PIECE_S or count >= whole:
                break
        return took * max(1.0, whole / count) ** 2

    def _estimate(self, encoded: Encoded) -> None:
        for config in self.spec.evaluation.estimators:
            ESTIMATORS[config.kind](config, encoded, self.observer.check)

    def draw_s(self) -> float:
        """Reconstructions and generations: of each one draw, and the mean of several."""
        count = min(COUNT, len(self.data.shown))
        began = now(self.device)
        z = self.model.m().sample(count, self.noise)
        return now(self.device) - began + 2 * (self._sheet_s(z, 1) + self._sheet_s(z, AVERAGED))

    def _sheet_s(self, z: Tensor, draws: int) -> float:
        """One sheet; a decoder that draws row after row is stopped after a few, which stand for all."""
        rows = Rows(PIECE_S, self.device, self.observer)
        try:
            return self._once(lambda: self.model.decoder.sample(z, draws, self.noise, rows))
        except Enough:
            return rows.row_s * self.data.shape.height

    def _repeated(self, work: Callable[[], Any]) -> float:
        """Seconds of one time, after one that does not count."""
        first = self._once(work)
        if first > PIECE_S:
            return first
        began, times = now(self.device), 0
        while times == 0 or time.monotonic() - began < PIECE_S:
            self.observer.check()
            work()
            times += 1
        return (now(self.device) - began) / times

    def _once(self, work: Callable[[], Any]) -> float:
        self.observer.check()
        began = now(self.device)
        work()
        return now(self.device) - began

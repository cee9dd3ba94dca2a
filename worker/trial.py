"""What follows training, timed in small pieces on a model that is not trained."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from backend.spec import RunSpec, TruePosteriorEstimator
from worker.data.contract import Data, Split
from worker.distributions import Draw, has_density
from worker.estimators import ESTIMATORS
from worker.estimators.codes import MOST_EXAMPLES as MOST_CODES
from worker.estimators.codes import codes
from worker.estimators.contract import Encoded
from worker.estimators.mutual_information import mixture_information
from worker.estimators.pairs import MOST_INVERTED
from worker.estimators.per_dimension import MOST_EXAMPLES
from worker.evaluate import evaluate
from worker.model import Model
from worker.observing import Observer
from worker.pictures import AVERAGED, COUNT
from worker.rng import StepNoise
from worker.stopwatch import Enough, Rows, now

PIECE_S = 0.3
"""Seconds, roughly, of each thing that is timed."""
FEW = 8
"""Images whose codes stand for all others."""
SOME = 64
"""Examples, or draws, that an estimator is timed on first."""


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
        """Every estimator on the whole test split, and the shape of q(z).

        Beyond :data:`MOST_EXAMPLES` only the mixture over all pairs grows; a flow that sees x is spared that, and what
        has no density.
        """
        whole, posterior = len(self.data.test), self._encoded(1).posterior
        capped = has_density(posterior) and not posterior.shares_base
        most = min(whole, MOST_INVERTED if capped else MOST_EXAMPLES)
        took = self._grown(self._estimate, SOME, most, 2) + self._grown(self._shape, SOME, min(whole, MOST_CODES), 2)
        took += sum(self._sampled_s(each) for each in self._sampled)
        encoded = self._encoded(most)
        if capped or whole == most or encoded.implicit:
            return took
        known, _ = encoded.known()
        mixture_s = self._once(lambda: mixture_information(known, encoded.draw, self.observer.check))
        return took + ((whole / most) ** 2 - 1) * mixture_s

    def _encoded(self, count: int) -> Encoded:
        """So many examples, or a few more, all copies of a few."""
        terms = self.model(self.x[:FEW], self.noise)
        copies = math.ceil(count / len(terms.draw))
        posterior = type(terms.posterior).cat([terms.posterior.double()] * copies)
        return Encoded(
            posterior=posterior,
            draw=Draw.cat([terms.draw.double()] * copies),
            rate=None if terms.rate is None else terms.rate.double().repeat(copies),
            distortion=terms.distortion.double().repeat(copies),
            model=self.model,
            spec=self.spec,
            test=Split(images=self.data.test.images[:1].expand(len(terms.draw) * copies, -1, -1, -1)),
        )

    def _estimate(self, count: int) -> None:
        encoded = self._encoded(count)
        for config in self.spec.evaluation.estimators:
            if config not in self._sampled:
                ESTIMATORS[config.kind](config, encoded, self.observer.check)

    def _shape(self, count: int) -> None:
        codes(self._encoded(count), self.observer.check)

    @property
    def _sampled(self) -> list[TruePosteriorEstimator]:
        """Those whose configs say how much work they are, however long the test split is."""
        return [each for each in self.spec.evaluation.estimators if isinstance(each, TruePosteriorEstimator)]

    def _sampled_s(self, config: TruePosteriorEstimator) -> float:
        def work(samples: int) -> None:
            one = config.model_copy(update={"images": 1, "samples": samples})
            ESTIMATORS[config.kind](one, self._encoded(1), self.observer.check)

        return min(config.images, len(self.data.test)) * self._grown(work, SOME, config.samples, 1)

    def _grown(self, work: Callable[[int], None], first: int, most: int, power: int) -> float:
        """Seconds of work of size ``most`` that grows with a power of its size: doubled until it can be told."""
        size = min(first, most)
        while True:
            took = self._once(partial(work, size))
            if size == most or took > PIECE_S:
                return took * (most / size) ** power
            size = min(2 * size, most)

    def whole_s(self) -> float:
        """All of it, pictures too, where the data is few images with their probabilities."""
        return self._once(lambda: evaluate(self.model, self.spec, self.data, observer=self.observer))

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

"""What an estimator is: from the encoded evaluation examples to numbers with errors and guarantees."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from backend.results import Estimate, InformationInterval
from backend.spec import RunSpec
from worker.data.contract import Split
from worker.distributions import Draw, Posterior, Sampler, has_density
from worker.estimators.aggregate import Aggregate, aggregate
from worker.model import Model
from worker.rng import numpy_generator


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoded:
    """The evaluation examples under the encoder, in float64.

    Where the data is a distribution over N images and not a sample of one, they are S draws of z for each image, one
    draw of every image after the other; S is 1 where none is needed.

    Args:
        posterior: e(z|x_n), a batch of N, or of S * N.
        draw: one sample of each.
        rate: R of each example, nats, shape [N] or [S * N]; None where e(z|x) has no density.
        distortion: D of each example, nats, shape [N] or [S * N].
        model: the model that is measured.
        spec: its run.
        weights: probability of each image, float64, shape [N], where the data is a distribution.
        test: the split that they are of, in its order; None where they are a part of it, or made by hand.
    """

    posterior: Sampler
    draw: Draw
    rate: Tensor | None
    distortion: Tensor
    model: Model
    spec: RunSpec
    weights: Tensor | None = None
    test: Split | None = None
    _taken: list[Aggregate] = field(default_factory=list, init=False, repr=False)

    @property
    def implicit(self) -> bool:
        """Whether e(z|x) has no density: then there is no rate, and no I(x;z) by a mixture."""
        return self.rate is None

    def known(self) -> tuple[Posterior, Tensor]:
        """The posterior with its density, and R of each example.

        Raises:
            ValueError: there is no density.
        """
        if self.rate is None or not has_density(self.posterior):
            raise ValueError("e(z|x) has no density")
        return self.posterior, self.rate

    def some(self, most: int, stream: str) -> "Encoded":
        """At most so many of the examples, drawn, never the first ones; always the same for one stream and N.

        Of a distribution as many draws of all images as fit, at least one: a part of the images would be another one.
        """
        count = len(self.draw)
        if count <= most:
            return self
        if self.weights is None:
            chosen = torch.from_numpy(numpy_generator(0, stream).permutation(count)[:most])
        else:
            chosen = torch.arange(max(1, most // len(self.weights)) * len(self.weights))
        chosen = chosen.to(self.distortion.device)
        return replace(
            self,
            posterior=self.posterior[chosen],
            draw=self.draw[chosen],
            rate=None if self.rate is None else self.rate[chosen],
            distortion=self.distortion[chosen],
            test=None,
        )

    def aggregate(self, check: Callable[[], None]) -> Aggregate:
        """q(z) of a distribution, taken once for all estimators that ask: behind a flow that sees x it takes a while.

        Raises:
            ValueError: the examples are a sample, whose q(z) nobody knows, or e(z|x) has no density.
        """
        if self.weights is None:
            raise ValueError("only of a distribution is q(z) known")
        if not self._taken:
            posterior, _ = self.known()
            self._taken.append(aggregate(posterior, self.draw, self.weights, check))
        return self._taken[0]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an estimator found."""

    estimates: dict[str, Estimate] = field(default_factory=dict)
    arrays: dict[str, list[float]] = field(default_factory=dict)
    information: InformationInterval | None = None


Measure = Callable[[Encoded, Callable[[], None]], Findings]
"""(encoded examples, check) to findings; ``check`` is called between chunks and raises to stop."""

Estimator = Callable[[Any, Encoded, Callable[[], None]], Findings]
"""A measure with a config before the rest."""


def undefined(**facts: Any) -> Estimate:
    """What a model without a density does not have: nothing is invented in its place.

    Args:
        facts: the other fields of the estimate.
    """
    return Estimate(value=None, flags=("implicit",), **facts)


def mean_over(each: Tensor, weights: Tensor | None) -> Tensor:
    """Mean over the first dimension of values [N, ...]; over a distribution, of S draws of all images [S * N, ...]."""
    if weights is None:
        return each.mean(0)
    draws = each.view(-1, len(weights), *each.shape[1:])
    # shifted by the first draw, so that the mean of equal ones is that one to the last bit
    mean: Tensor = torch.tensordot(weights, draws[0] + (draws - draws[0]).mean(0), dims=1)
    return mean


def mean_estimate(each: Tensor, weights: Tensor | None = None, **facts: Any) -> Estimate:
    """Mean and standard error of independent values.

    ``sd / sqrt(N)`` for a sample. Over a distribution the mean is ``sum_n w_n mean_s v_sn``, and what is left of error
    is that of the draws: ``sqrt(sum_n w_n^2 var_s(v_sn) / S)``, none where a single one is exact.

    Args:
        each: values, shape [N]; over a distribution S draws of all images, shape [S * N].
        weights: probabilities of the images, shape [N]; None for a sample.
        facts: the other fields of the estimate.
    """
    value = float(mean_over(each, weights))
    if weights is None:
        return Estimate(value=value, stderr=float(each.std() / math.sqrt(len(each))), **facts)
    draws = each.view(-1, len(weights))
    variance = draws.var(dim=0) / len(draws) if len(draws) > 1 else torch.zeros_like(weights)
    return Estimate(value=value, stderr=float((weights.square() * variance).sum().sqrt()), **facts)

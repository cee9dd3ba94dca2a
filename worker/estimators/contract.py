"""What an estimator is: from the encoded evaluation examples to numbers with errors and guarantees."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from backend.results import Estimate, InformationInterval
from backend.spec import RunSpec
from worker.distributions import Draw, Posterior
from worker.model import Model
from worker.rng import numpy_generator

LARGEST_ERROR = 0.01
"""Nats. A mixture whose densities are known no better says nothing: the encoder's scales are far too small."""


@dataclass(frozen=True)
class Distribution:
    """What else is known where the data is a distribution over N images and not a sample of one.

    The examples are S draws of z for each image, one draw of every image after the other; S is 1 where none is needed.

    Args:
        weights: probability of each image, float64, shape [N].
        distortion: D of each example, nats, shape [S * N].
        model: the model that is measured.
    """

    weights: Tensor
    distortion: Tensor
    model: Model


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """The evaluation examples under the encoder, in float64.

    Args:
        posterior: e(z|x_n), a batch of N.
        draw: one sample of each.
        rate: R of each example, nats, shape [N].
        spec: the run that is measured.
        distribution: more, where the data is a distribution itself.
    """

    posterior: Posterior
    draw: Draw
    rate: Tensor
    spec: RunSpec
    distribution: Distribution | None = None

    def some(self, most: int, stream: str) -> "Encoded":
        """At most so many of the examples, drawn, never the first ones; always the same for one stream and N."""
        count = len(self.draw)
        if count <= most:
            return self
        chosen = torch.from_numpy(numpy_generator(0, stream).permutation(count)[:most]).to(self.rate.device)
        return Encoded(posterior=self.posterior[chosen], draw=self.draw[chosen], rate=self.rate[chosen], spec=self.spec)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an estimator found."""

    estimates: dict[str, Estimate] = field(default_factory=dict)
    arrays: dict[str, list[float]] = field(default_factory=dict)
    information: InformationInterval | None = None


Estimator = Callable[[Any, Encoded, Callable[[], None]], Findings]
"""(config, encoded examples, check) to findings; ``check`` is called between chunks and raises to stop."""


def mean_over(each: Tensor, weights: Tensor | None) -> Tensor:
    """Mean over the first dimension of values [N, ...]; over a distribution, of S draws of all images [S * N, ...]."""
    if weights is None:
        return each.mean(0)
    mean: Tensor = torch.tensordot(weights, each.view(-1, len(weights), *each.shape[1:]).mean(0), dims=1)
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

"""What an estimator is: from the encoded evaluation examples to numbers with errors and guarantees."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from backend.results import Estimate, InformationInterval
from backend.spec import RunSpec
from worker.distributions import Draw, Posterior


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """The evaluation examples under the encoder, in float64.

    Args:
        posterior: e(z|x_n), a batch of N.
        draw: one sample of each.
        rate: R of each example, nats, shape [N].
        spec: the run that is measured.
    """

    posterior: Posterior
    draw: Draw
    rate: Tensor
    spec: RunSpec


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an estimator found."""

    estimates: dict[str, Estimate] = field(default_factory=dict)
    arrays: dict[str, list[float]] = field(default_factory=dict)
    information: InformationInterval | None = None


Estimator = Callable[[Any, Encoded, Callable[[], None]], Findings]
"""(config, encoded examples, check) to findings; ``check`` is called between chunks and raises to stop."""


def mean_estimate(each: Tensor, **facts: Any) -> Estimate:
    """Mean and standard error of independent values, shape [N]: ``sd / sqrt(N)``."""
    return Estimate(value=float(each.mean()), stderr=float(each.std() / math.sqrt(len(each))), **facts)

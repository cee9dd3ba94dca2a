"""The likelihoods of a pixel."""

from collections.abc import Callable
from typing import Any

from worker.likelihoods.bernoulli import Bernoulli
from worker.likelihoods.categorical import Categorical
from worker.likelihoods.contract import Likelihood
from worker.likelihoods.gaussian import Gaussian

LIKELIHOODS: dict[str, Callable[[Any], Likelihood]] = {
    "bernoulli": Bernoulli,
    "categorical": Categorical,
    "gaussian": Gaussian,
}

"""The marginals m(z)."""

from collections.abc import Callable
from typing import Any

from backend.spec import Architecture
from worker.marginals.categorical import Categorical
from worker.marginals.contract import Marginal
from worker.marginals.flow import Flow
from worker.marginals.logistic import Logistic
from worker.marginals.normal import Normal
from worker.marginals.vamp import Vamp
from worker.networks.contract import ImageShape

MARGINALS: dict[str, Callable[[Any, Architecture, ImageShape], Marginal]] = {
    "normal": Normal,
    "flow": Flow,
    "vamp": Vamp,
    "logistic": Logistic,
    "categorical": Categorical,
}

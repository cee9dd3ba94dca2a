"""The encoders e(z|x)."""

from collections.abc import Callable
from typing import Any

from backend.spec import Architecture
from worker.encoders.categorical import Categorical
from worker.encoders.contract import Encoder
from worker.encoders.deterministic import Deterministic
from worker.encoders.flow import Flow
from worker.encoders.gaussian import Gaussian
from worker.encoders.implicit import Implicit
from worker.networks.contract import ImageShape

ENCODERS: dict[str, Callable[[Any, Architecture, ImageShape], Encoder]] = {
    "gaussian": Gaussian,
    "flow": Flow,
    "categorical": Categorical,
    "deterministic": Deterministic,
    "implicit": Implicit,
}

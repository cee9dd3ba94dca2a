"""The marginals m(z)."""

from collections.abc import Callable
from typing import Any

from backend.spec import Architecture
from worker.marginals.contract import Marginal
from worker.marginals.normal import Normal
from worker.networks.contract import ImageShape

MARGINALS: dict[str, Callable[[Any, Architecture, ImageShape], Marginal]] = {
    "normal": Normal,
}

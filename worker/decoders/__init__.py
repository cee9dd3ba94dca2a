"""The decoders d(x|z)."""

from collections.abc import Callable
from typing import Any

from backend.spec import Architecture
from worker.decoders.categorical import Categorical
from worker.decoders.contract import Decoder
from worker.decoders.factorised import Factorised
from worker.decoders.pixelcnn import Autoregressive
from worker.networks.contract import ImageShape

DECODERS: dict[str, Callable[[Any, Architecture, ImageShape], Decoder]] = {
    "factorised": Factorised,
    "categorical": Categorical,
    "pixelcnn": Autoregressive,
}

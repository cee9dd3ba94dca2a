"""Dense layers, for the encoder and the decoder."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

from torch import Tensor, nn

from backend.spec import MlpNetwork
from worker.networks.contract import FeatureNetwork, ImageNetwork, ImageShape, scaled
from worker.networks.gated import gated_linear
from worker.networks.rectified import SLOPES, rectified_linear

LAYERS: dict[str, Callable[[int, int], nn.Module]] = {
    "gated": gated_linear,
    "relu": partial(rectified_linear, slope=SLOPES["relu"]),
    "leaky_relu": partial(rectified_linear, slope=SLOPES["leaky_relu"]),
}
"""(inputs, outputs) to a layer with its units, by ``activation``."""


def _hidden(config: MlpNetwork, inputs: int, width: float) -> tuple[nn.Module, int]:
    units = scaled(config.units, width)
    sizes = [inputs] + [units] * config.layers
    layer = LAYERS[config.activation]
    return nn.Sequential(*(layer(a, b) for a, b in pairwise(sizes))), units


class MlpFeatures(FeatureNetwork):
    """The image flattened, then ``layers`` layers of ``units``."""

    def __init__(self, config: MlpNetwork, shape: ImageShape, width: float) -> None:
        super().__init__()
        pixels = shape.channels * shape.height * shape.width
        self.layers, self.features = _hidden(config, pixels, width)

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.layers(x.flatten(1))
        return features


class MlpImage(ImageNetwork):
    """``layers`` layers of ``units``, then one linear layer to every output of every pixel."""

    def __init__(self, config: MlpNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int) -> None:
        super().__init__()
        self.shape = (outputs, shape.height, shape.width)
        self.layers, units = _hidden(config, latent_dim, width)
        self.last = nn.Linear(units, outputs * shape.height * shape.width)

    def forward(self, z: Tensor) -> Tensor:
        image: Tensor = self.last(self.layers(z))
        return image.view(len(z), *self.shape)

"""The PixelCNN: one stack of masked convolutions."""

import math

from backend.spec import PixelCnnNetwork
from worker.networks import masks
from worker.networks.autoregressive import INPUT, CausalNetwork
from worker.networks.causal import CausalConv, Field
from worker.networks.contract import ImageShape, scaled

FIRST = Field(up=3, left=3, right=3)
"""A 7 x 7 kernel, of which the rows below are never read."""
LATER = Field(up=1, left=1, right=1)
"""A 3 x 3 kernel, the same."""


class PixelCnn(CausalNetwork):
    """A 7 x 7 convolution under mask A, then 3 x 3 ones under mask B around which the signal is carried, all gated.

    Paper X names 12 layers and no more; kernels and masks are those of van den Oord et al. 2016 (Pixel recurrent neural
    networks), z enters as in paper B. One stack has a blind spot, which PixelCNN++ has not: a wedge above a pixel and
    to its right is never seen, however many layers there are.

    Args:
        config: number of layers and features.
        shape: of an image.
        width: factor on the features.
        latent_dim: dimensions of z.
        outputs: of each pixel.
    """

    def __init__(self, config: PixelCnnNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int) -> None:
        features = scaled(config.features, width)
        super().__init__(shape, latent_dim, features, outputs)
        mask = masks.of_input(masks.before(FIRST), masks.up_to(FIRST), shape.channels)
        last = self.add(CausalConv(self.input_channels, features, FIRST, mask=mask), INPUT)
        for _ in range(config.layers - 1):
            layer = CausalConv(
                features,
                features,
                LATER,
                mask=masks.up_to(LATER).expand(features, -1, -1),
                gain=1 / math.sqrt(config.layers),
            )
            last = self.add(layer, last, residual=last)

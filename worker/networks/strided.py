"""The strided convolutions of X, tables 5, 6 and 8, for images of any size.

A stride of 2 rounds the size up. X's decoders start from z as a map of one pixel, behind a 1 x 1 convolution, and take
one doubling more than the encoder has halvings, or with table 5 do not reach the size of the image. Here the first
layer spreads z over a map as large as the encoder's last one (where that is one pixel: X's 1 x 1 convolution), and each
doubling lands on the size that the encoder had there.
"""

from itertools import pairwise

from torch import Tensor, nn

from backend.spec import StridedNetwork
from worker.networks.contract import FeatureNetwork, ImageNetwork, ImageShape, scaled
from worker.networks.rectified import SLOPES, doubling, halving, rectifier, sizes_of, spread


class StridedFeatures(FeatureNetwork):
    """A 4 x 4 convolution of stride 2 for each entry of ``channels``; the features are the last map, flattened."""

    def __init__(self, config: StridedNetwork, shape: ImageShape, width: float) -> None:
        super().__init__()
        slope = SLOPES[config.activation]
        channels = [shape.channels, *(scaled(each, width) for each in config.channels)]
        sizes = sizes_of(shape.height, shape.width, len(config.channels))
        layers: list[nn.Module] = []
        for (below, above), size in zip(pairwise(channels), sizes, strict=False):
            layers += [halving(below, above, size, slope), rectifier(slope)]
        self.layers = nn.Sequential(*layers, nn.Flatten())
        self.features = channels[-1] * sizes[-1][0] * sizes[-1][1]

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.layers(x)
        return features


class StridedImage(ImageNetwork):
    """z spread over the last map, then a 4 x 4 upconvolution of stride 2 for each entry of ``channels``, in reverse.

    X's table 5 ends at 28 channels of the full size and does not say how they become one; a linear 1 x 1 convolution is
    ours, for every table.
    """

    def __init__(self, config: StridedNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int) -> None:
        super().__init__()
        slope = SLOPES[config.activation]
        channels = [scaled(each, width) for each in reversed(config.channels)]
        *targets, last = sizes_of(shape.height, shape.width, len(config.channels))
        layers: list[nn.Module] = [nn.Unflatten(1, (latent_dim, 1, 1))]
        layers += [spread(latent_dim, channels[0], last, slope), rectifier(slope)]
        for (below, above), target in zip(pairwise([channels[0], *channels]), reversed(targets), strict=True):
            layers += [doubling(below, above, target, slope), rectifier(slope)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], outputs, 1))

    def forward(self, z: Tensor) -> Tensor:
        image: Tensor = self.layers(z)
        return image

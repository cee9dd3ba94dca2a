"""DCGAN's convolutions with batch normalisation (Radford et al. 2015), for images of any size.

Radford et al. fix 64 x 64 images and four layers between them and a map of 4 x 4. Here a stride of 2 rounds the size
up, so that small images end at one pixel.
"""

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn

from backend.spec import DcganNetwork
from worker.networks.contract import FeatureNetwork, ImageNetwork, ImageShape, scaled
from worker.networks.rectified import SLOPES, doubling, halving, rectifier, sizes_of, spread

LEAKY, RELU = SLOPES["leaky_relu"], SLOPES["relu"]


class Normalised(nn.BatchNorm2d):
    """``(v - mean) / sd * w + b`` of each channel: of the batch while training, and of all batches, running, after it.

    Where a batch has one value for each channel, its standard deviation is not defined: the running one stands in.
    """

    def forward(self, input: Tensor) -> Tensor:
        if self.training and input.numel() == input.shape[1]:
            return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        return super().forward(input)


def _channels(config: DcganNetwork, width: float) -> list[int]:
    return [scaled(config.features * 2**layer, width) for layer in range(config.layers)]


class DcganFeatures(FeatureNetwork):
    """4 x 4 convolutions of stride 2 with leaky units, normalised but for the first; the last map, flattened."""

    def __init__(self, config: DcganNetwork, shape: ImageShape, width: float) -> None:
        super().__init__()
        channels = _channels(config, width)
        first, *others = sizes = sizes_of(shape.height, shape.width, config.layers)
        layers: list[nn.Module] = [halving(shape.channels, channels[0], first, LEAKY), rectifier(LEAKY)]
        for (below, above), size in zip(pairwise(channels), others, strict=False):
            layers += [halving(below, above, size, LEAKY, bias=False), Normalised(above), rectifier(LEAKY)]
        self.layers = nn.Sequential(*layers, nn.Flatten())
        self.features = channels[-1] * sizes[-1][0] * sizes[-1][1]

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.layers(x)
        return features


class DcganImage(ImageNetwork):
    """z spread over the encoder's last map, then 4 x 4 upconvolutions of stride 2 with plain units, all normalised.

    The last upconvolution makes the outputs: it is linear and not normalised.
    """

    def __init__(self, config: DcganNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int) -> None:
        super().__init__()
        channels = _channels(config, width)[::-1]
        whole, *targets, last = sizes_of(shape.height, shape.width, config.layers)
        layers: list[nn.Module] = [nn.Unflatten(1, (latent_dim, 1, 1))]
        layers += [spread(latent_dim, channels[0], last, RELU, bias=False), Normalised(channels[0]), rectifier(RELU)]
        for (below, above), target in zip(pairwise(channels), reversed(targets), strict=True):
            layers += [doubling(below, above, target, RELU, bias=False), Normalised(above), rectifier(RELU)]
        self.layers = nn.Sequential(*layers, doubling(channels[-1], outputs, whole, RELU))

    def forward(self, z: Tensor) -> Tensor:
        image: Tensor = self.layers(z)
        return image

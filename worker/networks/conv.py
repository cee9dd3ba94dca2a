"""The gated convolutions and deconvolutions of paper B, appendix F, for images of any size.

The paper's listing is for 28 x 28 x 1. Here a stride of 2 rounds the size up, the 7 x 7 kernel without padding becomes
a kernel of the size that remains, and each deconvolution of stride 2 lands on the size the encoder had there.
"""

from torch import Tensor, nn

from backend.spec import ConvNetwork
from worker.networks.contract import FeatureNetwork, ImageNetwork, ImageShape, scaled
from worker.networks.gated import gated_conv, gated_doubling, gated_spread

FIVE = (5, 5)


def halved(size: int) -> int:
    """Size after a stride of 2: rounded up."""
    return (size + 1) // 2


class ConvFeatures(FeatureNetwork):
    """Conv 32-5-1, 32-5-2, 64-5-1, 64-5-2 (same), 256-rest-1 (valid); depth-kernel-stride."""

    def __init__(self, config: ConvNetwork, shape: ImageShape, width: float) -> None:
        super().__init__()
        small, large, self.features = scaled(32, width), scaled(64, width), scaled(256, width)
        rest = (halved(halved(shape.height)), halved(halved(shape.width)))
        self.layers = nn.Sequential(
            gated_conv(shape.channels, small, FIVE, padding=2),
            gated_conv(small, small, FIVE, stride=2, padding=2),
            gated_conv(small, large, FIVE, padding=2),
            gated_conv(large, large, FIVE, stride=2, padding=2),
            gated_conv(large, self.features, rest),
            nn.Flatten(),
        )

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = self.layers(x)
        return features


class ConvImage(ImageNetwork):
    """Deconv 64-rest-1 (valid), 64-5-1, 64-5-2, 32-5-1, 32-5-2, 32-4-1 (same), linear conv 5-1.

    A deconvolution of stride 1 with "same" padding is a convolution with the kernel turned round, and is written so.
    """

    def __init__(self, config: ConvNetwork, shape: ImageShape, width: float, latent_dim: int, outputs: int) -> None:
        super().__init__()
        small, large = scaled(32, width), scaled(64, width)
        half = (halved(shape.height), halved(shape.width))
        rest = (halved(half[0]), halved(half[1]))
        self.layers = nn.Sequential(
            nn.Unflatten(1, (latent_dim, 1, 1)),
            gated_spread(latent_dim, large, rest),
            gated_conv(large, large, FIVE, padding=2),
            gated_doubling(large, large, rest, half),
            gated_conv(large, small, FIVE, padding=2),
            gated_doubling(small, small, half, (shape.height, shape.width)),
            nn.ZeroPad2d((1, 2, 1, 2)),  # the "same" padding of an even kernel
            gated_conv(small, small, (4, 4)),
            nn.Conv2d(small, outputs, 5, padding=2),
        )

    def forward(self, z: Tensor) -> Tensor:
        image: Tensor = self.layers(z)
        return image

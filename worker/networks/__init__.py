"""The networks inside encoders and decoders."""

from collections.abc import Callable
from typing import Any

from worker.networks.contract import AutoregressiveNetwork, ImageShape, NetworkFamily
from worker.networks.conv import ConvFeatures, ConvImage
from worker.networks.dcgan import DcganFeatures, DcganImage
from worker.networks.mlp import MlpFeatures, MlpImage
from worker.networks.pixelcnn import PixelCnn
from worker.networks.pixelcnnpp import PixelCnnPlusPlus
from worker.networks.strided import StridedFeatures, StridedImage

NETWORKS: dict[str, NetworkFamily] = {
    "conv": NetworkFamily(to_features=ConvFeatures, to_image=ConvImage),
    "mlp": NetworkFamily(to_features=MlpFeatures, to_image=MlpImage),
    "strided": NetworkFamily(to_features=StridedFeatures, to_image=StridedImage),
    "dcgan": NetworkFamily(to_features=DcganFeatures, to_image=DcganImage),
}

AUTOREGRESSIVE_NETWORKS: dict[str, Callable[[Any, ImageShape, float, int, int], AutoregressiveNetwork]] = {
    "pixelcnnpp": PixelCnnPlusPlus,
    "pixelcnn": PixelCnn,
}
"""(config, image shape, width factor, latent_dim, outputs a pixel)."""

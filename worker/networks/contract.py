"""What a network is: from an image to features for the encoder, from z to an image for the decoder."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class ImageShape:
    """Size of an image; tensors of images are [B, channels, height, width]."""

    height: int
    width: int
    channels: int


class FeatureNetwork(nn.Module):
    """x in [-1, 1], shape [B, C, H, W], to features of shape [B, features]."""

    features: int

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class ImageNetwork(nn.Module):
    """z, shape [B, latent_dim], to the outputs of every pixel, shape [B, outputs, H, W]."""

    def forward(self, z: Tensor) -> Tensor:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NetworkFamily:
    """The two directions of one kind of network."""

    to_features: Callable[[Any, ImageShape, float], FeatureNetwork]
    """(config, image shape, width factor)."""
    to_image: Callable[[Any, ImageShape, float, int, int], ImageNetwork]
    """(config, image shape, width factor, latent_dim, outputs a pixel)."""


def scaled(units: int, width: float) -> int:
    """Channels or units after the width factor, at least one."""
    return max(1, math.ceil(units * width))

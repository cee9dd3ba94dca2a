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


Choose = Callable[[Tensor, int, int], Tensor]
"""(outputs of one pixel, shape [N, outputs]; row; column) to the pixel drawn there, in [0, 1], shape [N, C]."""


class AutoregressiveNetwork(nn.Module):
    """The outputs of every pixel, computed from z and from the pixels before it in raster order.

    The channels of one pixel do not see each other.
    """

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """All pixels at once.

        Args:
            x: images in [0, 1], shape [B, C, H, W].
            z: latents, shape [B, latent_dim].

        Returns:
            shape [B, outputs, H, W]; at a pixel a function of z and the pixels before it.
        """
        raise NotImplementedError

    def draw(self, z: Tensor, draws: int, choose: Choose, check: Callable[[], None]) -> Tensor:
        """Images drawn pixel by pixel; a pixel costs the work of a pixel, and what z gives is computed once for each z.

        Args:
            z: latents, shape [B, latent_dim].
            draws: images for each z; N = B * draws, the draws of one z side by side.
            choose: called for each pixel in raster order.
            check: called at each row; raises to stop.

        Returns:
            shape [B, draws, C, H, W], without a gradient.
        """
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

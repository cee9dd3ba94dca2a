"""Pairs (x, z) as a critic reads them."""

import torch
from torch import Tensor

from worker.objectives.contract import Sizes


def pair_width(sizes: Sizes) -> int:
    """Numbers in a pair."""
    shape = sizes.shape
    return shape.channels * shape.height * shape.width + sizes.latent_dim


def paired(x: Tensor, z: Tensor) -> Tensor:
    """Every image, scaled to [-1, 1], beside its latents: shape [B, pixels + latent_dim]."""
    return torch.cat((2 * x.flatten(1) - 1, z), dim=1)

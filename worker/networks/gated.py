"""Layers with B's activation: ``h(x) = (W1 x + b1) * sigmoid(W2 x + b2)``, both products in one matrix."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn


class Gated(nn.Module):
    """A linear layer of twice the outputs along dimension 1, halved by its gate."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return F.glu(self.layer(x), dim=1)


def gated_linear(inputs: int, outputs: int) -> Gated:
    """[B, inputs] to [B, outputs]."""
    return Gated(nn.Linear(inputs, 2 * outputs))


def gated_conv(inputs: int, outputs: int, kernel: int | tuple[int, int], **options: Any) -> Gated:
    """[B, inputs, H, W] to [B, outputs, H', W']."""
    return Gated(nn.Conv2d(inputs, 2 * outputs, kernel, **options))


def gated_deconv(inputs: int, outputs: int, kernel: int | tuple[int, int], **options: Any) -> Gated:
    """The same with a transposed convolution."""
    return Gated(nn.ConvTranspose2d(inputs, 2 * outputs, kernel, **options))

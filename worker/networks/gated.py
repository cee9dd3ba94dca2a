"""Layers with B's activation: ``h(x) = (W1 x + b1) * sigmoid(W2 x + b2)``, both products in one matrix."""

import math

import torch.nn.functional as F
from torch import Tensor, nn

GATE_SQUARED = 0.293
"""E[sigmoid(g)^2] for g ~ N(0, 1): what the gate leaves of a signal's variance."""


def start_gated(weight: Tensor, fan_in: float, dim: int = 0, gain: float = 1.0) -> None:
    """Draw the weights of a gated layer so that the variance of a signal is multiplied by ``gain^2``.

    torch's own start loses nine tenths of it in each gated layer, and a decoder of seven such layers learns to ignore
    z before z reaches it.

    Args:
        weight: the first half of its outputs is W1, the second W2.
        fan_in: inputs that add up to one output, over all weights that do.
        dim: where the outputs are.
        gain: standard deviation of the output for inputs of variance 1.
    """
    values, gates = weight.data.chunk(2, dim)
    values.normal_(0, gain * math.sqrt(1 / (GATE_SQUARED * fan_in)))
    gates.normal_(0, math.sqrt(1 / fan_in))


def gate(both: Tensor) -> Tensor:
    """``a * sigmoid(b)`` of maps whose channels are all of a, then all of b.

    On the CPU it runs along the last dimension of maps in channels-last layout: torch's gate along any other gives its
    gradient back in the default layout, and every layer below would convert it.

    Args:
        both: shape [B, 2 * channels, H, W].

    Returns:
        shape [B, channels, H, W].
    """
    if both.is_cuda:
        return F.glu(both, dim=1)
    return F.glu(both.permute(0, 2, 3, 1), dim=3).permute(0, 3, 1, 2)


class Gated(nn.Module):
    """A linear layer of twice the outputs along dimension 1, halved by its gate; a signal keeps its variance.

    Args:
        layer: the linear layer; its first half of outputs is W1, the second W2.
        fan_in: inputs that add up to one output.
    """

    def __init__(self, layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, fan_in: float) -> None:
        super().__init__()
        self.layer = layer
        start_gated(layer.weight, fan_in, dim=1 if isinstance(layer, nn.ConvTranspose2d) else 0)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.glu(self.layer(x), dim=1)


def gated_linear(inputs: int, outputs: int) -> Gated:
    """[B, inputs] to [B, outputs]."""
    return Gated(nn.Linear(inputs, 2 * outputs), inputs)


def gated_conv(inputs: int, outputs: int, kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> Gated:
    """[B, inputs, H, W] to [B, outputs, H', W']."""
    layer = nn.Conv2d(inputs, 2 * outputs, kernel, stride, padding)
    return Gated(layer, inputs * kernel[0] * kernel[1])


def gated_spread(inputs: int, outputs: int, size: tuple[int, int]) -> Gated:
    """[B, inputs, 1, 1] to [B, outputs, *size]: a transposed convolution without padding, one input a pixel."""
    return Gated(nn.ConvTranspose2d(inputs, 2 * outputs, size), inputs)


def gated_doubling(inputs: int, outputs: int, size: tuple[int, int], target: tuple[int, int]) -> Gated:
    """[B, inputs, *size] to [B, outputs, *target]: a transposed convolution of kernel 5 and stride 2.

    Without extra rows it makes 2 n - 1 of a size n; the target is that or one more.
    """
    extra = (target[0] - (2 * size[0] - 1), target[1] - (2 * size[1] - 1))
    layer = nn.ConvTranspose2d(inputs, 2 * outputs, 5, stride=2, padding=2, output_padding=extra)
    return Gated(layer, inputs * 25 / 4)

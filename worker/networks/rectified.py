"""Layers with rectified units, whose start keeps a signal's scale, and the convolutions that halve and double a map."""

import math

from torch import nn

SLOPES = {"relu": 0.0, "leaky_relu": 0.2}
"""Of a unit below 0 (X, tables 5 to 8; Radford et al. 2015)."""
KERNEL = 4
"""Rows and columns of a convolution of stride 2 (X, tables 5, 6 and 8)."""


def start_rectified(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d, fan_in: float, slope: float) -> None:
    """Draw the weights of a layer that rectified units follow so that a signal keeps its mean square (He et al. 2015).

    ``w ~ N(0, 2 / ((1 + slope^2) fan_in))``. torch's own start leaves a third of it or less in each layer, and of ten
    layers the last hears nothing of the first.

    Args:
        layer: the linear layer; its bias becomes 0.
        fan_in: inputs that add up to one output.
        slope: of a unit below 0.
    """
    nn.init.normal_(layer.weight, std=math.sqrt(2 / ((1 + slope**2) * fan_in)))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def rectifier(slope: float) -> nn.Module:
    """``max(v, slope * v)``."""
    return nn.LeakyReLU(slope) if slope else nn.ReLU()


def rectified_linear(inputs: int, outputs: int, slope: float) -> nn.Module:
    """[B, inputs] to [B, outputs]."""
    layer = nn.Linear(inputs, outputs)
    start_rectified(layer, inputs, slope)
    return nn.Sequential(layer, rectifier(slope))


def halving(inputs: int, outputs: int, size: tuple[int, int], slope: float, *, bias: bool = True) -> nn.Conv2d:
    """[B, inputs, *size] to [B, outputs, H', W'], half of the size rounded up, before any unit.

    Two rows and columns of zeros around an even size; before an odd one another.
    """
    around = (1 + size[0] % 2, 1 + size[1] % 2)
    layer = nn.Conv2d(inputs, outputs, KERNEL, stride=2, padding=around, bias=bias)
    start_rectified(layer, inputs * KERNEL**2, slope)
    return layer


def doubling(
    inputs: int, outputs: int, target: tuple[int, int], slope: float, *, bias: bool = True
) -> nn.ConvTranspose2d:
    """[B, inputs, *size] to [B, outputs, *target], of a size that :func:`halving` makes of the target: its adjoint."""
    odd = (target[0] % 2, target[1] % 2)
    layer = nn.ConvTranspose2d(
        inputs, outputs, KERNEL, stride=2, padding=(1 + odd[0], 1 + odd[1]), output_padding=odd, bias=bias
    )
    start_rectified(layer, inputs * KERNEL**2 / 4, slope)
    return layer


def spread(inputs: int, outputs: int, size: tuple[int, int], slope: float, *, bias: bool = True) -> nn.ConvTranspose2d:
    """[B, inputs, 1, 1] to [B, outputs, *size]: every place of the map has weights of its own."""
    layer = nn.ConvTranspose2d(inputs, outputs, size, bias=bias)
    start_rectified(layer, inputs, slope)
    return layer


def sizes_of(height: int, width: int, layers: int) -> list[tuple[int, int]]:
    """Of the image and of every map after it, each half of the one before, rounded up: ``layers + 1`` of them."""
    found = [(height, width)]
    for _ in range(layers):
        height, width = (height + 1) // 2, (width + 1) // 2
        found.append((height, width))
    return found

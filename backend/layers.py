"""The layers of every network, counted as they are made: what they learn, and what they keep for the gradient."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backend.datasets import DatasetFacts
from backend.spec import (
    AutoregressiveNetwork,
    ConvNetwork,
    DcganNetwork,
    MlpNetwork,
    Network,
    PixelCnnPlusPlusNetwork,
    StridedNetwork,
)


@dataclass(frozen=True)
class Layer:
    """What one layer adds to the size of a model."""

    parameters: int
    values: int
    """Numbers that a step keeps of it for the gradient, for each image."""


@dataclass(frozen=True)
class Reader:
    """The network inside an encoder."""

    layers: list[Layer]
    features: int
    """Its outputs."""


def scaled(units: int, width: float) -> int:
    """Channels or units after the width factor, at least one."""
    return max(1, math.ceil(units * width))


def linear(inputs: int, outputs: int, kernel: int = 1, places: int = 1) -> Layer:
    """A dense layer or a convolution, and its bias."""
    return Layer(outputs * (inputs * kernel + 1), outputs * places)


def gated(inputs: int, outputs: int, kernel: int = 1, places: int = 1, shortcuts: int = 0) -> Layer:
    """The same with a gate, which has twice the outputs before it; shortcuts are read at their own place."""
    return Layer(2 * outputs * (inputs * kernel + shortcuts + 1), (3 * outputs + shortcuts) * places)


def relu(inputs: int, outputs: int, kernel: int = 1, places: int = 1, normalised: bool = False) -> Layer:
    """The same with plain units, which keep their outputs alone; batch normalisation has a weight, and its inputs."""
    return Layer(outputs * (inputs * kernel + 1 + normalised), outputs * places * (1 + normalised))


def leaky(inputs: int, outputs: int, kernel: int = 1, places: int = 1, normalised: bool = False) -> Layer:
    """The same with leaky units, which keep what they are given."""
    return Layer(outputs * (inputs * kernel + 1 + normalised), outputs * places * (2 + normalised))


_UNITS: dict[str, Callable[..., Layer]] = {"gated": gated, "relu": relu, "leaky_relu": leaky}


def reader(network: Network, facts: DatasetFacts, width: float) -> Reader:
    """From an image to features."""
    return _READERS[network.kind](network, facts, width)


def drawer(network: Network, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    """From z to the outputs of every pixel."""
    return _DRAWERS[network.kind](network, facts, width, latent_dim)


def _places(facts: DatasetFacts, halvings: int) -> list[int]:
    """Pixels of a map as large as the image, of half its size, of a quarter, ...; halves round up."""
    height, width = facts.height, facts.width
    found = [height * width]
    for _ in range(halvings):
        height, width = math.ceil(height / 2), math.ceil(width / 2)
        found.append(height * width)
    return found


def _mlp(network: MlpNetwork, width: float, inputs: int) -> tuple[list[Layer], int]:
    units, layer = scaled(network.units, width), _UNITS[network.activation]
    return [layer(a, b) for a, b in pairwise([inputs, *[units] * network.layers])], units


def _read_mlp(network: MlpNetwork, facts: DatasetFacts, width: float) -> Reader:
    return Reader(*_mlp(network, width, facts.pixels))


def _draw_mlp(network: MlpNetwork, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    layers, units = _mlp(network, width, latent_dim)
    return [*layers, linear(units, facts.pixels)]


def _read_conv(network: ConvNetwork, facts: DatasetFacts, width: float) -> Reader:
    small, large, features = scaled(32, width), scaled(64, width), scaled(256, width)
    whole, half, rest = _places(facts, 2)
    layers = [
        gated(facts.channels, small, 25, whole),
        gated(small, small, 25, half),
        gated(small, large, 25, half),
        gated(large, large, 25, rest),
        gated(large, features, rest),
    ]
    return Reader(layers, features)


def _draw_conv(network: ConvNetwork, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    small, large = scaled(32, width), scaled(64, width)
    whole, half, rest = _places(facts, 2)
    return [
        gated(latent_dim, large, rest, rest),
        gated(large, large, 25, rest),
        gated(large, large, 25, half),
        gated(large, small, 25, half),
        gated(small, small, 25, whole),
        gated(small, small, 16, whole),
        linear(small, facts.channels, 25, whole),
    ]


def _read_strided(network: StridedNetwork, facts: DatasetFacts, width: float) -> Reader:
    layer = _UNITS[network.activation]
    channels = [facts.channels, *(scaled(each, width) for each in network.channels)]
    places = _places(facts, len(network.channels))[1:]
    layers = [layer(a, b, 16, here) for (a, b), here in zip(pairwise(channels), places, strict=True)]
    return Reader(layers, channels[-1] * places[-1])


def _draw_strided(network: StridedNetwork, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    layer = _UNITS[network.activation]
    channels = [scaled(each, width) for each in reversed(network.channels)]
    *targets, last = _places(facts, len(network.channels))
    ups = zip(pairwise([channels[0], *channels]), reversed(targets), strict=True)
    return [
        Layer(channels[0] * (latent_dim * last + 1), layer(latent_dim, channels[0], 1, last).values),
        *(layer(a, b, 16, here) for (a, b), here in ups),
        linear(channels[-1], facts.channels, 1, targets[0]),
    ]


def _read_dcgan(network: DcganNetwork, facts: DatasetFacts, width: float) -> Reader:
    channels = [scaled(network.features * 2**layer, width) for layer in range(network.layers)]
    first, *places = _places(facts, network.layers)[1:]
    others = zip(pairwise(channels), places, strict=True)
    layers = [
        leaky(facts.channels, channels[0], 16, first),
        *(leaky(a, b, 16, here, normalised=True) for (a, b), here in others),
    ]
    return Reader(layers, channels[-1] * [first, *places][-1])


def _draw_dcgan(network: DcganNetwork, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    channels = [scaled(network.features * 2**layer, width) for layer in reversed(range(network.layers))]
    whole, *targets, last = _places(facts, network.layers)
    ups = zip(pairwise(channels), reversed(targets), strict=True)
    return [
        Layer(channels[0] * (latent_dim * last + 2), relu(latent_dim, channels[0], 1, last, normalised=True).values),
        *(relu(a, b, 16, here, normalised=True) for (a, b), here in ups),
        linear(channels[-1], facts.channels, 16, whole),
    ]


_READERS: dict[str, Callable[[Any, DatasetFacts, float], Reader]] = {
    "conv": _read_conv,
    "mlp": _read_mlp,
    "strided": _read_strided,
    "dcgan": _read_dcgan,
}
_DRAWERS: dict[str, Callable[[Any, DatasetFacts, float, int], list[Layer]]] = {
    "conv": _draw_conv,
    "mlp": _draw_mlp,
    "strided": _draw_strided,
    "dcgan": _draw_dcgan,
}


def causal(network: AutoregressiveNetwork, facts: DatasetFacts, width: float, latent_dim: int) -> list[Layer]:
    """z spread over the image, the masked convolutions, and what they say of each pixel."""
    features, whole = scaled(network.features, width), facts.height * facts.width
    inputs = facts.channels + 1
    if network.kind == "pixelcnn":
        layers = [gated(inputs, features, 28, whole), *[gated(features, features, 6, whole)] * (network.layers - 1)]
    else:
        layers = _stacks(network, features, inputs, _places(facts, 2))
    return [gated(latent_dim, whole), *layers, linear(features, facts.channels, 1, whole)]


def _stacks(network: PixelCnnPlusPlusNetwork, features: int, inputs: int, places: list[int]) -> list[Layer]:
    """Vertical and horizontal stack, down to the third size and up again."""

    def pair(places: int) -> list[Layer]:
        return [gated(features, features, kernel, places) for kernel in (6, 4)]

    def resnets(places: int, shortcuts: int) -> list[Layer]:
        first = [
            gated(features, features, kernel, places, shortcuts=(shortcuts + beside) * features)
            for beside, kernel in enumerate((6, 4))
        ]
        return [*first, *pair(places)] * network.resnets

    layers = [gated(inputs, features, kernel, places[0]) for kernel in (9, 6)]
    for level, here in enumerate(places):
        resize = pair(here) if level else []  # once on the way down to a smaller size
        doubled = pair(here) if level < len(places) - 1 else []  # and once on the way up to a larger one
        layers += [*resize, *doubled, *resnets(here, 0), *resnets(here, 1)]
    return layers

"""How large a model is, and what a training step of it keeps, counted from the specification alone."""

import math
from dataclasses import dataclass
from itertools import pairwise

from backend.datasets import DatasetFacts
from backend.spec import (
    Architecture,
    AutoregressiveNetwork,
    FlowEncoder,
    FlowMarginal,
    MlpNetwork,
    Network,
    PixelCnnPlusPlusNetwork,
    RunSpec,
)

_A_PAIR = 2
"""Numbers kept of a z under a pseudo-input: its weighted log density, in float64."""


@dataclass(frozen=True)
class Layer:
    """What one layer adds to the size of a model."""

    parameters: int
    values: int
    """Numbers that a step keeps of it for the gradient, for each image."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Numbers that a training step keeps for the gradient: the outputs of all layers before and after their gates."""

    images: int
    """For the batch, in encoder, decoder and flows."""
    pseudo_inputs: int
    """For the pseudo-inputs of a VampPrior: every step encodes all of them, and weighs every z under each."""

    @property
    def total(self) -> int:
        return self.images + self.pseudo_inputs


def parameters(spec: RunSpec, facts: DatasetFacts) -> dict[str, int]:
    """Learned numbers of encoder, decoder and marginal."""
    architecture = spec.architecture
    marginal = architecture.marginal
    found = {
        "encoder": _parameters([*_gaussian(architecture, facts), *_flow(architecture.encoder, architecture)]),
        "decoder": _parameters(_decoder(architecture, facts)),
        "marginal": _parameters(_flow(marginal, architecture)),
    }
    if architecture.encoder.kind == "categorical":
        found["encoder"] = 2 * architecture.latent_dim
    if architecture.decoder.kind == "categorical":
        found["decoder"] = 2 * architecture.latent_dim
    if marginal.kind == "vamp":
        found["marginal"] = marginal.pseudo_inputs * (facts.pixels + 1)
    if marginal.kind == "categorical":
        found["marginal"] = architecture.latent_dim
    return found


def kept(spec: RunSpec, facts: DatasetFacts) -> Kept:
    """What one training step keeps for the gradient."""
    architecture, marginal = spec.architecture, spec.architecture.marginal
    gaussian = _values(_gaussian(architecture, facts))
    beside = [
        *_flow(architecture.encoder, architecture),
        *_decoder(architecture, facts),
        *_flow(marginal, architecture),
    ]
    images = min(spec.training.batch_size, spec.dataset.train_limit or facts.splits["train"])
    pseudo_inputs = marginal.pseudo_inputs if marginal.kind == "vamp" else 0
    return Kept(
        images=images * (facts.pixels + gaussian + _values(beside)),
        pseudo_inputs=pseudo_inputs * (facts.pixels + gaussian + _A_PAIR * images),
    )


def _parameters(layers: list[Layer]) -> int:
    return sum(layer.parameters for layer in layers)


def _values(layers: list[Layer]) -> int:
    return sum(layer.values for layer in layers)


def _scaled(units: int, width: float) -> int:
    return max(1, math.ceil(units * width))


def _linear(inputs: int, outputs: int, kernel: int = 1, places: int = 1) -> Layer:
    """A dense layer or a convolution, and its bias."""
    return Layer(outputs * (inputs * kernel + 1), outputs * places)


def _gated(inputs: int, outputs: int, kernel: int = 1, places: int = 1, shortcuts: int = 0) -> Layer:
    """The same with a gate, which has twice the outputs before it; shortcuts are read at their own place."""
    return Layer(2 * outputs * (inputs * kernel + shortcuts + 1), (3 * outputs + shortcuts) * places)


def _dense(network: MlpNetwork, width: float, inputs: int) -> list[Layer]:
    units = _scaled(network.units, width)
    return [_gated(a, b) for a, b in pairwise([inputs, *[units] * network.layers])]


def _features(network: Network, width: float) -> int:
    """Outputs of an encoder's network."""
    return _scaled(256 if network.kind == "conv" else network.units, width)


def _places(facts: DatasetFacts) -> list[int]:
    """Pixels of a map as large as the image, of half its size, and of a quarter; halves round up."""
    height, width = facts.height, facts.width
    found = [height * width]
    for _ in range(2):
        height, width = math.ceil(height / 2), math.ceil(width / 2)
        found.append(height * width)
    return found


def _gaussian(architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    """From an image to the mean and the scale of z."""
    encoder, width = architecture.encoder, architecture.width
    if encoder.kind == "categorical":
        return []
    features = _features(encoder.network, width)
    ends = [_linear(features, architecture.latent_dim)] * 2
    if encoder.network.kind == "mlp":
        return [*_dense(encoder.network, width, facts.pixels), *ends]
    small, large = _scaled(32, width), _scaled(64, width)
    whole, half, rest = _places(facts)
    return [
        _gated(facts.channels, small, 25, whole),
        _gated(small, small, 25, half),
        _gated(small, large, 25, half),
        _gated(large, large, 25, rest),
        _gated(large, features, rest),
        *ends,
    ]


def _decoder(architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    decoder, width, latent_dim = architecture.decoder, architecture.width, architecture.latent_dim
    if decoder.kind == "categorical":
        return []
    if decoder.kind == "pixelcnn":
        return _causal(decoder.network, architecture, facts)
    whole, half, rest = _places(facts)
    if decoder.network.kind == "mlp":
        units = _scaled(decoder.network.units, width)
        return [*_dense(decoder.network, width, latent_dim), _linear(units, facts.pixels)]
    small, large = _scaled(32, width), _scaled(64, width)
    return [
        _gated(latent_dim, large, rest, rest),
        _gated(large, large, 25, rest),
        _gated(large, large, 25, half),
        _gated(large, small, 25, half),
        _gated(small, small, 25, whole),
        _gated(small, small, 16, whole),
        _linear(small, facts.channels, 25, whole),
    ]


def _causal(network: AutoregressiveNetwork, architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    """z spread over the image, the masked convolutions, and what they say of each pixel."""
    features, whole = _scaled(network.features, architecture.width), facts.height * facts.width
    inputs = facts.channels + 1
    if network.kind == "pixelcnn":
        layers = [_gated(inputs, features, 28, whole), *[_gated(features, features, 6, whole)] * (network.layers - 1)]
    else:
        layers = _stacks(network, features, inputs, _places(facts))
    return [_gated(architecture.latent_dim, whole), *layers, _linear(features, facts.channels, 1, whole)]


def _stacks(network: PixelCnnPlusPlusNetwork, features: int, inputs: int, places: list[int]) -> list[Layer]:
    """Vertical and horizontal stack, down to the third size and up again."""

    def pair(places: int) -> list[Layer]:
        return [_gated(features, features, kernel, places) for kernel in (6, 4)]

    def resnets(places: int, shortcuts: int) -> list[Layer]:
        first = [
            _gated(features, features, kernel, places, shortcuts=(shortcuts + beside) * features)
            for beside, kernel in enumerate((6, 4))
        ]
        return [*first, *pair(places)] * network.resnets

    layers = [_gated(inputs, features, kernel, places[0]) for kernel in (9, 6)]
    for level, here in enumerate(places):
        resize = pair(here) if level else []  # once on the way down to a smaller size
        doubled = pair(here) if level < len(places) - 1 else []  # and once on the way up to a larger one
        layers += [*resize, *doubled, *resnets(here, 0), *resnets(here, 1)]
    return layers


def _flow(part: object, architecture: Architecture) -> list[Layer]:
    """The masked network of each step of a flow, from z and what the flow sees to a mean; other parts have none."""
    if not isinstance(part, FlowEncoder | FlowMarginal):
        return []
    context = 0
    if isinstance(part, FlowEncoder) and part.context:
        context = _features(part.network, architecture.width)
    if architecture.latent_dim == 1 and not context:
        return [Layer(1, 1)] * part.steps
    units = _scaled(part.units, architecture.width)
    sizes = [architecture.latent_dim + context, *[units] * part.layers, architecture.latent_dim]
    return [_linear(a, b) for a, b in pairwise(sizes)] * part.steps

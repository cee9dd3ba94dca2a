"""How large a model is, and what a training step of it keeps, counted from the specification alone."""

from dataclasses import dataclass
from itertools import pairwise

from backend.datasets import DatasetFacts
from backend.layers import Layer, causal, drawer, gated, leaky, linear, reader, scaled
from backend.spec import Architecture, Critic, FlowEncoder, FlowMarginal, RunSpec

_A_PAIR = 2
"""Numbers kept of a z under a pseudo-input: its weighted log density, in float64."""
_PAIRS = {"mmd": 10, "stein": 7}
"""Numbers held for each pair of codes of a batch by a divergence that compares all of them: distances, kernels, their
gradients. Measured at the peak, which is twice what is kept, because batches of some ten thousand are all there is."""
_BATCHES = 2
"""That a critic sees in a step: pairs of two distributions."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Numbers that a training step keeps for the gradient: the outputs of all layers before and after their gates."""

    images: int
    """For the batch, in encoder, decoder, flows and the terms of the objective."""
    pseudo_inputs: int
    """For the pseudo-inputs of a VampPrior: every step encodes all of them, and weighs every z under each."""

    @property
    def total(self) -> int:
        return self.images + self.pseudo_inputs


def parameters(spec: RunSpec, facts: DatasetFacts) -> dict[str, int]:
    """Learned numbers of encoder, decoder and marginal, and of what the objective trains against them."""
    architecture = spec.architecture
    marginal = architecture.marginal
    found = {
        "encoder": _parameters([*_encoder(architecture, facts), *_flow(architecture.encoder, architecture, facts)]),
        "decoder": _parameters(_decoder(architecture, facts)),
        "marginal": _parameters(_flow(marginal, architecture, facts)),
        "objective": _parameters([layer for critic in _critics(spec, facts) for layer in critic]),
    }
    if architecture.encoder.kind == "categorical":
        found["encoder"] = 2 * architecture.latent_dim
    if architecture.decoder.kind == "categorical":
        found["decoder"] = 2 * architecture.latent_dim
    if architecture.likelihood.kind == "gaussian":
        found["decoder"] += 1
    if marginal.kind == "vamp":
        found["marginal"] = marginal.pseudo_inputs * (facts.pixels + 1)
    if marginal.kind == "categorical":
        found["marginal"] = architecture.latent_dim
    return found


def kept(spec: RunSpec, facts: DatasetFacts) -> Kept:
    """What one training step keeps for the gradient."""
    architecture, marginal = spec.architecture, spec.architecture.marginal
    encoder = _values(_encoder(architecture, facts))
    beside = [
        *_flow(architecture.encoder, architecture, facts),
        *_decoder(architecture, facts),
        *_flow(marginal, architecture, facts),
    ]
    critics = sum(_BATCHES * _values(critic) for critic in _critics(spec, facts))
    images = min(spec.training.batch_size, spec.dataset.train_limit or facts.splits["train"])
    pairs = images * _PAIRS.get(spec.objective.divergence.kind, 0)
    pseudo_inputs = marginal.pseudo_inputs if marginal.kind == "vamp" else 0
    return Kept(
        images=images * (facts.pixels + encoder + _values(beside) + critics + pairs),
        pseudo_inputs=pseudo_inputs * (facts.pixels + encoder + _A_PAIR * images),
    )


def _parameters(layers: list[Layer]) -> int:
    return sum(layer.parameters for layer in layers)


def _values(layers: list[Layer]) -> int:
    return sum(layer.values for layer in layers)


def _encoder(architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    """From an image to z, or to what it is drawn from."""
    encoder, latent_dim = architecture.encoder, architecture.latent_dim
    if encoder.kind == "categorical":
        return []
    network = reader(encoder.network, facts, architecture.width)
    end = linear(network.features, latent_dim)
    if encoder.kind == "deterministic":
        return [*network.layers, end]
    if encoder.kind == "implicit":
        return [*network.layers, gated(network.features + encoder.noise_dim, network.features), end]
    return [*network.layers, end, end]


def _decoder(architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    decoder, width, latent_dim = architecture.decoder, architecture.width, architecture.latent_dim
    if decoder.kind == "categorical":
        return []
    if decoder.kind == "pixelcnn":
        return causal(decoder.network, facts, width, latent_dim)
    return drawer(decoder.network, facts, width, latent_dim)


def _flow(part: object, architecture: Architecture, facts: DatasetFacts) -> list[Layer]:
    """The masked network of each step of a flow, from z and what the flow sees to a mean; other parts have none."""
    if not isinstance(part, FlowEncoder | FlowMarginal):
        return []
    context = 0
    if isinstance(part, FlowEncoder) and part.context:
        context = reader(part.network, facts, architecture.width).features
    if architecture.latent_dim == 1 and not context:
        return [Layer(1, 1)] * part.steps
    units = scaled(part.units, architecture.width)
    sizes = [architecture.latent_dim + context, *[units] * part.layers, architecture.latent_dim]
    return [linear(a, b) for a, b in pairwise(sizes)] * part.steps


def _critics(spec: RunSpec, facts: DatasetFacts) -> list[list[Layer]]:
    """The network of every term that trains one, behind what it reads: codes for a divergence, else pairs (x, z)."""
    objective, latent_dim = spec.objective, spec.architecture.latent_dim
    inputs = {"rate": facts.pixels + latent_dim, "divergence": latent_dim, "information": facts.pixels + latent_dim}
    found = []
    for name, read in inputs.items():
        term = getattr(objective, name)
        if isinstance(term, Critic):
            units = scaled(term.units, spec.architecture.width)
            hidden = [leaky(a, b) for a, b in pairwise([read, *[units] * term.layers])]
            found.append([Layer(0, read), *hidden, linear(units, 1)])
    return found

"""Rules between the fields of a specification, and between a field and the data."""

import math

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.spec import Architecture, AutoregressiveNetwork, Dataset, FlowEncoder, FlowMarginal, RunSpec

MAX_LAYER_PARAMETERS = 2**29
"""2 GiB in float32, four times that with Adam: room for every width on MNIST. Beyond it lies a typing error."""


def broken_rules(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """What a specification that is valid field by field still gets wrong."""
    found: list[FieldProblem] = []
    dataset, training, rate = spec.dataset, spec.training, spec.objective.rate
    train = facts.splits["train"]
    if dataset.sha256 != facts.sha256:
        found.append(
            FieldProblem(("dataset", "sha256"), f"{facts.name} here has other content, {facts.sha256}: leave it out")
        )
    if dataset.binarize not in facts.binarizations:
        choices = ", ".join(facts.binarizations)
        found.append(FieldProblem(("dataset", "binarize"), f"{facts.name} has {facts.values} images: choose {choices}"))
    if facts.distribution:
        found += _limits_of_a_distribution(dataset)
    if dataset.train_limit is not None and dataset.train_limit > train:
        found.append(FieldProblem(("dataset", "train_limit"), f"{facts.name} has {train} training images"))
    if dataset.eval_limit is not None and dataset.eval_limit > facts.splits["test"]:
        found.append(FieldProblem(("dataset", "eval_limit"), f"{facts.name} has {facts.splits['test']} test images"))
    anneal = getattr(rate, "anneal_epochs", 0)
    if anneal > training.epochs:
        found.append(
            FieldProblem(
                ("objective", "rate", "anneal_epochs"),
                f"annealing over {anneal} epochs never ends in {training.epochs} epochs of training",
            )
        )
    found += _categorical_parts(spec.architecture, facts)
    if spec.architecture.decoder.kind == "pixelcnn" and min(facts.height, facts.width) < 2:
        found.append(
            FieldProblem(
                ("architecture", "decoder"),
                f"a pixelcnn decoder needs images of at least 2 x 2 pixels; those of {facts.name} are "
                f"{facts.height} x {facts.width}: choose factorised",
            )
        )
    asked = [estimator.kind for estimator in spec.evaluation.estimators]
    if "source_information" in asked and facts.name != "toy":
        found.append(
            FieldProblem(
                ("evaluation", "estimators", asked.index("source_information")),
                f"nobody knows the source of {facts.name}: only toy takes source_information",
            )
        )
    found += _vamp(spec.architecture, dataset.train_limit or train)
    parameters = largest_layer(spec, facts)
    if parameters > MAX_LAYER_PARAMETERS:
        found.append(
            FieldProblem(
                ("architecture", "width"),
                f"the largest layer would hold {parameters:.1e} parameters, over the limit of "
                f"{MAX_LAYER_PARAMETERS:.0e}: lower width, units, latent_dim or pseudo_inputs, or use smaller images",
            )
        )
    return found


def _limits_of_a_distribution(dataset: Dataset) -> list[FieldProblem]:
    return [
        FieldProblem(("dataset", limit), f"{dataset.name} is the distribution itself, not a sample: leave it out")
        for limit in ("train_limit", "eval_limit")
        if getattr(dataset, limit) is not None
    ]


def _categorical_parts(architecture: Architecture, facts: DatasetFacts) -> list[FieldProblem]:
    """A one-hot z is made, weighed and read by categorical parts only, and one-hot images by a categorical likelihood.

    A categorical encoder may have a factorised decoder, which reads the one-hot z as numbers.
    """
    encoder, decoder = architecture.encoder.kind, architecture.decoder.kind
    marginal, likelihood = architecture.marginal.kind, architecture.likelihood.kind
    wrong: list[tuple[str, str]] = []
    if (encoder == "categorical") != (marginal == "categorical"):
        part, other = ("marginal", "encoder") if encoder == "categorical" else ("encoder", "marginal")
        wrong.append((part, f"the {other} is categorical, over one-hot z: the {part} has to be categorical too"))
    if decoder == "categorical" and encoder != "categorical":
        wrong.append(("decoder", f"a categorical decoder reads one-hot z, which an encoder of kind {encoder} lacks"))
    if decoder == "categorical" and likelihood != "categorical":
        wrong.append(("likelihood", "a categorical decoder says which pixel is lit: the likelihood is categorical"))
    if decoder == "pixelcnn" and likelihood == "categorical":
        wrong.append(("likelihood", "a pixelcnn decoder draws one pixel after the other: choose bernoulli"))
    if facts.values != "one-hot":
        wrong += [
            (part, f"is for one-hot images; those of {facts.name} are {facts.values}")
            for part, kind in (("encoder", encoder), ("decoder", decoder), ("likelihood", likelihood))
            if kind == "categorical"
        ]
    return [FieldProblem(("architecture", part), msg) for part, msg in wrong]


def _vamp(architecture: Architecture, images: int) -> list[FieldProblem]:
    """A VampPrior starts from distinct training images, and weighs one z under the encoder of every pseudo-input."""
    encoder, marginal = architecture.encoder, architecture.marginal
    found: list[FieldProblem] = []
    if marginal.kind != "vamp":
        return found
    if marginal.pseudo_inputs > images:
        found.append(
            FieldProblem(
                ("architecture", "marginal", "pseudo_inputs"),
                f"{marginal.pseudo_inputs} pseudo-inputs start from as many training images, of which there are "
                f"{images}: lower architecture.marginal.pseudo_inputs, or raise dataset.train_limit",
            )
        )
    if encoder.kind == "flow" and encoder.context:
        found.append(
            FieldProblem(
                ("architecture", "encoder", "context"),
                "a VampPrior would have to turn a flow that sees x round for every pseudo-input and every z: leave "
                "context false, or choose another marginal",
            )
        )
    return found


def largest_layer(spec: RunSpec, facts: DatasetFacts) -> int:
    """Parameters of the largest single layer, roughly: a gate doubles a layer's outputs."""
    architecture = spec.architecture
    largest = 0
    for part in (architecture.encoder, architecture.decoder):
        if part.kind == "categorical":
            largest = max(largest, architecture.latent_dim * facts.pixels)
            continue
        network = part.network
        if network.kind == "pixelcnnpp" or network.kind == "pixelcnn":
            largest = max(largest, _largest_causal_layer(network, architecture, facts))
        elif network.kind == "mlp":
            units = math.ceil(network.units * architecture.width)
            largest = max(largest, 2 * units * max(units, facts.pixels, architecture.latent_dim))
        else:
            patch = math.ceil(facts.height / 4) * math.ceil(facts.width / 4)
            largest = max(
                largest,
                2 * patch * math.ceil(64 * architecture.width) * math.ceil(256 * architecture.width),
                2 * patch * math.ceil(64 * architecture.width) * architecture.latent_dim,
            )
    for flow in (architecture.encoder, architecture.marginal):
        if flow.kind == "flow":
            largest = max(largest, _largest_masked_layer(flow, architecture))
    if architecture.marginal.kind == "vamp":
        largest = max(largest, architecture.marginal.pseudo_inputs * facts.pixels)
    return largest


def _largest_masked_layer(flow: FlowEncoder | FlowMarginal, architecture: Architecture) -> int:
    """The first layer of a MADE, which reads z and the encoder's features, or one between hidden layers."""
    units = math.ceil(flow.units * architecture.width)
    features = 0
    if isinstance(flow, FlowEncoder) and flow.context:
        features = math.ceil((256 if flow.network.kind == "conv" else flow.network.units) * architecture.width)
    return units * max(units, architecture.latent_dim + features)


def _largest_causal_layer(network: AutoregressiveNetwork, architecture: Architecture, facts: DatasetFacts) -> int:
    """The layer that spreads z over the image, one that reads the image, or one that reads features."""
    features = math.ceil(network.features * architecture.width)
    return 2 * max(
        architecture.latent_dim * facts.height * facts.width,
        4 * 7 * (facts.channels + 1) * features,
        2 * 3 * features * features,
    )

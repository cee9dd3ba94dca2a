"""Rules between the fields of a specification, and between a field and the data."""

import math

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.spec import RunSpec

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
    parameters = largest_layer(spec, facts)
    if parameters > MAX_LAYER_PARAMETERS:
        found.append(
            FieldProblem(
                ("architecture", "width"),
                f"the largest layer would hold {parameters:.1e} parameters, over the limit of "
                f"{MAX_LAYER_PARAMETERS:.0e}: lower width, units or latent_dim, or use smaller images",
            )
        )
    return found


def largest_layer(spec: RunSpec, facts: DatasetFacts) -> int:
    """Parameters of the largest single layer, roughly: a gate doubles a layer's outputs."""
    architecture = spec.architecture
    largest = 0
    for part in (architecture.encoder, architecture.decoder):
        network = part.network
        if network.kind == "mlp":
            units = math.ceil(network.units * architecture.width)
            largest = max(largest, 2 * units * max(units, facts.pixels, architecture.latent_dim))
        else:
            patch = math.ceil(facts.height / 4) * math.ceil(facts.width / 4)
            largest = max(
                largest,
                2 * patch * math.ceil(64 * architecture.width) * math.ceil(256 * architecture.width),
                2 * patch * math.ceil(64 * architecture.width) * architecture.latent_dim,
            )
    return largest

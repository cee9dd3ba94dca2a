"""Rules between the fields of a specification, and between a field and the data."""

from pydantic import BaseModel

from backend.datasets import DATASETS, DatasetFacts
from backend.errors import FieldProblem
from backend.sizes import kept, parameters
from backend.spec import Architecture, Dataset, RunSpec

MOST_PARAMETERS = 2**30
"""Of a model: 4 GiB in float32, 16 GiB with gradients and Adam. Every tuple with a data set's own sizes has room at
every width; beyond it lies a typing error."""
MOST_KEPT = 2**32
"""Numbers that a step keeps for the gradient: 16 GiB in float32."""


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
                f"annealing over {anneal} epochs never ends in {training.epochs} epochs of training: lower "
                "objective.rate.anneal_epochs, or raise training.epochs",
            )
        )
    found += _categorical_parts(spec.architecture, facts)
    found += _pixelcnn(spec.architecture, facts)
    asked = [estimator.kind for estimator in spec.evaluation.estimators]
    if "source_information" in asked and not facts.source_known:
        known = ", ".join(each.name for each in DATASETS.values() if each.source_known)
        found.append(
            FieldProblem(
                ("evaluation", "estimators", asked.index("source_information")),
                f"nobody knows the source of {facts.name}: leave it out; data with a known source: {known}",
            )
        )
    found += _vamp(spec.architecture, dataset.train_limit or train)
    found += _too_large(spec, facts)
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
    if facts.values != "one-hot":
        wrong += [
            (part, f"is for one-hot images; those of {facts.name} are {facts.values}")
            for part, kind in (("encoder", encoder), ("decoder", decoder), ("likelihood", likelihood))
            if kind == "categorical"
        ]
    return [FieldProblem(("architecture", part), msg) for part, msg in wrong]


def _pixelcnn(architecture: Architecture, facts: DatasetFacts) -> list[FieldProblem]:
    """An autoregressive decoder needs rows and columns, and pixels that are drawn one after the other."""
    if architecture.decoder.kind != "pixelcnn":
        return []
    if min(facts.height, facts.width) < 2:
        return [
            FieldProblem(
                ("architecture", "decoder"),
                f"a pixelcnn decoder needs images of at least 2 x 2 pixels; those of {facts.name} are "
                f"{facts.height} x {facts.width}: choose factorised",
            )
        ]
    if architecture.likelihood.kind == "categorical":
        msg = "a pixelcnn decoder draws one pixel after the other: choose bernoulli"
        return [FieldProblem(("architecture", "likelihood"), msg)]
    return []


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


def _too_large(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """A model, or a training step of it, that no machine is expected to hold."""
    found: list[FieldProblem] = []
    by_part = parameters(spec, facts)
    total = sum(by_part.values())
    if total > MOST_PARAMETERS:
        part = max(by_part, key=lambda name: by_part[name])
        sizes = [*_counts(getattr(spec.architecture, part), f"architecture.{part}"), "latent_dim or width"]
        found.append(
            FieldProblem(
                ("architecture", part),
                f"the {part} would hold {by_part[part]:,} of {total:,} parameters, over the limit of "
                f"{MOST_PARAMETERS:,} for a model: lower {', '.join(sizes)}, or use smaller images",
            )
        )
    step = kept(spec, facts)
    if step.total > MOST_KEPT:
        by_batch = step.images >= step.pseudo_inputs
        field = ("training", "batch_size") if by_batch else ("architecture", "marginal", "pseudo_inputs")
        found.append(
            FieldProblem(
                field,
                f"a training step would keep {step.total:,} numbers ({step.images:,} for the images of a batch, "
                f"{step.pseudo_inputs:,} for pseudo-inputs), over the limit of {MOST_KEPT:,}: lower "
                f"{'.'.join(field)} or width, or choose smaller networks",
            )
        )
    return found


def _counts(config: BaseModel, prefix: str) -> list[str]:
    """The fields that count something in a part, and in its network."""
    found = []
    for name, value in config:
        if isinstance(value, BaseModel):
            found += _counts(value, f"{prefix}.{name}")
        elif type(value) is int:
            found.append(f"{prefix}.{name}")
    return found

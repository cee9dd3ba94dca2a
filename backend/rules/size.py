"""What no machine is expected to hold."""

from pydantic import BaseModel

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.rules.architecture import WITHOUT_DENSITY
from backend.sizes import kept, parameters
from backend.spec import Critic, RunSpec, TruePosteriorEstimator

MOST_PARAMETERS = 2**30
"""Of a model: 4 GiB in float32, 16 GiB with gradients and Adam. Every tuple with a data set's own sizes has room at
every width; beyond it lies a typing error."""
MOST_KEPT = 2**32
"""Numbers that a step keeps for the gradient: 16 GiB in float32."""

MOST_WEIGHED = 2**26
"""Numbers that are computed of each image's latents to weigh them: tens of seconds."""


def too_large(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """A model, or a training step of it, that no machine is expected to hold."""
    found: list[FieldProblem] = []
    by_part = parameters(spec, facts)
    total = sum(by_part.values())
    if total > MOST_PARAMETERS:
        part = max(by_part, key=lambda name: by_part[name])
        loc: tuple[str, ...] = ("objective",) if part == "objective" else ("architecture", part)
        counts = _critics(spec) if part == "objective" else _counts(getattr(spec.architecture, part), ".".join(loc))
        sizes = [*counts, "latent_dim or width"]
        found.append(
            FieldProblem(
                loc,
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
    return found + _weighed(spec)


def _weighed(spec: RunSpec) -> list[FieldProblem]:
    """The true posterior's latents, each with its coordinates and its density under every pseudo-input."""
    architecture = spec.architecture
    if architecture.encoder.kind in ("categorical", *WITHOUT_DENSITY):
        return []  # every z is listed, or nothing is weighed
    sizes = {"latent_dim": architecture.latent_dim}
    if architecture.marginal.kind == "vamp":
        sizes["architecture.marginal.pseudo_inputs"] = architecture.marginal.pseudo_inputs
    largest = max(sizes, key=lambda name: sizes[name])
    return [
        FieldProblem(
            ("evaluation", "estimators", number, "samples"),
            f"to weigh {each.samples:,} latents with {largest} {sizes[largest]:,} takes "
            f"{each.samples * sizes[largest]:,} numbers for each image, over the limit of {MOST_WEIGHED:,}: lower "
            f"samples to {MOST_WEIGHED // sizes[largest]:,}, or {largest}",
        )
        for number, each in enumerate(spec.evaluation.estimators)
        if isinstance(each, TruePosteriorEstimator) and each.samples * sizes[largest] > MOST_WEIGHED
    ]


def _critics(spec: RunSpec) -> list[str]:
    """The fields that say how large the networks of the objective are."""
    return [
        f"objective.{name}.{count}"
        for name, term in spec.objective
        if isinstance(term, Critic)
        for count in ("layers", "units")
    ]


def _counts(config: BaseModel, prefix: str) -> list[str]:
    """The fields that count something in a part, and in its network."""
    found = []
    for name, value in config:
        if isinstance(value, BaseModel):
            found += _counts(value, f"{prefix}.{name}")
        elif type(value) is int or isinstance(value, tuple):
            found.append(f"{prefix}.{name}")
    return found

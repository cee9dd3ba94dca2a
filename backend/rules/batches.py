"""Batches too small for what is computed within one."""

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem
from backend.spec import RunSpec

LEAST_SHUFFLED = 11
"""Images of a batch that are enough to shuffle z among (X, appendix E: 10 or fewer are not suitable)."""


def broken_by_batches(spec: RunSpec, facts: DatasetFacts) -> list[FieldProblem]:
    """Terms and networks that hold the images of a batch against one another."""
    least = max((need for need, _ in _needs(spec)), default=1)
    return [
        problem for need, reason in _needs(spec) if need == least for problem in _too_small(spec, facts, need, reason)
    ]


def _too_small(spec: RunSpec, facts: DatasetFacts, need: int, reason: str) -> list[FieldProblem]:
    """Every field that keeps a batch below what is needed; nothing helps where the training split itself does."""
    split, limit, batch = facts.splits["train"], spec.dataset.train_limit, spec.training.batch_size
    if split < need:
        msg = f"{reason}: {facts.name} has {split} to train on, {need} or more are needed: choose a larger data set, "
        return [FieldProblem(("dataset", "name"), msg + "or leave that out")]
    found = {("dataset", "train_limit"): limit or split, ("training", "batch_size"): batch}
    return [
        FieldProblem(field, f"{reason}: {images} here, raise {'.'.join(field)} to {need} or more")
        for field, images in found.items()
        if images < need
    ]


def _needs(spec: RunSpec) -> list[tuple[int, str]]:
    """The least images of a batch, and why."""
    needs = []
    divergence, information = spec.objective.divergence.kind, spec.objective.information.kind
    if divergence in ("mmd", "stein"):
        what = "the unbiased MMD" if divergence == "mmd" else "the Stein gradient"
        needs.append((2, f"{what} of a batch compares codes of different images and divides by n - 1 (I, section 4.1)"))
    if information != "none":
        needs.append(
            (
                LEAST_SHUFFLED,
                "the information term makes pairs of the product q(x) q(z) by shuffling z within the batch, and a "
                f"shuffled z has to meet another image: a batch of {LEAST_SHUFFLED - 1} or fewer is not suitable (X, "
                "appendix E: 64 or more)",
            )
        )
    parts = (spec.architecture.encoder, spec.architecture.decoder)
    if any(getattr(getattr(part, "network", None), "kind", "") == "dcgan" for part in parts):
        needs.append((2, "the batch normalisation of dcgan networks takes its mean and variance over a batch"))
    return needs

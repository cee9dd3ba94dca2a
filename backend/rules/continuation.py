"""What a run that continues another has to have in common with it."""

from typing import Any

from backend.continuing import Parent
from backend.errors import FieldProblem
from backend.spec import RunSpec

_FIELD = ("training", "continues")


def broken_by_continuation(spec: RunSpec, parent: Parent) -> list[FieldProblem]:
    """Weights fit one architecture, and say something about one data set; the objective may be another."""
    if parent.obstacle:
        return [FieldProblem((*_FIELD, "run"), parent.obstacle)]
    return [*_other_model(spec, parent), *_other_data(spec, parent), *_other_checkpoint(spec, parent)]


def _other_model(spec: RunSpec, parent: Parent) -> list[FieldProblem]:
    different = _differences(spec.architecture.model_dump(), parent.spec.architecture.model_dump())
    return [
        FieldProblem(
            ("architecture", *path),
            f"is {here}, and {there} in run {parent.id}, whose weights fit its own architecture alone: leave it out, "
            "or leave training.continues out to train from the start",
        )
        for path, here, there in different
    ]


def _other_data(spec: RunSpec, parent: Parent) -> list[FieldProblem]:
    ours, theirs = spec.dataset, parent.spec.dataset
    if ours.name != theirs.name:
        msg = f"run {parent.id} was trained on {theirs.name}: leave it out, or leave training.continues out"
        return [FieldProblem(("dataset", "name"), msg)]
    if ours.sha256 != theirs.sha256:
        msg = f"{theirs.name} has other content now than run {parent.id} was trained on: train from the start"
        return [FieldProblem((*_FIELD, "run"), msg)]
    return []


def _other_checkpoint(spec: RunSpec, parent: Parent) -> list[FieldProblem]:
    continued = spec.training.continues
    found = {"sha256": parent.sha256, "epochs": parent.epochs}
    return [
        FieldProblem((*_FIELD, name), f"is {value} of run {parent.id}: leave it out, and it is filled in")
        for name, value in found.items()
        if getattr(continued, name) != value
    ]


def _differences(ours: Any, theirs: Any) -> list[tuple[tuple[str, ...], Any, Any]]:
    """The fields that differ, with both values; parts of two kinds differ as a whole."""
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        return [] if ours == theirs else [((), ours, theirs)]
    if ours.get("kind") != theirs.get("kind"):
        return [((), ours["kind"], theirs["kind"])]
    found = []
    for name in ours:
        found += [((name, *path), here, there) for path, here, there in _differences(ours[name], theirs.get(name))]
    return found

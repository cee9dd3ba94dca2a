"""Every field that a specification may have, by its dotted path: ``architecture.latent_dim``, ``objective.rate.beta``.

A field of one member of a union is a field of the specification too, which runs with another member lack. A path that
ends at a part stands for its ``kind``.
"""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from backend.spec.config import Part
from backend.spec.run import RunSpec


@cache
def paths() -> frozenset[str]:
    """The paths of every field that holds one value, and of every part."""
    return frozenset(_paths(RunSpec, ""))


@cache
def groups() -> frozenset[str]:
    """The paths of what only holds other fields, such as ``training``."""
    return frozenset(path.rpartition(".")[0] for path in paths() if "." in path) - paths()


def value_at(spec: Any, path: str) -> Any:
    """The value of a field in a specification written out in full; None where it lacks the field.

    A part is its ``kind``, and a list of parts their kinds.
    """
    for name in path.split("."):
        spec = spec.get(name) if isinstance(spec, dict) else None
    return [_kind(each) for each in spec] if isinstance(spec, list) else _kind(spec)


def _kind(value: Any) -> Any:
    return value.get("kind") if isinstance(value, dict) else value


def _paths(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        path = prefix + name
        inner = list(_models(field.annotation))
        if not inner or any(issubclass(each, Part) for each in inner):
            yield path
        if get_origin(field.annotation) is not tuple:
            for each in inner:
                yield from _paths(each, f"{path}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Annotated:
        yield from _models(get_args(annotation)[0])
    else:
        for each in get_args(annotation):
            yield from _models(each)

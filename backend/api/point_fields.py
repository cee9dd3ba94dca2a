"""Fields of the specification as columns of ``/points``, and which of them the points differ in."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import Query
from numpy.typing import NDArray
from pydantic import BaseModel

from backend.errors import FieldProblem, Invalid
from backend.spec.paths import groups, paths
from backend.store import specs
from backend.store.points import Columns

MOST = 6
"""Fields in one question."""
_MOST_LETTERS = 100
_NULL = orjson.dumps(None)
_UNTOLD = ("dataset.sha256",)
"""What nobody chooses."""

FieldQuery = Annotated[
    list[str] | None,
    Query(
        max_length=MOST,
        description="dotted path into the specification, such as `architecture.latent_dim`: one more column of that "
        f"name, null where a run lacks the field; repeat it for up to {MOST}. A part is told by its kind",
    ),
]


class DifferingField(BaseModel):
    """One field of the specification in which the points that have it differ."""

    path: str
    kind: Literal["number", "category"]
    """``number`` where every value is one."""
    values: int
    """How many different ones, null among them."""
    low: float | None
    """The least number; null of categories."""
    high: float | None


class DifferingFields(BaseModel):
    """What the points of a data set differ in."""

    revision: int
    fields: list[DifferingField]


def known(fields: Iterable[str] | None) -> tuple[str, ...]:
    """The paths asked for, each once.

    Raises:
        Invalid: no specification has such a field.
    """
    wanted = tuple(dict.fromkeys(each for each in fields or () if each))
    problems = [FieldProblem(("field", path), _unknown(path)) for path in wanted if path not in paths()]
    if problems:
        raise Invalid(problems)
    return wanted


def _unknown(path: str) -> str:
    if path in groups():
        inside = sorted(each for each in paths() if each.startswith(f"{path}."))
        return f"{path} holds several fields: name one of them, such as {inside[0]}"
    close = get_close_matches(path, sorted(paths()), n=2) or sorted(each for each in paths() if each.endswith(path))[:2]
    hint = f"did you mean {' or '.join(close)}?" if close else "paths are written like architecture.latent_dim"
    return f"no specification has a field {path[:_MOST_LETTERS]}; {hint}"


def column(columns: Columns, path: str, shown: NDArray[np.int64]) -> list[Any]:
    """The values of one field, one for each of the points at some indices."""
    found = specs.field(columns.table, path, shown)
    return [found.values[place] for place in found.places]


def differing(columns: Columns, chosen: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Every field that has several values among those points that have it, by its path."""
    told = []
    for path in sorted(paths() - set(_UNTOLD)):
        if path.endswith(".kind"):
            continue  # the part itself tells it
        values = _distinct(specs.field(columns.table, path, chosen).values)
        if len(values.keys() - {_NULL}) > 1:
            told.append(_told(path, values))
    return told


def _distinct(values: Iterable[Any]) -> Mapping[bytes, Any]:
    return {orjson.dumps(value): value for value in values}


def _told(path: str, values: Mapping[bytes, Any]) -> dict[str, Any]:
    numbers = [value for value in values.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    kind = "number" if numbers and len(numbers) >= len([v for v in values.values() if v is not None]) else "category"
    return {
        "path": path,
        "kind": kind,
        "values": len(values),
        "low": min(numbers) if kind == "number" else None,
        "high": max(numbers) if kind == "number" else None,
    }

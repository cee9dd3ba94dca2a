"""The specifications behind the points, kept as the texts of their few parts, so that any field can be read quickly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import Session

from backend.spec.paths import value_at
from backend.spec.recipes import Texts, split
from backend.store.tables import Run

_AXES = ("encoder", "decoder", "marginal")
"""The parts that a tuple has a symbol for, in its order."""


@dataclass(frozen=True)
class Field:
    """One field of a specification over several points."""

    values: Sequence[Any]
    """Its different values, None where a run lacks it."""
    places: Sequence[int]
    """Of each point: which of the values."""


def texts_of(session: Session, which: ColumnElement[bool]) -> dict[str, Texts]:
    """The specifications of some runs, by their ids."""
    rows = session.execute(select(Run.id, cast(Run.spec, Text)).where(which))
    return {run_id: split(orjson.loads(spec)) for run_id, spec in rows}


@lru_cache(maxsize=4096)
def network(architecture: str) -> str | None:
    """The kind of network of encoder and decoder, ``encoder/decoder`` where they differ; None where one has none."""
    parts = orjson.loads(architecture)
    encoder, decoder = (value_at(parts, f"{part}.network") for part in ("encoder", "decoder"))
    if encoder is None or decoder is None:
        return None
    return str(decoder) if encoder == decoder else f"{encoder}/{decoder}"


@lru_cache(maxsize=4096)
def kinds(architecture: str) -> Mapping[str, str]:
    """The kind of encoder, decoder and marginal."""
    parts = orjson.loads(architecture)
    return {part: parts[part]["kind"] for part in _AXES}


def unmarked(architecture: str, symbols: str) -> Mapping[str, str] | None:
    """The kinds of the parts that a tuple has no symbol for; None where it has one for each."""
    named = zip(_AXES, symbols, strict=True)
    return {part: kinds(architecture)[part] for part, symbol in named if symbol == "?"} or None


_SIZES = ("beta", "target_rate", "weight")
"""The fields that say how much a term of the objective counts, the first that it has."""


@lru_cache(maxsize=4096)
def terms(objective: str) -> Mapping[str, Mapping[str, Any]]:
    """The kind of each term of an objective, and how much it counts: ``{"rate": {"kind": "beta", "beta": 1}, ...}``."""
    found = {}
    for name, term in orjson.loads(objective).items():
        size = next((key for key in _SIZES if key in term), None)
        found[name] = {"kind": term["kind"], **({size: term[size]} if size else {})}
    return found


def field(table: Mapping[str, NDArray[Any]], path: str, chosen: Any = slice(None)) -> Field:
    """One field of the specification of some points.

    Args:
        table: columns that hold each of its sections, under :func:`column`.
        path: dotted, a known one.
        chosen: indices of the points.
    """
    section, _, rest = path.partition(".")
    if not rest:
        seeds, places = _numbered(table[section][chosen])
        return Field(seeds, places)
    texts, places = _numbered(table[column(section)][chosen])
    return Field([value_at(orjson.loads(text), rest) for text in texts], places)


def column(section: str) -> str:
    """The name of the column that holds the texts of a section."""
    return f"spec.{section}"


def _numbered(values: Iterable[Any]) -> tuple[list[Any], list[int]]:
    numbers: dict[Any, int] = {}
    places = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), places

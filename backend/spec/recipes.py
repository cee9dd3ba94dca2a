"""Which runs are of one recipe, and which of one family: specifications compared as their digest writes them.

Runs of one *recipe* differ in nothing but their seed; those of one *family* in nothing but their seed and the beta or
the target rate: what a frontier is a curve of. A field that has its class default counts as one that is not there, so a
run that was stored before the field existed is of the same recipe as one after.
"""

import hashlib
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from pydantic import ValidationError

from backend.spec.run import RunSpec, without_defaults

SECTIONS = ("dataset", "architecture", "objective", "training", "evaluation")
"""What a specification is made of, beside its seed."""
VALUES = ("beta", "target_rate")
"""The fields of a rate term that runs of one family differ in; it has one of them at most."""
Texts = tuple[str, ...]
"""The JSON of each of :data:`SECTIONS`; equal ones are one object, for thousands of runs share a few."""

_LETTERS = 16
"""Of a hash: two of a billion recipes are taken for one with a chance of 3 %."""
_NULL = "null"
_CONFIGS = {name: type(getattr(RunSpec(), name)) for name in SECTIONS}


def split(spec: Mapping[str, Any]) -> Texts:
    """The sections of a specification as texts, whatever the order of its keys."""
    return tuple(sys.intern(orjson.dumps(spec.get(name), option=orjson.OPT_SORT_KEYS).decode()) for name in SECTIONS)


def recipe(texts: Texts) -> str:
    """A short hash of a specification without its seed: runs of one recipe are seeds of one experiment."""
    return _hash([_canonical(*each) for each in zip(SECTIONS, texts, strict=True)])


def family(texts: Texts) -> str:
    """A short hash of a specification without its seed, and without the beta or the target rate of its rate term."""
    parts = zip(SECTIONS, texts, strict=True)
    return _hash([_without_value(text) if name == "objective" else _canonical(name, text) for name, text in parts])


@lru_cache(maxsize=65_536)
def rate_value(objective: str) -> tuple[str, float] | None:
    """The name and the value of the field that runs of one family differ in; None where the rate term has none.

    Args:
        objective: the text of that section.
    """
    rate = _rate(orjson.loads(objective))
    return next(((name, float(rate[name])) for name in VALUES if isinstance(rate.get(name), int | float)), None)


@lru_cache(maxsize=65_536)
def _canonical(section: str, text: str) -> str:
    """A section as the digest writes it; one that no class can read any more stands for itself."""
    if text == _NULL:
        return "{}"
    try:
        config = _CONFIGS[section].model_validate_json(text)
    except ValidationError:
        return text
    return orjson.dumps(without_defaults(config), option=orjson.OPT_SORT_KEYS).decode()


@lru_cache(maxsize=65_536)
def _without_value(objective: str) -> str:
    tree = orjson.loads(objective)
    rate = _rate(tree)
    if rate:
        rate |= dict.fromkeys(rate.keys() & set(VALUES), 1.0)
    return _canonical("objective", orjson.dumps(tree, option=orjson.OPT_SORT_KEYS).decode())


def _rate(objective: Any) -> dict[str, Any]:
    rate = objective.get("rate") if isinstance(objective, dict) else None
    return rate if isinstance(rate, dict) else {}


def _hash(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_LETTERS]

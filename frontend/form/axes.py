"""Fields of the new-run form that take several values: what may be chosen, and what was typed.

The axes of a sweep are called ``sweep.0``, ``sweep.1``, ... ; the field that one sets stands at ``sweep.0.field``.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend.form.defaults import Values
from frontend.form.fields import NO, YES, Field, fault, number_of, plain
from frontend.form.forms import RESTARTS, SHORT, Layout
from frontend.words.formats import compact, plural

COUNT = 3
"""Axes that the form has, beside the seeds."""
MOST_VALUES = 1000
TUPLE = "architecture"
DIGITS = 3
"""Of a value on a logarithmic range."""
_FEW = 5
"""Values of a range that does not say how many."""

_NUMBER = r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_RANGE = re.compile(
    rf"^\s*({_NUMBER})\s*(?:\.\.+|…|\bto\b)\s*({_NUMBER})\s*"
    r"(?:[,; ]\s*(\d+)\s*)?(?:[,; ]\s*(log|linear)\s*)?$"
)


@dataclass(frozen=True, kw_only=True)
class Axes:
    """What was asked for."""

    grid: Mapping[str, list[Any]]
    """Key of a specification -> its values."""
    faults: Mapping[str, str]
    """What is wrong, by the path of the axis."""
    words: Mapping[str, str]
    """The values as they were read, by the path of the axis."""
    paths: Mapping[str, str]
    """The path of the axis that sets a key."""


def path_of(number: int) -> str:
    return f"sweep.{number}"


def keys_of(layout: Layout) -> dict[str, Field]:
    """The fields that may take several values, by the key they have in a body."""
    return {
        SHORT.get(path, path): field
        for path, field in layout.fields.items()
        if path != RESTARTS and field.kind in ("integer", "number", "choice", "boolean")
    }


def read(layout: Layout, held: Values) -> Axes:
    """The axes as they stand in the form.

    Args:
        layout: the fields of the form.
        held: what every control holds, by path.
    """
    known = keys_of(layout)
    grid: dict[str, list[Any]] = {}
    faults: dict[str, str] = {}
    words: dict[str, str] = {}
    paths: dict[str, str] = {}
    for number in range(COUNT):
        path = path_of(number)
        key, text = held.get(f"{path}.field"), str(held.get(path) or "")
        if not key:
            if text.strip():
                faults[path] = "choose the field that takes these values"
            continue
        if key in grid:
            faults[path] = "this field has its values already"
            continue
        if key != TUPLE and key not in known:
            faults[path] = "what is chosen above has no such field: choose another"
            continue
        try:
            grid[key] = values_of(text, known.get(key))
        except ValueError as error:
            faults[path] = str(error)
            continue
        paths[key] = path
        words[path] = _told(grid[key])
    return Axes(grid=grid, faults=faults, words=words, paths=paths)


def values_of(text: str, field: Field | None) -> list[Any]:
    """The values typed, each once: a list, or a range such as ``0.1..10, 7, log``.

    Args:
        text: as typed.
        field: what takes them; None for the tuple.

    Raises:
        ValueError: says what is wrong, and with which value.
    """
    if not text.strip():
        raise ValueError("type a list such as 0.1, 0.5, 1 or a range such as 0.1..10, 7, log")
    numeric = field is not None and field.kind in ("integer", "number")
    found = _RANGE.match(text) if numeric else None
    whole = field is not None and field.kind == "integer"
    if found:
        values = _range(*found.groups(), whole=whole)
    else:
        separators = r"[,;\s]+" if numeric else r"[,;]+"
        values = [_value(part.strip(), field) for part in re.split(separators, text.strip(" ,;\n")) if part.strip()]
    values = list(dict.fromkeys(values))
    for value in values:
        wrong = fault(field, value) if field is not None else ""
        if wrong:
            raise ValueError(f"{_shown(value)} {wrong}")
    if len(values) > MOST_VALUES:
        raise ValueError(f"{len(values)} values; a sweep has at most {MOST_VALUES} runs")
    return values


def _value(text: str, field: Field | None) -> Any:
    if field is None:
        return text.replace("−", "-").strip("()").replace(" ", "")
    if field.kind == "boolean":
        if text.lower() not in (YES, NO, "true", "false"):
            raise ValueError(f"{text} should be {YES} or {NO}")
        return text.lower() in (YES, "true")
    if field.kind == "choice":
        if text not in field.choices:
            raise ValueError(f"{text} should be one of: {', '.join(field.choices)}")
        return text
    return number_of(text)


def _range(first: str, last: str, count: str | None, spacing: str | None, *, whole: bool) -> list[Any]:
    """The values of a range, its ends among them; without a spacing logarithmic where it spans a power of ten."""
    low, high = (float(each.replace("−", "-")) for each in (first, last))
    if not math.isfinite(high - low):
        raise ValueError("the ends are too large")
    if whole and count is None and spacing is None:
        return _every(low, high)
    number = int(count) if count else _FEW
    if not 1 <= number <= MOST_VALUES:
        raise ValueError(f"{number} values; a sweep has at most {MOST_VALUES} runs")
    if spacing == "log" and min(low, high) <= 0:
        raise ValueError("a logarithmic range has ends above 0")
    positive = min(low, high) > 0
    log = spacing == "log" or (spacing is None and positive and max(low, high) >= 10 * min(low, high))
    shares = [index / (number - 1) for index in range(number)] if number > 1 else [0.0]
    if log:
        between = [low ** (1 - share) * high**share for share in shares]
        values = [float(f"{value:.{DIGITS}g}") for value in between[1:-1]]
        values = [low, *values, high][:number] if number > 1 else [low]
    else:
        values = [float(f"{low + share * (high - low):.12g}") for share in shares]
    return [plain(float(round(value)) if whole else value) for value in values]


def _every(low: float, high: float) -> list[Any]:
    """Every whole number of a range."""
    if not (low.is_integer() and high.is_integer()):
        raise ValueError("the ends should be whole numbers")
    if abs(high - low) >= MOST_VALUES:
        raise ValueError(f"{abs(int(high - low)) + 1} values; a sweep has at most {MOST_VALUES} runs")
    step = 1 if high >= low else -1
    return [plain(float(value)) for value in range(int(low), int(high) + step, step)]


def _shown(value: Any) -> str:
    return compact(value) if isinstance(value, float) else str(value)


def _told(values: Iterable[Any]) -> str:
    each = [("yes" if value else "no") if isinstance(value, bool) else _shown(value) for value in values]
    shown = each if len(each) <= 8 else [*each[:6], "…", each[-1]]
    return f"{plural(len(each), 'value')}: {', '.join(shown)}"

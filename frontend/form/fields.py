"""One field of a form: what a JSON schema says of it, what was typed into it, and what is wrong with that."""

import math
from dataclasses import dataclass
from typing import Any

from frontend.form.defaults import Json

YES, NO = "yes", "no"
"""What a control of a boolean says."""
ROUNDED = 2**53
"""From here on a float does not hold every whole number."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value that a person may set."""

    path: str
    kind: str
    """integer, number, boolean, choice, integers or text."""
    title: str
    help: str = ""
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    ends: tuple[str, ...] = ()
    """Of ``exclusiveMinimum`` and ``exclusiveMaximum`` those that hold: the end itself is refused."""
    choices: tuple[str, ...] = ()
    nullable: bool = False


def schema_fields(schema: Json, prefix: str) -> list[Field]:
    """The plain fields of a schema; its nested parts have forms of their own."""
    found = []
    for name, raw in (schema.get("properties") or {}).items():
        field = field_of(f"{prefix}.{name}" if prefix else name, name, raw)
        if field is not None:
            found.append(field)
    return found


def field_of(path: str, name: str, raw: Json) -> Field | None:
    """One field of a schema; None where no control of ours holds it."""
    options = raw.get("anyOf") or ()
    nullable = any(option.get("type") == "null" for option in options)
    plain = [option for option in options if option.get("type") != "null"]
    schema = {**(plain[0] if len(plain) == 1 else {}), **raw}
    if name == "kind" or "const" in schema:
        return None
    kind = "choice" if "enum" in schema else _KINDS.get(_type(schema))
    if kind is None:
        return None
    return Field(
        path=path,
        kind=kind,
        title=name.replace("_", " "),
        help=_plain_text(str(schema.get("description") or "")),
        default=schema.get("default"),
        minimum=schema.get("minimum", schema.get("exclusiveMinimum")),
        maximum=schema.get("maximum", schema.get("exclusiveMaximum")),
        ends=tuple(end for end in ("exclusiveMinimum", "exclusiveMaximum") if end in schema),
        choices=tuple(map(str, schema.get("enum") or ())),
        nullable=nullable,
    )


_KINDS = {each: each for each in ("integer", "number", "boolean")} | {"string": "text", "integer list": "integers"}
"""What a field holds, by the type of its schema."""


def _type(schema: Json) -> str:
    items = schema.get("items") or {}
    return f"{items.get('type')} list" if schema.get("type") == "array" else str(schema.get("type"))


def _plain_text(text: str) -> str:
    """A docstring as a sentence: one line, no markup."""
    return " ".join(text.replace("``", "").split())


def read(field: Field | None, raw: Any) -> Any:
    """A control's value as the API takes it."""
    if raw == "" or raw is None:
        return None
    if field is None:
        return raw
    if field.kind == "boolean":
        return raw == YES
    if field.kind in ("integer", "number"):
        return number_of(raw)
    if field.kind == "integers":
        return [number_of(each) for each in str(raw).replace(",", " ").split()]
    return raw


def plain(value: Any) -> Any:
    """A number as a person would write it: 1000, not 1000.0.

    A large one stays 1e99, as the server keeps it: Dash cannot send a whole number of more than 64 bits.
    """
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < ROUNDED else value


def shown(value: Any) -> str:
    """A value as its control holds it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(plain(value))


def number_of(raw: Any) -> Any:
    """What was typed as a number, or as it stands where it is none: the API then names the field that holds it."""
    try:
        number = float(str(raw).strip().replace("−", "-"))
    except ValueError:
        return raw
    return plain(number) if math.isfinite(number) else raw


def fault(field: Field, value: Any) -> str:
    """What is wrong with a number, in the server's words; empty where nothing is, or the field holds no number."""
    if field.kind not in ("integer", "number") or (value is None and field.nullable):
        return ""
    if not isinstance(value, int) if field.kind == "integer" else not isinstance(value, int | float):
        return f"should be a valid {field.kind}"
    low, high = field.minimum, field.maximum
    if low is not None and (value <= low if "exclusiveMinimum" in field.ends else value < low):
        return f"should be greater than {'' if 'exclusiveMinimum' in field.ends else 'or equal to '}{low:.15g}"
    if high is not None and (value >= high if "exclusiveMaximum" in field.ends else value > high):
        return f"should be less than {'' if 'exclusiveMaximum' in field.ends else 'or equal to '}{high:.15g}"
    return ""

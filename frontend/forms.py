"""The new-run form, from the catalogue's JSON schemas: which fields there are, and what they stand at.

Values live in a flat table by path: ``training.epochs``, ``architecture.encoder.network.kind``; a knob of a method is
its short key alone, such as ``beta``.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

from frontend.defaults import PARTS, Json, Values, defaults_of, flatten, item, networks_of

CUSTOM = "custom"
RESTARTS = "restarts"
"""Not of the specification: how many seeds the run is queued under."""
YES, NO = "yes", "no"
"""What a control of a boolean says."""
TERMS = (("rate", "rate_terms"), ("divergence", "divergences"), ("information", "information_terms"))
SHORT = {
    "architecture.latent_dim": "latent_dim",
    "architecture.width": "width",
    "training.epochs": "epochs",
    "training.batch_size": "batch_size",
    "training.learning_rate": "learning_rate",
    "dataset.train_limit": "train_limit",
    "seed": "seed",
}
"""Fields that have a key at the top of the short form."""

MAIN = ("training.epochs",)
"""Fields of the sections that are not folded away; the seed stands beside them."""

SLIDERS = {
    "beta": (-2.0, 2.0),
    "objective.rate.beta": (-2.0, 2.0),
    "target_rate": (-1.0, 3.0),
    "objective.rate.target_rate": (-1.0, 3.0),
    "lambda": (-2.0, 4.0),
}
"""Fields with a logarithmic slider, and the powers of ten at its ends."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value that a person may set."""

    path: str
    kind: str
    """integer, number, boolean, choice or text."""
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
        field = _field(f"{prefix}.{name}" if prefix else name, name, raw)
        if field is not None:
            found.append(field)
    return found


def _field(path: str, name: str, raw: Json) -> Field | None:
    options = raw.get("anyOf") or ()
    nullable = any(option.get("type") == "null" for option in options)
    plain = [option for option in options if option.get("type") != "null"]
    schema = {**(plain[0] if len(plain) == 1 else {}), **raw}
    if name == "kind" or "const" in schema:
        return None
    kind = "choice" if "enum" in schema else schema.get("type")
    if kind not in ("integer", "number", "boolean", "choice", "string"):
        return None
    return Field(
        path=path,
        kind="text" if kind == "string" else str(kind),
        title=name.replace("_", " "),
        help=_plain_text(str(schema.get("description") or "")),
        default=schema.get("default"),
        minimum=schema.get("minimum", schema.get("exclusiveMinimum")),
        maximum=schema.get("maximum", schema.get("exclusiveMaximum")),
        ends=tuple(end for end in ("exclusiveMinimum", "exclusiveMaximum") if end in schema),
        choices=tuple(map(str, schema.get("enum") or ())),
        nullable=nullable,
    )


def _plain_text(text: str) -> str:
    """A docstring as a sentence: one line, no markup."""
    return " ".join(text.replace("``", "").split())


@dataclass(frozen=True)
class Layout:
    """The fields for one choice of data set, parts and method, with the defaults they stand at."""

    knobs: list[Field]
    main: list[Field]
    """Fields that nearly every run sets."""
    sections: list[tuple[str, list[Field]]]
    """Title and fields of each folded section."""
    defaults: Values
    formula: str

    @property
    def fields(self) -> dict[str, Field]:
        """Every field by path."""
        found = [*self.knobs, *self.main, *(field for _, fields in self.sections for field in fields)]
        return {field.path: field for field in found}


def layout(catalogue: Json, values: Json) -> Layout:
    """The fields that belong to these choices.

    Args:
        catalogue: GET /catalogue.
        values: the structural choices by path: data set, method, and every ``kind``.
    """
    dataset = item(catalogue, "datasets", values.get("dataset.name"))
    defaults = defaults_of(catalogue, values)
    chosen = {**defaults, **{path: value for path, value in values.items() if path.endswith(".kind") and value}}
    method = item(catalogue, "methods", values.get("method"))
    knobs, objective = _objective_fields(catalogue, method, chosen)
    data = schema_fields(dataset.get("schema") or {}, "dataset")
    sections = [
        ("Training", _section(catalogue, "training")),
        ("Architecture", [*_section(catalogue, "architecture"), *_part_fields(catalogue, chosen)]),
        ("Objective", objective),
        ("Data", [field for field in data if field.path not in ("dataset.name", "dataset.sha256")]),
    ]
    main = [field for _, fields in sections for field in fields if field.path in MAIN] + _seed(catalogue) + [_RESTARTS]
    folded = [(title, [field for field in fields if field.path not in MAIN]) for title, fields in sections]
    shape = Layout(knobs, main, [each for each in folded if each[1]], defaults, str(method.get("formula") or ""))
    for path, field in shape.fields.items():
        defaults.setdefault(path, field.default)
    return shape


_RESTARTS = Field(
    path=RESTARTS,
    kind="integer",
    title="restarts",
    default=1,
    minimum=1,
    help="How many seeds the run is queued under.",
)


def _part_fields(catalogue: Json, chosen: Json) -> list[Field]:
    """The fields of each part and of its network, named by the part."""
    found = []
    for part, axis in PARTS:
        prefix = f"architecture.{part}"
        kind = chosen.get(f"{prefix}.kind")
        schemas = [(item(catalogue, axis, kind).get("schema") or {}, prefix)]
        network = chosen.get(f"{prefix}.network.kind")
        schemas += [
            (entry["schema"], f"{prefix}.network")
            for entry in networks_of(catalogue, axis, kind)
            if entry["name"] == network
        ]
        for schema, path in schemas:
            found += [replace(field, title=f"{part} {field.title}") for field in schema_fields(schema, path)]
    return found


def _objective_fields(catalogue: Json, method: Json, chosen: Json) -> tuple[list[Field], list[Field]]:
    """The knobs of a method, and what else its terms leave open; without a method, every field of every term."""
    kinds = {term: chosen.get(f"objective.{term}.kind") for term, _ in TERMS}
    for term, part in (method.get("objective") or {}).items():
        kinds[term] = part.get("kind")
    by_term = {
        term: schema_fields(item(catalogue, axis, kinds[term]).get("schema") or {}, f"objective.{term}")
        for term, axis in TERMS
    }
    if not method:
        rate = by_term.pop("rate")
        return rate[:1], rate[1:] + [field for fields in by_term.values() for field in fields]
    knobs = method_knobs(method)
    taken = {knob.path for knob in knobs} | _fixed(method)
    left = [field for fields in by_term.values() for field in fields]
    return knobs, [f for f in left if f.path.rpartition(".")[2] not in taken and f.path not in taken]


def _fixed(method: Json) -> set[str]:
    """The fields that a method sets itself."""
    return {f"objective.{path}" for path in flatten(method.get("objective") or {})}


def method_knobs(method: Json) -> list[Field]:
    return schema_fields(method.get("schema") or {}, "")


def _section(catalogue: Json, name: str) -> list[Field]:
    return schema_fields(item(catalogue, "sections", name).get("schema") or {}, name)


def _seed(catalogue: Json) -> list[Field]:
    entry = item(catalogue, "sections", "seed")
    field = _field("seed", "seed", {"default": entry.get("defaults"), **entry["schema"]}) if entry else None
    return [field] if field else []


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
    return raw


def number_of(raw: Any) -> Any:
    """What was typed as a number, or as it stands where it is none: the API then names the field that holds it."""
    try:
        number = float(str(raw).strip().replace("−", "-"))
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    return int(number) if number.is_integer() else number


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

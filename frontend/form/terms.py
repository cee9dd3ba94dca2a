"""The objective in the new-run form: a method with its knobs, or each term chosen by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from frontend.form.defaults import Json, Values, flatten, item
from frontend.form.fields import Field, field_of, plain, schema_fields
from frontend.words.runs import CUSTOM

TERMS = (("rate", "rate_terms"), ("divergence", "divergences"), ("information", "information_terms"))
DECIMALS = 12
"""Of a weight worked out from knobs: 1 - 0.9 is 0.1, as a person would write it."""
_FIRST = ("beta", "target_rate", "weight")
"""The field of a term that stands in sight when it is chosen by hand; the others are folded away."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """A setting that a method leaves open."""

    field: Field
    term: str | None
    """The term that it chooses the kind of; None for a number."""
    decides: str
    """The field of the specification that it sets."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The fields of an objective."""

    knobs: list[Field]
    """In sight."""
    others: list[Field]
    """Folded away."""
    kinds: Mapping[str, str]
    """Of each term."""
    chosen: Mapping[str, str]
    """The term that a knob chooses the kind of, by the knob."""


def method_of(catalogue: Json, values: Json) -> Json:
    """The method chosen, as an entry of the catalogue; empty where each term is."""
    return item(catalogue, "methods", values.get("method"))


def knobs_of(method: Json) -> list[Knob]:
    """The knobs of a method."""
    found = []
    for raw in method.get("knobs") or ():
        field = field_of(raw["name"], raw["name"], {"default": raw["default"], **raw["schema"]})
        if field is not None:
            named = replace(field, title=str(raw["schema"].get("title") or field.title))
            term = raw["path"].removeprefix("objective.") if field.kind == "choice" else None
            found.append(Knob(field=named, term=term, decides=raw["path"]))
    return found


def kinds_of(method: Json, values: Json) -> dict[str, str]:
    """The kind of each term: of a method's own, as its knobs choose; without one, as chosen by hand."""
    if not method:
        return {term: str(values.get(f"objective.{term}.kind") or "none") for term, _ in TERMS}
    kinds = {term: str(part["kind"]) for term, part in method["objective"].items()}
    for knob in knobs_of(method):
        if knob.term:
            kinds[knob.term] = str(values.get(knob.field.path) or knob.field.default)
    return kinds


def terms(catalogue: Json, values: Json) -> Terms:
    """The knobs of a method, and what else its terms leave open; without a method, every field of every term."""
    method = method_of(catalogue, values)
    kinds = kinds_of(method, values)
    fields = [
        replace(field, title=f"{term} {field.title}")
        for term, axis in TERMS
        for field in schema_fields(item(catalogue, axis, kinds[term]).get("schema") or {}, f"objective.{term}")
    ]
    if not method:
        first = [field for term, _ in TERMS for field in _first(fields, term)]
        return Terms(knobs=first, others=[field for field in fields if field not in first], kinds=kinds, chosen={})
    knobs = knobs_of(method)
    taken = {knob.decides for knob in knobs} | {f"objective.{path}" for path in flatten(method["objective"])}
    return Terms(
        knobs=[knob.field for knob in knobs],
        others=[field for field in fields if field.path not in taken],
        kinds=kinds,
        chosen={knob.field.path: knob.term for knob in knobs if knob.term},
    )


def _first(fields: list[Field], term: str) -> list[Field]:
    by_path = {field.path: field for field in fields}
    return [by_path[path] for path in (f"objective.{term}.{name}" for name in _FIRST) if path in by_path][:1]


def by_hand(catalogue: Json, values: Json) -> Values:
    """The terms of a method as its knobs set them, for a person who goes on from them by hand."""
    method = method_of(catalogue, values)
    kinds, slopes = kinds_of(method, values), method.get("slopes") or {}
    found: Values = {}
    for term, part in (method.get("objective") or {}).items():
        for name, value in part.items():
            path = f"objective.{term}.{name}"
            if path in slopes:
                found[path] = _moved(value, slopes[path], method, values)
            elif kinds[term] == part["kind"]:
                found[path] = value
    if found.get("objective.rate.beta") == 0:  # 0 R is no rate term
        del found["objective.rate.beta"]
        kinds["rate"] = "none"
    return {**found, **{f"objective.{term}.kind": kind for term, kind in kinds.items()}}


def _moved(value: float, slopes: Mapping[str, float], method: Json, values: Json) -> float:
    """A number of a method's objective, from what it is at the knobs' defaults to what it is at their values."""
    for knob in method["knobs"]:
        setting = values.get(knob["name"], knob["default"])
        if knob["name"] in slopes and isinstance(setting, int | float):
            value += slopes[knob["name"]] * (setting - knob["default"])
    return round(value, DECIMALS)


def body(catalogue: Json, values: Json, shape: Terms, changed: Values) -> Values:
    """The part of a body that says the objective: the method and its knobs, or the terms.

    Args:
        catalogue: GET /catalogue.
        values: of the form, by path.
        shape: the fields for these values.
        changed: those of the values that differ from their defaults.
    """
    inside: dict[str, Values] = {term: {} for term, _ in TERMS}
    for path, value in changed.items():
        if path.startswith("objective.") and not path.endswith(".kind"):
            _, term, name = path.split(".")
            inside[term][name] = value
    settings = {field.path: plain(values.get(field.path, field.default)) for field in shape.knobs}
    method = method_of(catalogue, values)
    if not method:
        for path, value in settings.items():
            _, term, name = path.split(".")
            inside[term] = {name: value, **inside[term]}
        named = [(term, kind) for term, kind in shape.kinds.items() if term == "rate" or kind != "none"]
        written = {term: _term(kind, inside[term]) for term, kind in named}
        return {"objective": written}
    for knob, term in shape.chosen.items():
        settings[knob] = _term(settings[knob], inside.pop(term))
    objective = {term: fields for term, fields in inside.items() if fields}
    return {"method": method["name"], **settings, **({"objective": objective} if objective else {})}


def _term(kind: Any, fields: Values) -> Any:
    """A term as a person would write it: its kind alone where that says everything."""
    return {"kind": kind, **fields} if fields else kind


def of_run(catalogue: Json, run: Json) -> Values:
    """The method of a run with its knobs; by hand where no knobs make the run."""
    knobs = run.get("knobs")
    if knobs is None or not item(catalogue, "methods", run.get("method")):
        return {"method": CUSTOM}
    return {"method": run["method"], **knobs}

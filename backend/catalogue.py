"""What there is to choose from, built from the specification's unions, the methods and the data sets.

A form made from this needs no change when a part is added.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from backend.datasets import DatasetFacts
from backend.expand import expand
from backend.methods import METHODS, Knob, Method
from backend.presets import PRESETS, Preset, presets_for
from backend.reading import SHORT_KEYS
from backend.spec import UNIONS, Config, Dataset, Part, RunSpec, kinds

Entry = dict[str, Any]
Schema = dict[str, Any]


def catalogue(datasets: Mapping[str, DatasetFacts]) -> dict[str, list[Entry]]:
    """Every table by name: a list of ``{name, title, paper, schema, defaults}``.

    Encoders, decoders and marginals also have their ``symbol``, terms their ``unit`` and ``bound``; methods their
    ``formula``, ``knobs`` and ``slopes``, by which each weight follows the knobs; data sets their ``shape``,
    ``kind_defaults``, what a part of one kind changes, and ``presets``, the names of those that they take; presets
    their ``note``; ``sections`` are the parts of a specification outside the unions.
    """
    unions = {union: [_part_entry(part) for part in kinds(union).values()] for union in UNIONS}
    return {
        "datasets": [_dataset_entry(facts, datasets) for facts in datasets.values()],
        **unions,
        "methods": [_method_entry(method) for method in METHODS.values()],
        "presets": [_preset_entry(preset) for preset in PRESETS.values()],
        "sections": [_section_entry(name) for name in RunSpec.model_fields],
    }


@cache
def spec_schema() -> Schema:
    """JSON schema of what ``POST /runs`` takes: the full form, the short form, and both mixed."""
    full = flat_schema(RunSpec)
    properties: Schema = dict(full["properties"])
    for name in ("dataset", "architecture"):
        properties[name] = {"anyOf": [{"type": "string"}, properties[name]]}
    properties["method"] = {"enum": list(METHODS)}
    properties["preset"] = {"enum": list(PRESETS)}
    for key, paths in SHORT_KEYS.items():
        as_knobs = [
            _schema_of_choice(knob) if knob.choices else _knob_schema(method, knob)
            for method in METHODS.values()
            for knob in method.knobs
            if knob.name == key
        ]
        properties[key] = _any_of([*[schema for path in paths for schema in _field_schemas(path)], *as_knobs])
    return {"type": "object", "properties": _or_a_kind(properties), "additionalProperties": False}


def _or_a_kind(schema: Any) -> Any:
    """The same schema, where the bare name of a kind stands for that part with its defaults."""
    if isinstance(schema, list):
        return [_or_a_kind(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: _or_a_kind(value) for key, value in schema.items() if key != "oneOf"}
    options = schema.get("oneOf", [schema])
    kinds = [option.get("properties", {}).get("kind", {}).get("const") for option in options]
    if "oneOf" in schema:
        inside["oneOf"] = [{key: _or_a_kind(value) for key, value in option.items()} for option in options]
    return {"anyOf": [{"enum": kinds}, inside]} if all(kinds) else inside


def _part_entry(part: type[Part]) -> Entry:
    entry = _entry(part.model_fields["kind"].default, part.title, part.paper, flat_schema(part), _defaults(part()))
    return entry | {"symbol": part.symbol, "unit": part.unit, "bound": part.bound}


def _dataset_entry(facts: DatasetFacts, datasets: Mapping[str, DatasetFacts]) -> Entry:
    schema = flat_schema(Dataset)
    schema["properties"]["name"] = {"const": facts.name}
    schema["properties"]["binarize"] |= {"enum": list(facts.binarizations), "default": facts.binarizations[0]}
    for field, split in (("train_limit", "train"), ("eval_limit", "test")):
        schema["properties"][field]["anyOf"][0]["maximum"] = facts.splits[split]
    defaults = expand({"dataset": facts.name}, datasets).spec.model_dump(mode="json")
    by_kind = [{"part": part, "kind": kind, "defaults": more} for (part, kind), more in facts.kind_defaults.items()]
    entry = _entry(facts.name, facts.title, "", schema, defaults)
    more = {"shape": list(facts.shape), "note": facts.note, "kind_defaults": by_kind, "presets": presets_for(facts)}
    return entry | more


def _method_entry(method: Method) -> Entry:
    knobs = {knob.name: _knob_schema(method, knob) | {"default": knob.default} for knob in method.knobs}
    schema = {"type": "object", "title": method.title, "properties": knobs, "additionalProperties": False}
    defaults = {knob.name: knob.default for knob in method.knobs}
    entry = _entry(method.name, method.title, method.paper, schema, defaults)
    return entry | {
        "formula": method.formula,
        "knobs": [
            {
                "name": knob.name,
                "default": knob.default,
                "path": ".".join(("objective", *knob.path)),
                "schema": knobs[knob.name],
            }
            for knob in method.knobs
        ],
        "slopes": {f"objective.{path}": by_knob for path, by_knob in method.slopes().items()},
        **method.expand({}),
    }


def _preset_entry(preset: Preset) -> Entry:
    schema = {"type": "object", "title": preset.title, "properties": {}, "additionalProperties": False}
    return _entry(preset.name, preset.title, preset.paper, schema, dict(preset.tree)) | {"note": preset.note}


def _section_entry(name: str) -> Entry:
    field = RunSpec.model_fields[name]
    if isinstance(field.default, Config):
        schema, defaults = flat_schema(type(field.default)), _defaults(field.default)
    else:
        schema, defaults = _field_schema((name,)), field.default
    return _entry(name, name.capitalize(), "", schema, defaults)


def _entry(name: str, title: str, paper: str, schema: Schema, defaults: Any) -> Entry:
    return {"name": name, "title": title, "paper": paper, "schema": schema, "defaults": defaults}


def _defaults(config: Config) -> dict[str, Any]:
    return config.model_dump(mode="json")


def flat_schema(model: type[BaseModel]) -> Schema:
    """A model's JSON schema without references, so that a form can read it from the top; the caller's own copy."""
    schema: Schema = json.loads(_schema_text(model))
    return schema


@cache
def _schema_text(model: type[BaseModel]) -> str:
    full = model.model_json_schema()
    return json.dumps(_inlined(full, full))


def _inlined(schema: Any, full: Schema) -> Any:
    if isinstance(schema, list):
        return [_inlined(each, full) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _inlined({**full["$defs"][schema["$ref"].rpartition("/")[2]], **beside}, full)
    return {key: _inlined(value, full) for key, value in schema.items() if key not in ("$defs", "discriminator")}


def _any_of(schemas: list[Schema]) -> Schema:
    """One schema that each of several admits something of; itself where there is but one."""
    different = [schema for index, schema in enumerate(schemas) if schema not in schemas[:index]]
    return different[0] if len(different) == 1 else {"anyOf": different}


def _knob_schema(method: Method, knob: Knob) -> Schema:
    """The knob's own schema, or that of the field that it sets, in the kind that the method's own expansion chooses.

    A knob that chooses a term is the choice of its kind.
    """
    field = _field_schema(("objective", *knob.path), _kind_of(method, knob))
    if knob.choices:
        found = {"description": field.get("description", ""), "enum": list(knob.choices)}
    else:
        found = dict(knob.schema or field)
    return {**found, "title": knob.title}


def _schema_of_choice(knob: Knob) -> Schema:
    """What a knob that chooses a term may be given as: the whole term, whose weight the method sets."""
    return _field_schema(("objective", *knob.path))


def _kind_of(method: Method, knob: Knob) -> str | None:
    kind: str | None = method.expand({})["objective"][knob.path[0]]["kind"]
    return kind


def _field_schemas(path: tuple[str, ...], kind: str | None = None) -> list[Schema]:
    """The schemas of one field of the specification in every kind of part that has it; in ``kind`` alone where given.

    A weight that no kind of this version has is a number.
    """
    found = [flat_schema(RunSpec)]
    for name in path:
        options = [option for each in found for option in each.get("oneOf") or each.get("anyOf") or [each]]
        having = [option for option in options if name in option.get("properties", {})]
        named = [option for option in having if option["properties"].get("kind", {}).get("const") == kind]
        found = [option["properties"][name] for option in named or having]
    return found or [{"type": "number"}]


def _field_schema(path: tuple[str, ...], kind: str | None = None) -> Schema:
    """The schema of one field; where only some kinds have it, that of ``kind`` or the first."""
    return _field_schemas(path, kind)[0]

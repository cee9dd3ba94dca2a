"""What the fields of a new run stand at, for a choice of data set, scale and parts: as the server would fill them in.

A preset stands in for the data set's own defaults; a part of another kind than theirs starts from that kind's.
"""

import copy
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
Values = dict[str, Any]

PARTS = (("encoder", "encoders"), ("decoder", "decoders"), ("marginal", "marginals"))


def item(catalogue: Json, axis: str, name: str | None) -> Json:
    """One entry of the catalogue; empty where there is none of that name."""
    return next((entry for entry in catalogue.get(axis) or () if entry["name"] == name), {})


def names(catalogue: Json, axis: str) -> list[str]:
    return [entry["name"] for entry in catalogue.get(axis) or ()]


def flatten(tree: Any, prefix: str = "") -> Values:
    """The leaves of a tree by their path; a part written as a bare string is its kind."""
    if not isinstance(tree, Mapping):
        return {prefix: tree}
    flat: Values = {}
    for name, value in tree.items():
        flat.update(flatten(value, f"{prefix}.{name}" if prefix else name))
    return flat


def is_structural(path: str) -> bool:
    """Whether a value decides which other fields there are, or what they stand at."""
    return path.endswith(".kind") or path in ("dataset.name", "method", "preset", "divergence")


def networks_of(catalogue: Json, axis: str, kind: str | None) -> list[Json]:
    """The networks that a part of this kind takes, as entries of the catalogue; empty where it has none."""
    schema = (item(catalogue, axis, kind).get("schema") or {}).get("properties", {}).get("network") or {}
    options = schema.get("oneOf") or schema.get("anyOf") or [schema]
    kinds = {option.get("properties", {}).get("kind", {}).get("const") for option in options}
    tables = [entries for table, entries in catalogue.items() if table.endswith("networks")]
    return [entry for entries in tables for entry in entries if entry["name"] in kinds]


def presets_of(catalogue: Json, dataset: str | None) -> list[Json]:
    """The presets that a data set takes, as entries of the catalogue."""
    taken = item(catalogue, "datasets", dataset).get("presets") or ()
    return [entry for entry in catalogue.get("presets") or () if entry["name"] in taken]


def preset_of(catalogue: Json, values: Json) -> str:
    """The preset chosen, where the data set takes it; empty otherwise."""
    taken = [entry["name"] for entry in presets_of(catalogue, values.get("dataset.name"))]
    chosen = values.get("preset")
    return str(chosen) if chosen in taken else ""


def defaults_of(catalogue: Json, values: Json) -> Values:
    """Every field's default by path: the fields are those of the kinds chosen, the kinds those that need no choice.

    Args:
        catalogue: GET /catalogue.
        values: the structural choices by path.
    """
    dataset = item(catalogue, "datasets", values.get("dataset.name"))
    preset = item(catalogue, "presets", preset_of(catalogue, values))
    tree: dict[str, Any] = copy.deepcopy(dict(dataset.get("defaults") or {}))
    if preset:
        sections = {entry["name"]: entry["defaults"] for entry in catalogue.get("sections") or ()}
        tree = {**copy.deepcopy(sections), "dataset": tree.get("dataset") or {}}
        _lay(tree, preset["defaults"])
    architecture = tree.setdefault("architecture", {})
    own = item(catalogue, "methods", values.get("method")).get("architecture") or {}
    kinds: Values = {}
    for part, axis in PARTS:
        _choose(catalogue, architecture, part, axis, (own.get(part) or {}).get("kind"))
        kinds[f"architecture.{part}.kind"] = (architecture.get(part) or {}).get("kind")
        _choose(catalogue, architecture, part, axis, values.get(f"architecture.{part}.kind"))
    for extra in () if preset else dataset.get("kind_defaults") or ():
        if (architecture.get(extra["part"]) or {}).get("kind") == extra["kind"]:
            _lay(tree, extra["defaults"])
    for part, axis in PARTS:
        network = (architecture.get(part) or {}).get("network")
        if network:
            path = f"architecture.{part}.network.kind"
            kinds[path] = network["kind"]
            if values.get(path) not in (None, network["kind"]):
                architecture[part]["network"] = _network(catalogue, axis, architecture[part]["kind"], values[path])
    return {**flatten(tree), **kinds, "dataset.name": values.get("dataset.name")}


def _choose(catalogue: Json, architecture: dict[str, Any], part: str, axis: str, kind: str | None) -> None:
    """A part of another kind starts from that kind's defaults; without a kind it stays."""
    if kind and kind != (architecture.get(part) or {}).get("kind"):
        architecture[part] = copy.deepcopy(dict(item(catalogue, axis, kind).get("defaults") or {"kind": kind}))


def _network(catalogue: Json, axis: str, kind: str, network: str) -> dict[str, Any]:
    """What a network starts from that is not the default one of its part."""
    return next((dict(e["defaults"]) for e in networks_of(catalogue, axis, kind) if e["name"] == network), {})


def _lay(tree: dict[str, Any], above: Json) -> None:
    """One tree over another; a part of another kind replaces the one below."""
    for key, value in above.items():
        below = tree.get(key)
        other_kind = isinstance(value, Mapping) and "kind" in value and value["kind"] != (below or {}).get("kind")
        if isinstance(below, dict) and isinstance(value, Mapping) and not other_kind:
            _lay(below, value)
        else:
            tree[key] = copy.deepcopy(value)

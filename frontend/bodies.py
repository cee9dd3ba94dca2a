"""From a run to the values of a form, and from the values to the body that REST takes.

The body names only what differs from the defaults, in the short form where there is one, so that the preview is what a
person would write.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from frontend.forms import (
    CUSTOM,
    PARTS,
    SHORT,
    TERMS,
    Json,
    Layout,
    Values,
    dataset_defaults,
    flatten,
    item,
    layout,
    method_knobs,
    names,
)


def start(catalogue: Json, dataset: str, method: str = "beta-vae") -> Values:
    """The values of a fresh form."""
    defaults = dataset_defaults(catalogue, dataset)
    known = names(catalogue, "methods")
    kinds = {path: value for path, value in defaults.items() if path.endswith(".kind")}
    chosen = method if method in known else (known[0] if known else CUSTOM)
    values: Values = {**kinds, "dataset.name": dataset, "method": chosen}
    if chosen == "beta-vae":
        values["beta"] = 1.0
    return values


def of_run(catalogue: Json, run: Json) -> Values:
    """The values that make a run again."""
    spec = run["spec"]
    values = flatten({key: value for key, value in spec.items() if key != "evaluation"})
    values.pop("dataset.sha256", None)
    method = str(run.get("method") or CUSTOM)
    values["method"] = method
    for knob in method_knobs(item(catalogue, "methods", method)):
        for path in (f"objective.rate.{knob.path}", f"objective.divergence.{knob.path}"):
            if path in values:
                values[knob.path] = values[path]
    return values


def body(catalogue: Json, values: Json) -> dict[str, Any]:
    """The specification to post: what differs from the defaults, in short form where there is one."""
    shape = layout(catalogue, values)
    there = shape.fields
    changed = {
        path: value
        for path, value in values.items()
        if path in there and value != shape.defaults.get(path) and not (value is None and path not in shape.defaults)
    }
    written: dict[str, Any] = {"dataset": _dataset(values, changed), "architecture": {}}
    method = values.get("method") or CUSTOM
    written["architecture"] = _architecture(catalogue, values, changed)
    network = _shared_network(values)
    if isinstance(written["architecture"], str) and network != _shared_network(shape.defaults):
        written["network"] = network
    if method != CUSTOM:
        written["method"] = method
        for knob in shape.knobs:
            written[knob.path] = values.get(knob.path, knob.default)
    _objective(written, method, values, shape, changed)
    for path, value in changed.items():
        section, _, name = path.rpartition(".")
        if path in SHORT:
            written[SHORT[path]] = value
        elif section == "training":
            written.setdefault("training", {})[name] = value
    return written


def _dataset(values: Json, changed: Values) -> Any:
    name, binarize = values.get("dataset.name"), changed.get("dataset.binarize")
    limit = changed.get("dataset.eval_limit")
    if "dataset.eval_limit" in changed:
        extra = {"binarize": binarize} if binarize else {}
        return {"name": name, **extra, "eval_limit": limit}
    return f"{name}/{binarize}" if binarize else name


def _architecture(catalogue: Json, values: Json, changed: Values) -> Any:
    """The tuple where it says everything, else the parts."""
    symbols = [item(catalogue, axis, values.get(f"architecture.{part}.kind")).get("symbol") for part, axis in PARTS]
    inner = [path for path in changed if path.startswith("architecture.") and path not in SHORT]
    tuple_says_all = all(symbol and symbol != "?" for symbol in symbols)
    if tuple_says_all and not inner and _shared_network(values) is not None:
        return "".join(map(str, symbols))
    parts: dict[str, Any] = {}
    for part, _ in PARTS:
        written: dict[str, Any] = {"kind": values.get(f"architecture.{part}.kind")}
        prefix = f"architecture.{part}."
        network = values.get(f"{prefix}network.kind")
        if network:
            options = {p.rpartition(".")[2]: v for p, v in changed.items() if p.startswith(f"{prefix}network.")}
            written["network"] = {"kind": network, **options} if options else network
        parts[part] = written if len(written) > 1 else written["kind"]
    return parts


def _shared_network(values: Json) -> str | None:
    kinds = {values.get(f"architecture.{part}.network.kind") for part in ("encoder", "decoder")}
    return kinds.pop() if len(kinds) == 1 else None


def _objective(written: dict[str, Any], method: str, values: Json, shape: Layout, changed: Values) -> None:
    if method == CUSTOM:
        objective: dict[str, Any] = {}
        for term, _ in TERMS:
            kind = values.get(f"objective.{term}.kind")
            if kind:
                objective[term] = {"kind": kind}
        for field in [*shape.knobs, *(f for title, fields in shape.sections if title == "Objective" for f in fields)]:
            _, term, name = field.path.split(".")
            objective[term][name] = values.get(field.path, field.default)
        written["objective"] = objective
        return
    for path, value in changed.items():
        if path.startswith("objective."):
            _, term, name = path.split(".")
            written.setdefault("objective", {}).setdefault(term, {})[name] = value


def pretty(written: Json) -> str:
    """The body as a person would lay it out."""
    return json.dumps(written, indent=2, ensure_ascii=False)


def curl(written: Json, origin: str, *, token: bool = False) -> str:
    """The line that posts the body from a shell.

    Args:
        written: the body.
        origin: of the server.
        token: whether the server wants one; the line takes it from the environment.
    """
    text = json.dumps(written, ensure_ascii=False).replace("'", "'\\''")
    carries = ' -H "Authorization: Bearer $FRONTIER_API_TOKEN"' if token else ""
    return f"curl -X POST {origin.rstrip('/')}/api/v1/runs{carries} -H 'Content-Type: application/json' -d '{text}'"


def field_errors(errors: Iterable[Json], paths: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The server's complaints by the field they name, and those that name none of ours."""
    long = {short: path for path, short in SHORT.items()}
    long |= {"dataset": "dataset.name", "architecture": "architecture.encoder.kind"}
    long |= {"network": "architecture.encoder.network.kind"}
    found: dict[str, str] = {}
    rest: list[str] = []
    for error in errors:
        where = ".".join(map(str, error.get("loc") or ()))
        path = next((p for p in (where, long.get(where), f"{where}.kind") if p in paths), None)
        if path is None or path in found:
            rest.append(f"{where}: {error.get('msg')}" if where else str(error.get("msg")))
        else:
            found[path] = str(error.get("msg"))
    return found, rest

"""From a run to the values of a form, and from the values to the body that REST takes.

The body names only what differs from the defaults, in the short form where there is one, so that the preview is what a
person would write.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from frontend.form import terms
from frontend.form.defaults import PARTS, Json, Values, defaults_of, flatten, item, names, networks_of, preset_of
from frontend.form.forms import RESTARTS, SHORT, Layout, layout
from frontend.words.runs import CUSTOM

MOST_SEEDS = 1000
"""Runs of one sweep."""


def start(catalogue: Json, dataset: str, method: str = "beta-vae") -> Values:
    """The values of a fresh form."""
    known = names(catalogue, "methods")
    chosen = method if method in known else (known[0] if known else CUSTOM)
    defaults = defaults_of(catalogue, {"dataset.name": dataset, "method": chosen})
    kinds = {path: value for path, value in defaults.items() if path.endswith(".kind")}
    values: Values = {**kinds, "dataset.name": dataset, "preset": "", "method": chosen}
    if chosen == "beta-vae":
        values["beta"] = 1.0
    return values


def of_run(catalogue: Json, run: Json) -> Values:
    """The values that make a run again."""
    values = flatten({key: value for key, value in run["spec"].items() if key != "evaluation"})
    values.pop("dataset.sha256", None)
    return {**values, "preset": "", **terms.of_run(catalogue, run)}


def body(catalogue: Json, values: Json) -> dict[str, Any]:
    """The specification to post: what differs from the defaults, in short form where there is one."""
    shape = layout(catalogue, values)
    there = shape.fields
    changed = {
        path: value
        for path, value in values.items()
        if path in there and value != shape.defaults.get(path) and not (value is None and path not in shape.defaults)
    }
    written: dict[str, Any] = {"dataset": _dataset(values, changed)}
    preset = preset_of(catalogue, values)
    if preset:
        written["preset"] = preset
    written |= _architecture(catalogue, values, shape, changed)
    written |= terms.body(catalogue, values, shape.terms, changed)
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


def _architecture(catalogue: Json, values: Json, shape: Layout, changed: Values) -> Values:
    """The tuple where it says everything, with the network that parts share; else the parts; nothing where all is as
    it would be anyway and no tuple names it."""
    kinds = {part: values.get(f"architecture.{part}.kind") for part, _ in PARTS}
    symbols = [str(item(catalogue, axis, kinds[part]).get("symbol") or "?") for part, axis in PARTS]
    networks = _networks(values, shape)
    shared = _shared(catalogue, values, kinds, networks)
    likelihood = _other(values, shape, "architecture.likelihood.kind")
    inner = [path for path in changed if path.startswith("architecture.") and path not in SHORT]
    plain = not inner and not likelihood
    if plain and "?" not in symbols and (shared or not networks):
        return {"architecture": "".join(symbols), **({"network": shared} if shared else {})}
    if plain and not networks and all(kinds[part] == shape.defaults[f"architecture.{part}.kind"] for part in kinds):
        return {}
    parts: dict[str, Any] = {}
    for part, kind in kinds.items():
        prefix = f"architecture.{part}."
        written = {p.removeprefix(prefix): v for p, v in changed.items() if p.startswith(prefix)}
        network = {name.removeprefix("network."): written.pop(name) for name in list(written) if "." in name}
        if network:
            written["network"] = {"kind": values[f"{prefix}network.kind"], **network}
        elif part in networks:
            written["network"] = networks[part]
        parts[part] = {"kind": kind, **written} if written else kind
    return {"architecture": {**parts, **({"likelihood": likelihood} if likelihood else {})}}


def _networks(values: Json, shape: Layout) -> dict[str, str]:
    """The networks that differ from their part's default, by part."""
    found = {part: _other(values, shape, f"architecture.{part}.network.kind") for part, _ in PARTS}
    return {part: kind for part, kind in found.items() if kind}


def _other(values: Json, shape: Layout, path: str) -> str | None:
    """A kind that is not the default one."""
    chosen = values.get(path)
    return str(chosen) if chosen and path in shape.defaults and chosen != shape.defaults[path] else None


def _shared(catalogue: Json, values: Json, kinds: Json, networks: Mapping[str, str]) -> str | None:
    """The network that the short key can name: the only other one, and had by every part that takes it."""
    chosen = set(networks.values())
    if len(chosen) != 1:
        return None
    kind = chosen.pop()
    takers = [
        part for part, axis in PARTS if kind in [entry["name"] for entry in networks_of(catalogue, axis, kinds[part])]
    ]
    return kind if all(values.get(f"architecture.{part}.network.kind") == kind for part in takers) else None


def seeds(values: Json) -> int:
    """How many seeds a form asks for.

    Raises:
        ValueError: no number of runs.
    """
    count = values.get(RESTARTS)
    count = 1 if count is None else count
    if not isinstance(count, int) or not 1 <= count <= MOST_SEEDS:
        raise ValueError(f"a whole number from 1 to {MOST_SEEDS}")
    return count


def sweep(written: Json, grid: Json, count: int = 1) -> Values:
    """The body of a sweep.

    Args:
        written: the specification as the form stands.
        grid: key -> values, of the fields that take several.
        count: seeds, counted up from the form's own, unless they are among those fields.
    """
    whole = dict(grid)
    if count > 1 and "seed" not in grid:
        first = written.get("seed", 0)
        # What is no number is for the server to refuse, at its field.
        whole["seed"] = [first + index for index in range(count)] if isinstance(first, int) else [first]
    # Parts that a tuple says nothing of stay below it.
    base = {key: value for key, value in written.items() if key not in whole or isinstance(value, Mapping)}
    return {"base": base, "grid": whole}


def runs_of(posted: Json) -> int:
    """How many combinations a body has, of a sweep or of one run."""
    return math.prod(map(len, posted["grid"].values())) if "grid" in posted else 1


def pretty(written: Json) -> str:
    """The body as a person would lay it out."""
    laid = json.dumps(written, indent=2, ensure_ascii=False)
    return re.sub(r"\[\s+([^\[\]{}\"]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", laid)


def curl(written: Json, origin: str, *, token: bool = False, to: str = "runs") -> str:
    """The line that posts the body from a shell.

    Args:
        written: the body.
        origin: of the server.
        to: what is made.
        token: whether the server wants one; the line takes it from the environment.
    """
    text = json.dumps(written, ensure_ascii=False).replace("'", "'\\''")
    carries = ' -H "Authorization: Bearer $FRONTIER_API_TOKEN"' if token else ""
    return f"curl -X POST {origin.rstrip('/')}/api/v1/{to}{carries} -H 'Content-Type: application/json' -d '{text}'"


def field_errors(
    errors: Iterable[Json], paths: Sequence[str], swept: Mapping[str, str] | None = None
) -> tuple[dict[str, str], list[str]]:
    """The server's complaints by the field they name, and those that name none of ours.

    Args:
        errors: ``{loc, msg}`` of each.
        paths: of the controls.
        swept: the path of the control that holds the values of a key of the grid.
    """
    long = {short: path for path, short in SHORT.items()}
    long |= {"dataset": "dataset.name", "architecture": "architecture.encoder.kind"}
    long |= {"network": "architecture.encoder.network.kind"}
    found: dict[str, str] = {}
    rest: list[str] = []
    for error in errors:
        loc = [str(part) for part in error.get("loc") or ()]
        axis = (swept or {}).get(loc[1]) if loc[:1] == ["grid"] and len(loc) > 1 else None
        loc = loc[1:] if loc and loc[0] in ("base", "grid") else loc
        where = ".".join(loc)
        near = (axis, where, long.get(where), f"{where}.kind", "method" if loc[:1] == ["objective"] else None)
        path = next((p for p in near if p in paths), None)
        if path is None or path in found:
            rest.append(f"{where}: {error.get('msg')}" if where else str(error.get("msg")))
        else:
            found[path] = str(error.get("msg"))
    return found, rest

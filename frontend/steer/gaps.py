"""Proposals for the gaps of a frontier: what they cost, and how they are posted."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from frontend.views.query import View

Json = Mapping[str, Any]


def sweeps_of(proposals: Sequence[Json]) -> list[dict[str, Any]]:
    """Bodies of sweeps: one for all that differ in the value of one field only.

    A grid takes one base: runs of other models are a sweep of their own.
    """
    found: dict[str, dict[str, Any]] = {}
    for proposal in proposals:
        base = copy.deepcopy(dict(proposal["spec"]))
        *above, name = proposal["key"].split(".")
        place = base
        for part in above:
            place = place[part]
        del place[name]
        body = found.setdefault(
            json.dumps([base, proposal["key"]], sort_keys=True), {"base": base, "grid": {proposal["key"]: []}}
        )
        if proposal["value"] not in body["grid"][proposal["key"]]:
            body["grid"][proposal["key"]].append(proposal["value"])
    return list(found.values())


def narrowed(view: View) -> tuple[dict[str, str], str]:
    """What GET /frontier/gaps takes of a view, one group of points, and in words what it does not.

    Args:
        view: whose filters say which frontier the plane draws.
    """
    role, _, key = (view.only or "").partition(":")
    only: dict[str, str] = {}
    rest: tuple[tuple[str, ...], ...] = (view.tuples, view.methods)
    if role == "group" and view.group != "none":
        only = {"group_by": view.group, "group": key}
    elif len(view.tuples) == 1:
        only, rest = {"group_by": "architecture", "group": view.tuples[0]}, (view.methods,)
    elif len(view.methods) == 1:
        only, rest = {"group_by": "method", "group": view.methods[0]}, (view.tuples,)
    ignored = [
        *(["filters"] if any(rest) else []),
        *(["the sweep"] if view.sweep else []),
        *(["means over seeds"] if view.seeds != "each" else []),
    ]
    whose = f"all points of {only['group']}" if only else "all points of this data"
    return only, f"The gaps are those of {whose}: they know nothing of {' and '.join(ignored)}." if ignored else ""


def cost(proposals: Sequence[Json]) -> tuple[float, int]:
    """Seconds of those whose cost is known, and how many have none."""
    known = [each["estimate_s"] for each in proposals if each["estimate_s"] is not None]
    return float(sum(known)), len(proposals) - len(known)

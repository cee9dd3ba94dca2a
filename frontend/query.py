"""What the Explore page shows, as its URL says it: a view that can be shared is a view in the query string."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

OVERLAYS = ("staircase", "hull")
AXES = ("rd", "skew")
GROUPINGS = ("none", "architecture", "encoder", "decoder", "marginal", "method")
FULL = "all"
"""The evaluation on every test image."""


@dataclass(frozen=True, kw_only=True)
class View:
    """One view of the plane."""

    dataset: str | None = None
    """``name/binarize``; None is the data set with the newest run."""
    evaluation: str | None = None
    """``all``, or the number of test images; None takes what there is most of."""
    tuples: tuple[str, ...] = ()
    """Tuples shown; empty is every one."""
    methods: tuple[str, ...] = ()
    """Methods shown; empty is every one."""
    overlays: tuple[str, ...] = ("staircase",)
    group: str = "none"
    axes: str = "rd"
    """``rd``: D against R; ``skew``: R + D against R."""
    point: str | None = None
    """The selected point."""

    def with_point(self, point: str | None) -> "View":
        return replace(self, point=point)


def parse(search: str | None) -> View:
    """The view of a query string; what it does not know, it ignores."""
    raw = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()}
    return from_filters({**raw, "tuple": raw.get("tuple", "").replace(" ", "+")}, raw.get("point"))


def from_filters(filters: Mapping[str, Any] | None, point: str | None = None) -> View:
    """The view of the query's decoded keys, as the browser keeps them."""
    given = dict(filters or {})
    overlays = given.get("overlay")
    return View(
        dataset=given.get("dataset") or None,
        evaluation=given.get("eval") or None,
        tuples=_split(given.get("tuple")),
        methods=_split(given.get("method")),
        overlays=("staircase",) if overlays is None else tuple(o for o in _split(overlays) if o in OVERLAYS),
        group=given["group"] if given.get("group") in GROUPINGS else "none",
        axes="skew" if given.get("axes") == "skew" else "rd",
        point=point or None,
    )


def parse_seed(search: str | None) -> str | None:
    """The seed that a query string asks for."""
    return next(iter(parse_qs((search or "").lstrip("?")).get("seed") or ()), None)


def search(view: View) -> str:
    """The query string of a view: only what differs from the default."""
    pairs = {
        "dataset": view.dataset,
        "eval": view.evaluation,
        "tuple": ",".join(view.tuples),
        "method": ",".join(view.methods),
        "overlay": None if view.overlays == ("staircase",) else ",".join(view.overlays) or "off",
        "group": None if view.group == "none" else view.group,
        "axes": None if view.axes == "rd" else view.axes,
        "point": view.point,
    }
    written = urlencode({key: value for key, value in pairs.items() if value}, quote_via=quote, safe="/,")
    return f"?{written}" if written else ""


def href(view: View) -> str:
    """The address of a view of the Explore page."""
    return f"/{search(view)}"


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)

"""What the Explore page shows, as its URL says it: a view that can be shared is a view in the query string."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

OVERLAYS = ("staircase", "hull")
AXES = ("rd", "skew")
GROUPINGS = ("none", "architecture", "encoder", "decoder", "marginal", "method", "network")
LOGS = ("x", "y")
SEEDS = ("each", "se", "sd")
"""Every seed by itself, or the mean over the seeds of one experiment with its standard error, or standard deviation."""
LAYERS = ("published", "nondominated")
LOOK = {"colour": "decoder", "shape": "marginal", "fill": "encoder"}
"""What colour, shape and fill say unless asked otherwise: paper B's figure 3."""
IMAGES = 8
"""Test images that the strip can show."""
_IMAGES = frozenset(map(str, range(IMAGES)))
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
    logs: tuple[str, ...] = ()
    """Axes that are logarithmic: ``x``, ``y``."""
    colour: str = LOOK["colour"]
    """What the colours say: a channel, or a dotted path into the specification."""
    shape: str = LOOK["shape"]
    fill: str = LOOK["fill"]
    seeds: str = "each"
    """One of :data:`SEEDS`."""
    layers: tuple[str, ...] = ()
    """``published``: figures of the papers too; ``nondominated``: no other points."""
    only: str | None = None
    """``role:name``: an entry of the legend that is shown alone."""
    sweep: str | None = None
    """Id of a sweep whose points are shown alone."""
    point: str | None = None
    """The selected point."""
    image: int = 0
    """Which test image and noise the strip shows, from 0."""
    table: bool = False
    """Whether the table is open."""
    sort: str | None = None
    """How the table's rows are ordered, as its script writes it."""
    where: str | None = None
    """The table's own filters, as its script writes them."""

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
        overlays=("staircase",) if overlays is None else _known(overlays, OVERLAYS),
        group=given["group"] if given.get("group") in GROUPINGS else "none",
        axes="skew" if given.get("axes") == "skew" else "rd",
        logs=_known(given.get("log"), LOGS),
        colour=given.get("colour") or LOOK["colour"],
        shape=given.get("shape") or LOOK["shape"],
        fill=given.get("fill") or LOOK["fill"],
        seeds=given["seeds"] if given.get("seeds") in SEEDS else "each",
        layers=_known(given.get("show"), LAYERS),
        only=given.get("only") or None,
        sweep=given.get("sweep") or None,
        point=point or None,
        image=int(image) if (image := str(given.get("image") or "")) in _IMAGES else 0,
        table=given.get("table") == "open",
        sort=given.get("sort") or None,
        where=given.get("where") or None,
    )


def plane_link(run: Mapping[str, Any], point: str | None = None) -> str:
    """The address of the plane that holds the points of a run: of its data and its evaluation set.

    Args:
        run: as REST answers it.
        point: the one that is selected; default its first.
    """
    dataset, points = run["spec"]["dataset"], run.get("points") or [None]
    limit = dataset.get("eval_limit")
    return href(
        View(
            dataset=f"{dataset['name']}/{dataset['binarize']}",
            evaluation=None if limit is None else str(limit),
            point=point or points[0],
        )
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
        "log": ",".join(view.logs),
        "colour": None if view.colour == LOOK["colour"] else view.colour,
        "shape": None if view.shape == LOOK["shape"] else view.shape,
        "fill": None if view.fill == LOOK["fill"] else view.fill,
        "seeds": None if view.seeds == "each" else view.seeds,
        "show": ",".join(view.layers),
        "only": view.only,
        "sweep": view.sweep,
        "point": view.point,
        "image": str(view.image) if view.image else None,
        "table": "open" if view.table else None,
        "sort": view.sort,
        "where": view.where,
    }
    written = urlencode({key: value for key, value in pairs.items() if value}, quote_via=quote, safe="/,")
    return f"?{written}" if written else ""


def href(view: View) -> str:
    """The address of a view of the Explore page."""
    return f"/{search(view)}"


def _known(text: str | None, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name in _split(text))


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(",") if part)

"""Staircases, hulls and the entropy bound: read from REST, and drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from frontend.figures.plane import lines, marks
from frontend.figures.plane.records import PlanePoint
from frontend.theme import Palette
from frontend.views.query import FULL, View
from frontend.words.formats import tuple_text

_DASHES = ("solid", "2px,2px", "9px,3px,2px,3px")
"""Staircases of groups that share a colour, for there are more tuples than colours."""


EVERYTHING = "all"
"""Key of the one group of all points."""
ROLE = "group"


@dataclass(frozen=True)
class Bound:
    """The best known upper bound on the data entropy H, nats, and who found it."""

    value: float
    source: str
    exact: bool = False
    """Whether it is H itself: nothing measured lies below it."""


@dataclass(frozen=True)
class Frontier:
    """One group's staircase and hull, as ids of points."""

    key: str
    staircase: tuple[str, ...]
    hull: tuple[str, ...]
    evaluation: str = FULL
    hypervolume: float | None = None
    """Area dominated below R = D = 2H, nats^2; None where H has no bound, or of means."""


def frontiers(answer: Mapping[str, Any] | None) -> list[Frontier]:
    """The groups of GET /frontier."""
    found = []
    for group in (answer or {}).get("groups") or []:
        limit = group.get("eval_limit")
        key = str(group["key"]).removesuffix(f" (eval_limit {limit})")
        evaluation = FULL if limit is None else str(limit)
        found.append(
            Frontier(key, tuple(group["staircase"]), tuple(group["hull"]), evaluation, group.get("hypervolume"))
        )
    return found


def entropy_bound(answer: Mapping[str, Any] | None) -> Bound | None:
    """The bound of GET /frontier."""
    bound = (answer or {}).get("entropy_bound")
    if not bound or bound.get("value") is None:
        return None
    return Bound(float(bound["value"]), str(bound["source"]), bool(bound.get("exact")))


def overlays(
    groups: Sequence[Frontier],
    by_id: Mapping[str, PlanePoint],
    view: View,
    colours: Palette,
    named: Mapping[str, str] | None = None,
) -> list[go.Scatter]:
    """Staircases and hulls.

    Args:
        groups: what to draw.
        by_id: the points that they pass through.
        view: axes, overlays, and which group is shown alone.
        colours: of the scheme.
        named: colours of groups that have one among the points already, by their keys.
    """
    traces = []
    single = len(groups) == 1 and groups[0].key == EVERYTHING
    for index, group in enumerate(groups):
        own = colours.series[index % len(colours.series)]
        colour = colours.line if single else (named or {}).get(group.key, own)
        solid = _DASHES[index // len(colours.series) % len(_DASHES)]
        only = f"{ROLE}:{group.key}"
        for name, ids in (("staircase", group.staircase), ("hull", group.hull)):
            if name not in view.overlays:
                continue
            along = sorted((by_id[i] for i in ids if i in by_id), key=lambda p: (p.rate, -p.distortion))
            x, y = _steps(along, view) if name == "staircase" else _straight(along, view)
            faded = view.only != only and (view.only or "").startswith(f"{ROLE}:")
            traces.append(
                go.Scatter(
                    x=x, y=y, mode="lines", hoverinfo="skip", legendrank=index,
                    name=name if single else _words(group, name, view.group),
                    meta=None if single else {"only": only},
                    opacity=0.15 if faded else 1.0,
                    line={"color": colour, "width": 1.6, "dash": solid if name == "staircase" else "7px,4px"},
                )
            )  # fmt: skip
    return traces


def _words(group: Frontier, name: str, grouping: str) -> str:
    """The group, what is drawn of it, and with its staircase how much it dominates."""
    words = escape(group_name(group.key, grouping))
    if name == "hull":
        return f"{words} hull"
    return words if group.hypervolume is None else f"{words} {group.hypervolume:_.0f}".replace("_", "\u2009")


def _steps(along: Sequence[PlanePoint], view: View) -> lines.Path:
    """The staircase: a point's D holds at every greater rate, until a point below it takes over."""
    rates: list[float] = []
    distortions: list[float] = []
    for before, after in pairwise(along):
        rates += [before.rate, after.rate]
        distortions += [before.distortion, before.distortion]
    if along:
        rates.append(along[-1].rate)
        distortions.append(along[-1].distortion)
    return lines.line(rates, distortions, view)


def _straight(along: Sequence[PlanePoint], view: View) -> lines.Path:
    return lines.line([point.rate for point in along], [point.distortion for point in along], view)


def group_name(key: str, grouping: str) -> str:
    """What the legend calls a group.

    Args:
        key: of the group.
        grouping: what the groups are made by.
    """
    return _NAMES[grouping](key) if grouping in _NAMES else key


_NAMES: dict[str, Callable[[str], str]] = {
    "architecture": tuple_text,
    "encoder": lambda key: f"{marks.ENCODERS.get(key, 'other')} encoders",
    "decoder": lambda key: f"{marks.DECODER_FAMILIES.get(key, 'other')} decoders",
    "marginal": lambda key: f"{marks.MARGINALS.get(key, 'other')} marginals",
    "network": lambda key: f"on {key}",
}
"""Groups in words, by what they are made by."""

"""Staircases, hulls and the entropy bound: read from REST, and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from frontend.figures.records import PlanePoint
from frontend.formats import tuple_text
from frontend.query import FULL, View
from frontend.theme import Palette

_DASHES = ("solid", "2px,2px", "9px,3px,2px,3px")
"""Staircases of groups that share a colour, for there are more tuples than colours."""


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


def frontiers(answer: Mapping[str, Any] | None) -> list[Frontier]:
    """The groups of GET /frontier."""
    found = []
    for group in (answer or {}).get("groups") or []:
        limit = group.get("eval_limit")
        key = str(group["key"]).removesuffix(f" (eval_limit {limit})")
        evaluation = FULL if limit is None else str(limit)
        found.append(Frontier(key, tuple(group["staircase"]), tuple(group["hull"]), evaluation))
    return found


def entropy_bound(answer: Mapping[str, Any] | None) -> Bound | None:
    """The bound of GET /frontier."""
    bound = (answer or {}).get("entropy_bound")
    if not bound or bound.get("value") is None:
        return None
    return Bound(float(bound["value"]), str(bound["source"]), bool(bound.get("exact")))


def overlays(
    groups: Sequence[Frontier], by_id: Mapping[str, PlanePoint], view: View, colours: Palette
) -> list[go.Scatter]:
    traces = []
    single = len(groups) == 1
    for index, group in enumerate(groups):
        colour = colours.line if single else colours.series[index % len(colours.series)]
        solid = _DASHES[index // len(colours.series) % len(_DASHES)]
        for name, ids in (("staircase", group.staircase), ("hull", group.hull)):
            if name not in view.overlays:
                continue
            along = sorted((by_id[i] for i in ids if i in by_id), key=lambda p: (p.rate, -p.distortion))
            x, y = _steps(along, view) if name == "staircase" else _straight(along, view)
            traces.append(
                go.Scatter(
                    x=x, y=y, mode="lines", hoverinfo="skip", legendrank=index,
                    name=name if single else _group_name(group.key) + (" hull" if name == "hull" else ""),
                    line={"color": colour, "width": 1.6, "dash": solid if name == "staircase" else "7px,4px"},
                )
            )  # fmt: skip
    return traces


def _steps(along: Sequence[PlanePoint], view: View) -> tuple[list[float], list[float]]:
    """The staircase: a point's D holds at every greater rate, until a point below it takes over."""
    x: list[float] = []
    distortion: list[float] = []
    for before, after in pairwise(along):
        x += [before.rate, after.rate]
        distortion += [before.distortion, before.distortion]
    if along:
        x.append(along[-1].rate)
        distortion.append(along[-1].distortion)
    return x, _upwards(x, distortion, view)


def _straight(along: Sequence[PlanePoint], view: View) -> tuple[list[float], list[float]]:
    x = [point.rate for point in along]
    return x, _upwards(x, [point.distortion for point in along], view)


def _upwards(x: Sequence[float], distortion: Sequence[float], view: View) -> list[float]:
    if view.axes == "skew":
        return [r + d for r, d in zip(x, distortion, strict=True)]
    return list(distortion)


def _group_name(key: str) -> str:
    return tuple_text(key) if len(key) == 3 and set(key) <= set("-+vl?") else key

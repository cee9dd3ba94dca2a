"""Lab: what its page shows, asked of REST: the truth, and every model measured against it."""

import asyncio
from dataclasses import dataclass

from frontend.client import Json
from frontend.context import Context
from frontend.figures.lab import records
from frontend.figures.lab.records import AIMED, ELBO, ToyModel, ToyPoint, Truth
from frontend.form.defaults import item

MOST_RUNS = 1000
"""Newest runs on the toy data that are looked at."""

Shown = dict[str, tuple[ToyPoint | None, ToyModel | None]]
"""The model of each column, and its point where it was measured."""


@dataclass(frozen=True)
class Bench:
    """Everything the page shows."""

    truth: Truth
    made: ToyModel
    points: list[ToyPoint]
    waiting: int
    """Comparable runs that wait or run."""


async def bench(context: Context) -> Bench:
    """The truth, and every model measured against it."""
    client = context.client
    answer, catalogue, runs = await asyncio.gather(client.get("/lab/toy"), client.get("/catalogue"), _runs(context))
    defaults = item(catalogue, "datasets", "toy")["defaults"]
    ended = [run for run in runs if run["points"]]
    points = await asyncio.gather(*(context.point(run["points"][0]) for run in ended))
    found = [records.toy_point(p, run, defaults) for run, p in zip(ended, points, strict=True) if p]
    waiting = [run for run in runs if run["status"] in ("queued", "running")]
    return Bench(
        truth=records.truth(answer),
        made=records.hand_built(answer),
        points=[point for point in found if point],
        waiting=sum(records.kind(run["spec"], defaults) != records.OTHER for run in waiting),
    )


async def _runs(context: Context) -> list[Json]:
    """The runs on the toy data, newest first."""
    found: list[Json] = []
    cursor = None
    while len(found) < MOST_RUNS:
        page = await context.client.get("/runs", {"dataset": "toy", "limit": 200, "cursor": cursor})
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    return found


async def models(context: Context, found: Bench, seed: int | None) -> Shown:
    """The model of each column."""
    shown: Shown = {"made": (None, found.made)}
    for kind in (ELBO, AIMED):
        point = records.of_seed(found.points, kind, seed)
        stored = await context.point(point.id) if point else None
        shown[kind] = point, records.model(stored) if stored else None
    return shown

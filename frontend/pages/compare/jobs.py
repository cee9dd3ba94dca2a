"""Compare: more draws and entropies of all columns, by short jobs that are followed until they end."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from dash import Input, Output, State, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, point_path, segment
from frontend.components.compare.entropies import NAME as ENTROPY
from frontend.components.compare.extras import Extras
from frontend.components.tiles import sheets
from frontend.context import Context, complaint

DRAW = "draw"
COUNT = 16
"""Images of each kind that are drawn: as many as a point stores."""
SEEDS = 10**6
"""Seeds that a person can read out."""
WORDS = {DRAW: "Drawing", ENTROPY: "Measuring the entropy of each pixel"}
"""By kind of job."""


def body_of(kind: str, seed: int) -> dict[str, Any]:
    """What is asked of a point."""
    if kind == DRAW:
        return {"kind": "draw", "seed": seed, "count": COUNT}
    return {"kind": "decode", "what": "entropy"}


def results(drawn: Json | None, measured: Json | None) -> Extras:
    """What came of the jobs, as the page's stores keep it."""
    kept = {DRAW: drawn or {}, ENTROPY: measured or {}}

    def ended(kind: str, what: str) -> dict[str, Any]:
        return {point: each[what] for point, each in kept[kind].get("done", {}).items() if what in each}

    return Extras(
        seed=kept[DRAW].get("seed"),
        drawn={point: sheets(result) for point, result in ended(DRAW, "result").items()},
        entropy=ended(ENTROPY, "result"),
        refused={kind: ended(kind, "error") for kind in WORDS},
        drawing=is_open(drawn),
        measuring=is_open(measured),
    )


def is_open(kept: Json | None) -> bool:
    """Whether jobs of a kind wait or run."""
    return bool((kept or {}).get("jobs"))


def stores() -> list[Component]:
    """What the page keeps of its jobs."""
    kept = [dcc.Store(id=ids.compare_jobs(kind), data={}) for kind in WORDS]
    return [*kept, *[dcc.Store(id=name(kind)) for name in (ids.compare_ended, ids.compare_followed) for kind in WORDS]]


def register_jobs(context: Context) -> None:
    """The buttons above the pictures, and what follows them."""
    for kind in WORDS:
        _asking(context, kind)
        _following(context, kind)

    jobs = [Input(ids.compare_jobs(kind), "data") for kind in WORDS]

    @context.app.callback(Output(ids.COMPARE_TOLD, "children"), *jobs)
    async def tell(*kept: Json | None) -> str:
        words = [told(kind, each) for kind, each in zip(WORDS, kept, strict=True) if each and is_open(each)]
        return " \u00b7 ".join(words)


def told(kind: str, kept: Json) -> str:
    """``Drawing: 1 of 3 columns are done``."""
    return f"{WORDS[kind]}: {len(kept['done'])} of {kept['of']} columns are done"


def _asking(context: Context, kind: str) -> None:
    @context.app.callback(
        Output(ids.compare_jobs(kind), "data"),
        Input(verbs.store(f"compare-{kind}"), "data"),
        State(ids.compare_jobs(kind), "data"),
        prevent_initial_call=True,
    )
    async def ask(action: Json | None, kept: Json | None) -> Any:
        if not action or is_open(kept):
            raise PreventUpdate
        seed = secrets.randbelow(SEEDS)
        points = [point for point in action["id"].split(",") if point]
        told = await asyncio.gather(*(_ask(context, point, body_of(kind, seed)) for point in points))
        jobs = {point: job for point, (job, _) in zip(points, told, strict=True) if job}
        done = {point: {"error": why} for point, (_, why) in zip(points, told, strict=True) if why}
        return {"seed": seed, "of": len(points), "jobs": jobs, "done": done}


def _following(context: Context, kind: str) -> None:
    jobs = ids.compare_jobs(kind)
    context.in_browser(
        "followCompared", Output(ids.compare_followed(kind), "data"), Input(jobs, "data"), State(jobs, "id")
    )

    @context.app.callback(
        Output(ids.compare_jobs(kind), "data", allow_duplicate=True),
        Input(ids.compare_ended(kind), "data"),
        State(ids.compare_jobs(kind), "data"),
        prevent_initial_call=True,
    )
    async def look(over: list[str] | None, kept: Json | None) -> Any:
        if not over or not kept:
            raise PreventUpdate
        after = await _look(context, kept, over)
        if after == kept:
            raise PreventUpdate
        return after


async def _ask(context: Context, point: str, body: Mapping[str, Any]) -> tuple[str, str]:
    """The job, or why there is none."""
    try:
        return str((await context.client.post(point_path(point, "/jobs"), dict(body)))["id"]), ""
    except ApiError as error:
        said = [str(each.get("msg", "")) for each in error.errors]
        return "", said[0] if said and said[0] else complaint(error)


async def _look(context: Context, each: Json, over: Sequence[str]) -> Json:
    """The jobs of one kind, those of them that are over among the done ones."""
    points = [point for point, job in each["jobs"].items() if job in over]
    found = await asyncio.gather(*(_ended(context, each["jobs"][point]) for point in points))
    ended = {point: result for point, result in zip(points, found, strict=True) if result is not None}
    left = {point: job for point, job in each["jobs"].items() if point not in ended}
    return {**each, "jobs": left, "done": {**each["done"], **ended}}


async def _ended(context: Context, job_id: str) -> Json | None:
    """``{result}`` or ``{error}`` of a job; None while it waits or runs, or nobody answers."""
    try:
        job = await context.client.get(f"/jobs/{segment(job_id)}")
    except ApiError as error:
        return {"error": complaint(error)} if error.status == 404 else None
    if job["status"] in ("queued", "running"):
        return None
    if job["status"] == "succeeded":
        return {"result": job["result"]}
    return {"error": (job.get("error") or {}).get("message") or f"The job was {job['status']}."}

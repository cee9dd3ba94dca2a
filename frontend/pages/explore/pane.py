"""Explore: the pane of the selected point, and drawing more from its model."""

import asyncio
from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, point_path, run_path, segment
from frontend.components.explore import pane
from frontend.components.plain import DESCRIPTION, described
from frontend.components.tiles import sheets
from frontend.context import Context, complaint, dataset_key

STORES = (ids.DRAW_ASKED, ids.DRAW_FOLLOWED, ids.DRAW_ENDED, ids.DRAW_FOUND, ids.PANE_GONE)
"""What the page keeps for the pane."""


def register_pane(context: Context) -> None:
    @context.app.callback(Output(ids.PANE, DESCRIPTION), Input(ids.SELECTED, "data"))
    async def fill_pane(selected: str | None) -> Any:
        if not selected:
            return described(pane.nothing_selected())
        try:
            return await _content(context, selected)
        except ApiError as error:
            return described(pane.gone(selected) if error.status == 404 else pane.drawing(complaint(error)))

    @context.app.callback(
        Output(ids.PANE_GONE, "data"),
        Input(ids.POINTS_MOVED, "data"),
        State(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    async def notice_deletion(_moved: int | None, selected: str | None) -> Any:
        try:
            if not selected or await context.there([selected]):
                raise PreventUpdate
        except ApiError:
            raise PreventUpdate from None  # nothing says that it is gone
        return {"of": selected, "content": described(pane.gone(selected))}

    context.in_browser(
        "ifStill",
        Output(ids.PANE, DESCRIPTION, allow_duplicate=True),
        Input(ids.PANE_GONE, "data"),
        State(ids.SELECTED, "data"),
    )


async def _content(context: Context, point_id: str) -> str:
    client = context.client
    point = await client.get(point_path(point_id))
    run, samples = await asyncio.gather(
        client.get(run_path(point["run_id"])), client.get(point_path(point_id, "/samples"))
    )
    along = await client.get("/frontier", {"dataset": dataset_key(run)})
    stairs = {ident for group in along["groups"] for ident in group["staircase"]}
    shown = pane.pane(
        point, run, samples, along.get("entropy_bound"), on_frontier=point_id in stairs, read_only=context.read_only
    )
    return described(shown)


def register_drawing(context: Context) -> None:
    """More draws: whoever selects another point meanwhile sees nothing of them there."""

    @context.app.callback(
        Output(ids.DRAW_ASKED, "data"),
        Input(verbs.store("draw"), "data"),
        prevent_initial_call=True,
    )
    async def ask_for_more(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        point = action["id"]
        try:
            job = await context.client.post(point_path(point, "/jobs"), {"kind": "draw", "count": 8})
        except ApiError as error:
            return {"of": point, "job": None, "content": described(pane.drawing(complaint(error)))}
        return {"of": point, "job": job["id"], "content": described(pane.drawing("Drawing\u2026"))}

    context.in_browser(
        "followDrawing",
        Output(ids.DRAW_FOLLOWED, "data"),
        Input(ids.DRAW_ASKED, "data"),
        Input(ids.SELECTED, "data"),
    )
    context.in_browser(
        "showDrawing",
        Output(ids.DRAWN, DESCRIPTION),
        Input(ids.DRAW_ASKED, "data"),
        Input(ids.DRAW_FOUND, "data"),
        Input(ids.SELECTED, "data"),
    )

    @context.app.callback(
        Output(ids.DRAW_FOUND, "data"),
        Input(ids.DRAW_ENDED, "data"),
        prevent_initial_call=True,
    )
    async def show(ended: Json | None) -> Any:
        if not ended:
            raise PreventUpdate
        return {"of": ended["job"], "content": await _drawn(context, ended["job"])}


async def _drawn(context: Context, job_id: str) -> str:
    """What a job drew, or why it did not."""
    try:
        job = await context.client.get(f"/jobs/{segment(job_id)}")
    except ApiError as error:
        return described(pane.drawing(complaint(error)))
    if job["status"] != "succeeded":
        failure = job.get("error") or {}
        return described(pane.drawing(failure.get("message") or f"The job was {job['status']}."))
    return described(pane.drawn(sheets(job["result"]), "drawn just now"))

"""Explore: the pane of the selected point, and drawing more from its model."""

import asyncio
from typing import Any

from dash import Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json, point_path, run_path, segment
from frontend.components import pane
from frontend.components.tiles import sheets
from frontend.pages.context import Context, complaint, dataset_key


def register_pane(context: Context) -> None:
    @context.app.callback(
        Output(ids.PANE, "children"),
        Output(ids.DRAWN, "children"),
        Output(ids.DRAW_JOB, "data"),
        Input(ids.SELECTED, "data"),
    )
    async def fill_pane(selected: str | None) -> Any:
        if not selected:
            return pane.nothing_selected(), [], None
        try:
            return await _content(context, selected), [], None
        except ApiError as error:
            return (pane.gone(selected) if error.status == 404 else pane.drawing(complaint(error))), [], None

    @context.app.callback(
        Output(ids.PANE, "children", allow_duplicate=True),
        Input(ids.POINTS_MOVED, "data"),
        State(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    async def notice_deletion(_moved: int | None, selected: str | None) -> Any:
        if selected:
            try:
                await context.client.get(point_path(selected))
            except ApiError as error:
                if error.status == 404:
                    return pane.gone(selected)
        raise PreventUpdate


async def _content(context: Context, point_id: str) -> html.Div:
    client = context.client
    point = await client.get(point_path(point_id))
    run, samples = await asyncio.gather(
        client.get(run_path(point["run_id"])), client.get(point_path(point_id, "/samples"))
    )
    along = await client.get("/frontier", {"dataset": dataset_key(run)})
    return pane.pane(point, run, samples, along.get("entropy_bound"))


def register_drawing(context: Context) -> None:
    @context.app.callback(
        Output(ids.DRAW_JOB, "data", allow_duplicate=True),
        Output(ids.DRAWN, "children", allow_duplicate=True),
        Input(ids.ACTION, "data"),
        prevent_initial_call=True,
    )
    async def ask_for_more(action: Json | None) -> Any:
        if not action or action["do"] != "draw":
            raise PreventUpdate
        try:
            job = await context.client.post(point_path(action["id"], "/jobs"), {"kind": "draw", "count": 8})
        except ApiError as error:
            return None, pane.drawing(complaint(error))
        return {"job": job["id"], "point": action["id"]}, pane.drawing("Drawing\u2026")

    @context.app.callback(Output(ids.DRAW_TICK, "disabled"), Input(ids.DRAW_JOB, "data"))
    async def wait_for_job(job: Json | None) -> bool:
        return not job

    @context.app.callback(
        Output(ids.DRAWN, "children", allow_duplicate=True),
        Output(ids.DRAW_JOB, "data", allow_duplicate=True),
        Input(ids.DRAW_TICK, "n_intervals"),
        State(ids.DRAW_JOB, "data"),
        State(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    async def look_after_job(_ticks: int, waiting: Json | None, selected: str | None) -> Any:
        if not waiting:
            raise PreventUpdate
        if waiting["point"] != selected:
            return no_update, None
        try:
            job = await context.client.get(f"/jobs/{segment(waiting['job'])}")
        except ApiError as error:
            return pane.drawing(complaint(error)), None
        if job["status"] in ("queued", "running"):
            raise PreventUpdate
        if job["status"] != "succeeded":
            failure = job.get("error") or {}
            return pane.drawing(failure.get("message") or f"The job was {job['status']}."), None
        return pane.drawn(sheets(job["result"]), "drawn just now"), None

"""What the buttons of runs do, wherever they stand."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json, run_path, segment
from frontend.components.empty import DIGITS_RUN, MNIST_SWEEP
from frontend.components.lab import SWEEPS
from frontend.formats import plural
from frontend.pages.context import Context, complaint, notice


def confirmation() -> dmc.Modal:
    """Asks before a run is deleted."""
    return dmc.Modal(
        [
            html.P(id=ids.CONFIRM_TEXT),
            html.Div(
                [
                    html.Button("Keep it", id=ids.CONFIRM_NO, className="button quiet", type="button"),
                    html.Button("Delete", id=ids.CONFIRM_YES, className="button danger-solid", type="button"),
                ],
                className="actions end",
            ),
        ],
        id=ids.CONFIRM,
        title="Delete this run?",
        opened=False,
        centered=True,
        keepMounted=True,
    )


def register(context: Context) -> None:
    """The buttons' callbacks."""
    _runs(context)
    _starts(context)
    _deletion(context)


def _runs(context: Context) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.ACTION, "data"),
        prevent_initial_call=True,
    )
    async def cancel_or_retry(action: Json | None) -> Any:
        if not action or action["do"] not in ("cancel", "retry"):
            raise PreventUpdate
        try:
            run = await context.client.post(run_path(action["id"], f"/{action['do']}"))
        except ApiError as error:
            return notice(complaint(error), kind="bad")
        if action["do"] == "retry":
            return notice("The run waits again; it goes on from its last checkpoint.")
        return notice("The run is cancelled." if run["status"] == "cancelled" else "The run stops in a moment.")


def _starts(context: Context) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.ACTION, "data"),
        prevent_initial_call=True,
    )
    async def start(action: Json | None) -> Any:
        what = (action or {}).get("do")
        try:
            if what == "start-digits":
                await context.client.post("/runs", DIGITS_RUN)
                return notice("Training on digits has been queued.", kind="good"), "?dataset=digits/static"
            if what == "start-mnist":
                sweep = await context.client.post("/sweeps", MNIST_SWEEP)
                return notice(f"{plural(len(sweep['runs']), 'run')} queued.", kind="good"), "?dataset=mnist/static"
            if what == "start-toy":
                made = [await context.client.post("/sweeps", sweep) for sweep in SWEEPS]
                count = sum(len(sweep["runs"]) for sweep in made)
                return notice(f"{plural(count, 'model')} asked for.", kind="good"), no_update
            if what == "cancel-toy":
                count = await _cancel_toy(context)
                return notice(f"{plural(count, 'model')} cancelled." if count else "Nothing of it waits."), no_update
            if what == "clear-filters":
                return no_update, ""
        except ApiError as error:
            return notice(complaint(error), kind="bad"), no_update
        raise PreventUpdate


async def _cancel_toy(context: Context) -> int:
    """Cancel the newest sweep of each kind that the Lab queues; returns how many runs had not ended."""
    found = (await context.client.get("/sweeps", {"limit": 200}))["items"]
    count = 0
    for asked in SWEEPS:
        newest = next((each for each in found if (each["base"], each["grid"]) == (asked["base"], asked["grid"])), None)
        active = sum(newest["counts"].get(status, 0) for status in ("queued", "running")) if newest else 0
        if newest and active:
            await context.client.post(f"/sweeps/{segment(newest['id'])}/cancel")
            count += active
    return count


def _deletion(context: Context) -> None:
    @context.app.callback(
        Output(ids.CONFIRM, "opened"),
        Output(ids.CONFIRM_TEXT, "children"),
        Output(ids.CONFIRM_RUN, "data"),
        Input(ids.ACTION, "data"),
        prevent_initial_call=True,
    )
    async def ask(action: Json | None) -> Any:
        if not action or action["do"] != "delete":
            raise PreventUpdate
        try:
            run = await context.client.get(run_path(action["id"]))
        except ApiError as error:
            return True, complaint(error), None
        gone = plural(len(run["points"]), "point")
        return True, f"Its {gone}, pictures, history and checkpoint go with it. This cannot be undone.", run["id"]

    @context.app.callback(
        Output(ids.CONFIRM, "opened", allow_duplicate=True),
        Input(ids.CONFIRM_NO, "n_clicks"),
        prevent_initial_call=True,
    )
    async def keep(_clicks: int | None) -> bool:
        return False

    @context.app.callback(
        Output(ids.CONFIRM, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "pathname", allow_duplicate=True),
        Input(ids.CONFIRM_YES, "n_clicks"),
        State(ids.CONFIRM_RUN, "data"),
        State(ids.LOCATION, "pathname"),
        prevent_initial_call=True,
    )
    async def delete(clicks: int | None, run_id: str | None, pathname: str | None) -> Any:
        if not clicks or not run_id:
            return False, no_update, no_update
        try:
            await context.client.delete(run_path(run_id))
        except ApiError as error:
            return False, notice(complaint(error), kind="bad"), no_update
        there = (pathname or "").startswith("/run/")
        return False, notice("The run is deleted.", kind="good"), "/queue" if there else no_update

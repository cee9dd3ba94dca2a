"""What the buttons of runs do, wherever they stand."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, run_path, segment
from frontend.components.lab.toy import SWEEPS
from frontend.context import Context, complaint, notice
from frontend.steer.first_runs import STARTS
from frontend.words.formats import plural, told, tuple_text
from frontend.words.runs import title

_NAMED = 5
"""Runs that the question before a deletion names."""


def confirmation() -> dmc.Modal:
    """Asks before a run is deleted."""
    return dmc.Modal(
        [
            html.Div(id=ids.CONFIRM_TEXT, className="stack"),
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
        closeButtonProps={"aria-label": "Close"},
        opened=False,
        centered=True,
        keepMounted=True,
    )


def register(context: Context) -> None:
    """The buttons' callbacks."""
    _calls(context)
    _starts(context)
    _deletion(context)


def _calls(context: Context) -> None:
    """Buttons of which only a notice tells what they did, each with a callback of its own."""

    async def cancel(run_id: str) -> Any:
        run = await context.client.post(run_path(run_id, "/cancel"))
        return notice("The run is cancelled." if run["status"] == "cancelled" else "The run stops in a moment.")

    async def retry(run_id: str) -> Any:
        await context.client.post(run_path(run_id, "/retry"))
        return notice("The run waits again; it goes on from its last checkpoint.")

    async def first(run_id: str) -> Any:
        line = (await context.client.get("/queue", {"limit": 1}))["items"]
        await context.client.post(run_path(run_id, "/place"), {"before": line[0]["id"] if line else run_id})
        return notice("The run is trained next.")

    async def start_toy(_target: str) -> Any:
        made = [await context.client.post("/sweeps", sweep) for sweep in SWEEPS]
        return notice(f"{plural(sum(len(sweep['runs']) for sweep in made), 'model')} asked for.", kind="good")

    async def cancel_toy(_target: str) -> Any:
        count = await _cancel_toy(context)
        return notice(f"{plural(count, 'model')} cancelled." if count else "Nothing of it waits.")

    calls = {
        "cancel": cancel,
        "retry": retry,
        "first": first,
        "start-toy": start_toy,
        "cancel-toy": cancel_toy,
    }
    for verb, call in calls.items():
        _call(context, verb, call)


def _call(context: Context, verb: str, call: Callable[[str], Awaitable[Any]]) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store(verb), "data"),
        prevent_initial_call=True,
    )
    async def press(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        try:
            return await call(action["id"])
        except ApiError as error:
            return notice(complaint(error), kind="bad")


def _starts(context: Context) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "search", allow_duplicate=True),
        Input(verbs.store(next(iter(STARTS))), "data"),
        prevent_initial_call=True,
    )
    async def start(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        chosen = STARTS[action["do"]]
        try:
            for path, body in chosen.posts:
                await context.client.post(path, body)
        except ApiError as error:
            return notice(complaint(error), kind="bad"), no_update
        return notice(chosen.told, kind="good"), chosen.search


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
        Output(ids.CONFIRM, "title"),
        Output(ids.CONFIRM_TEXT, "children"),
        Output(ids.CONFIRM_RUN, "data"),
        Output(ids.CONFIRM_YES, "disabled"),
        Input(verbs.store("delete"), "data"),
        State(ids.QUEUE_PICKED, "data"),
        prevent_initial_call=True,
    )
    async def ask(action: Json | None, picked: list[str] | None) -> Any:
        if not action:
            raise PreventUpdate
        asked = [action["id"]] if action["do"] == "delete" else list(picked or [])
        question = "Delete this run?" if len(asked) == 1 else f"Delete {len(asked)} runs?"
        try:
            runs = [await context.client.get(run_path(run_id)) for run_id in asked]
        except ApiError as error:
            return True, question, complaint(error), [], True
        return True, question, lost(runs), asked, not asked

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
    async def delete(clicks: int | None, asked: list[str] | None, pathname: str | None) -> Any:
        if not clicks or not asked:
            return False, no_update, no_update
        refusals = []
        for run_id in asked:
            try:
                await context.client.delete(run_path(run_id))
            except ApiError as error:
                refusals.append(complaint(error))
        there = (pathname or "").startswith("/run/") and not refusals
        said = told(len(asked) - len(refusals), "deleted", refusals)
        return False, notice(said, kind="bad" if refusals else "good"), "/queue" if there else no_update


def lost(runs: Sequence[Json]) -> list[html.P | html.Ul]:
    """Which runs these are, and what deleting them takes away for good."""
    points, them = plural(sum(len(run["points"]) for run in runs), "point"), "it" if len(runs) == 1 else "them"
    running = sum(run["status"] == "running" for run in runs)
    gone = (
        f"Gone with {them}: {points} with estimates and pictures, what was drawn from points later, training curve, "
        "log, checkpoint, notes, tags and the place in sweeps."
    )
    stays = f"{plural(running, 'run')} will stay: cancel what is running first, then delete it."
    return [
        html.Ul(_named(runs)),
        html.P(gone),
        *([html.P(stays)] if running else []),
        html.P(html.Strong("This cannot be undone.")),
    ]


def _named(runs: Sequence[Json]) -> list[html.Li]:
    """Each run by its tuple, its method with the settings, and the beginning of its id; of many the first few."""
    names = [f"{tuple_text(run['architecture'])} {title(run)}, run {run['id'][:8]}" for run in runs[:_NAMED]]
    more = len(runs) - len(names)
    return [html.Li(name) for name in [*names, *([f"and {more} more"] if more else [])]]

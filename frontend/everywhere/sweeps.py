"""What the buttons of sweeps do, wherever they stand."""

from collections.abc import Awaitable, Callable
from typing import Any

from dash import Input, Output, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, segment
from frontend.components.sweeps.sweep import sweep_href
from frontend.context import Context, complaint, notice
from frontend.words.formats import plural

Act = Callable[[Context, str], Awaitable[Any]]
"""What a button does to a sweep; the notice, and the address of the page to go to."""


def register(context: Context) -> None:
    """The buttons' callbacks."""
    for verb, act in _ACTIONS.items():
        _button(context, verb, act)


def _button(context: Context, verb: str, act: Act) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "pathname", allow_duplicate=True),
        Input(verbs.store(verb), "data"),
        prevent_initial_call=True,
    )
    async def press(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        try:
            return await act(context, action["id"])
        except ApiError as error:
            return notice(complaint(error), kind="bad"), no_update


async def _cancel(context: Context, sweep_id: str) -> Any:
    before = await context.client.get(f"/sweeps/{segment(sweep_id)}", {"brief": True})
    await context.client.post(f"/sweeps/{segment(sweep_id)}/cancel")
    count = before["counts"]["queued"] + before["counts"]["running"]
    return notice(f"{plural(count, 'run')} cancelled; what runs stops in a moment."), no_update


async def _retry(context: Context, sweep_id: str) -> Any:
    sweep = await context.client.post(f"/sweeps/{segment(sweep_id)}/retry")
    waiting = sweep["counts"]["queued"]
    return notice(f"{plural(waiting, 'run')} of this sweep wait; each goes on from its last checkpoint."), no_update


async def _resume(context: Context, sweep_id: str) -> Any:
    """Post the same sweep again: what is known by its digest is taken in as it is."""
    old = await context.client.get(f"/sweeps/{segment(sweep_id)}", {"brief": True})
    made = await context.client.post("/sweeps", {"base": old["base"], "grid": old["grid"]})
    counts = made["counts"]
    words = f"{plural(counts['queued'], 'run')} to train; {counts['succeeded']} known already and not run again."
    return notice(words, kind="good"), sweep_href(made["id"])


_ACTIONS = {"cancel-sweep": _cancel, "retry-sweep": _retry, "resume-sweep": _resume}

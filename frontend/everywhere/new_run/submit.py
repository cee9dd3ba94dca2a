"""The new-run form: queueing what it says, and showing what is wrong with it for as long as that stands."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components.sweeps.sweep import sweep_href
from frontend.context import Context, complaint, notice
from frontend.form import controls
from frontend.form.asked import asked
from frontend.words.formats import plural
from frontend.words.runs import short_title


def register(context: Context) -> None:
    """The callbacks of the button and of the messages."""
    controls_ = (ids.structure(ALL), ids.field(ALL), ids.swept_field(ALL), ids.swept_values(ALL))
    context.in_browser(
        "complain",
        *[Output(each, "error") for each in controls_],
        Output(ids.FORM_ERROR, "children"),
        Input(ids.FORM_REFUSED, "data"),
        Input(ids.FORM_WRITTEN, "data"),
        *[Input(each, "value") for each in controls_],
    )
    context.in_browser("lead", Output(ids.FORM_LED, "data"), Input(ids.FORM_REFUSED, "data"))

    @context.app.callback(
        Output(ids.FORM_REFUSED, "data", allow_duplicate=True),
        Output(ids.FORM, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.FORM_SUBMIT, "n_clicks"),
        *[State(each, "value") for each in controls_],
        prevent_initial_call=True,
        running=[(Output(ids.FORM_SUBMIT, "disabled"), True, False)],  # a double click queues once
    )
    async def submit(clicks: int | None, *held: list[Any]) -> Any:
        if not clicks:
            raise PreventUpdate
        wanted = asked(await context.catalogue(), list(held), ctx.states_list)
        wrong = {path: words for path, words in wanted.faults.items() if path in wanted.own}
        if wrong:
            return {"errors": wrong, "rest": [], "held": wanted.held, "focus": True}, no_update, no_update
        try:
            words, kind = await _post(context, wanted.posted)
        except ApiError as error:
            told = error.errors or [{"msg": complaint(error)}]
            refused = controls.refusal(told, wanted.held, focus=True, swept=wanted.axes.paths)
            return refused, no_update, no_update
        return None, False, notice(words, kind=kind)


async def _post(context: Context, posted: Json) -> tuple[Any, str]:
    """Queue what the form says; returns what came of it, in words, and of which kind the news is."""
    if "grid" in posted:
        made = await context.client.post("/sweeps", posted)
        counts, total = made["counts"], sum(made["counts"].values())
        known = f", {counts['succeeded']} of them known already" if counts["succeeded"] else ""
        return [
            f"{plural(total, 'run')} in one sweep{known}. ",
            dcc.Link("See it", href=sweep_href(made["id"])),
        ], "good"
    run = await context.client.post("/runs", posted)
    text = short_title(run)
    if run["status"] == "queued":
        return f"{text} is waiting to be trained.", "good"
    return f"{text} is known already: it {_state(run['status'])}.", "info"


def _state(status: str) -> str:
    return {"running": "is running"}.get(status, f"has {status}")

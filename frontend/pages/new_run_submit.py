"""The new-run form: queueing what it says, and showing what is wrong with it for as long as that stands."""

from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from frontend import bodies, controls, forms, ids
from frontend.client import ApiError, Json
from frontend.formats import plural, tuple_text
from frontend.pages.context import Context, complaint, notice


def register(context: Context) -> None:
    """The callbacks of the button and of the messages."""
    context.in_browser(
        "complain",
        Output(ids.structure(ALL), "error"),
        Output(ids.field(ALL), "error"),
        Output(ids.FORM_ERROR, "children"),
        Input(ids.FORM_REFUSED, "data"),
        Input(ids.FORM_WRITTEN, "data"),
        Input(ids.structure(ALL), "value"),
        Input(ids.field(ALL), "value"),
    )
    context.in_browser("lead", Output(ids.FORM_LED, "data"), Input(ids.FORM_REFUSED, "data"))

    @context.app.callback(
        Output(ids.FORM_REFUSED, "data", allow_duplicate=True),
        Output(ids.FORM, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.FORM_SUBMIT, "n_clicks"),
        State(ids.structure(ALL), "value"),
        State(ids.field(ALL), "value"),
        prevent_initial_call=True,
    )
    async def submit(clicks: int | None, structure: list[Any], fields: list[Any]) -> Any:
        if not clicks:
            raise PreventUpdate
        states = ctx.states_list[:2]
        held = controls.raw([structure, fields], states)
        try:
            catalogue = await context.catalogue()
            values = controls.gathered(catalogue, structure, fields, states)
            words, kind = await _post(context, bodies.body(catalogue, values), bodies.seeds(values))
        except ValueError as error:
            errors = [{"loc": [forms.RESTARTS], "msg": f"should be {error}"}]
            return controls.refusal(errors, held, focus=True), no_update, no_update
        except ApiError as error:
            told = error.errors or [{"msg": complaint(error)}]
            return controls.refusal(told, held, focus=True), no_update, no_update
        return None, False, notice(words, kind=kind)


async def _post(context: Context, written: Json, count: int) -> tuple[str, str]:
    """Queue what the form says; returns what came of it, in words, and of which kind the news is."""
    if count > 1:
        made = await context.client.post("/sweeps", bodies.sweep(written, count))
        return f"{plural(len(made['runs']), 'run')} queued, one for each seed.", "good"
    run = await context.client.post("/runs", written)
    text = f"{tuple_text(run['architecture'])} {run['method']}"
    if run["status"] == "queued":
        return f"{text} is waiting to be trained.", "good"
    return f"{text} is known already: it {_state(run['status'])}.", "info"


def _state(status: str) -> str:
    return {"running": "is running"}.get(status, f"has {status}")

"""What is done to several runs of the queue at once."""

from typing import Any

from dash import Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, run_path
from frontend.components.parts import attributes, do
from frontend.components.plain import DESCRIPTION
from frontend.context import Context, complaint, notice
from frontend.views.comparison import MOST
from frontend.words.formats import plural, told

EACH = {"cancel-picked": ("cancel", "cancelled"), "retry-picked": ("retry", "queued again")}
"""Actions on each of the picked runs: the call, and what it did in a word."""


def bar(*, read_only: bool = False) -> html.Div:
    """Appears with the first run that is picked; it always stands there, since the browser writes to it."""
    stop = [
        do("Cancel", "cancel-picked", title="Cancel those that wait or run"),
        do("Retry", "retry-picked", title="Queue those again that failed or were cancelled"),
    ]
    away = do("Delete", "delete-picked", kind="quiet danger", title="Delete them with everything that hangs on them")
    return html.Div(
        [
            html.Span(id=ids.QUEUE_COUNT, role="status"),
            *([] if read_only else stop),
            do("Pin", "pin-picked", title=f"Pin their points to compare them, at most {MOST}"),
            *([] if read_only else [away]),
            do("Pick none", "pick-none"),
        ],
        id=ids.QUEUE_BAR,
        className="picked-bar",
        hidden=True,
        **attributes(aria_label="Picked runs"),
    )


def register(context: Context) -> None:
    """The bar's callbacks."""
    context.in_browser(
        "pick", Output(ids.QUEUE_PICKED, "data"), Input(verbs.store("pick"), "data"), State(ids.QUEUE_PICKED, "data")
    )
    context.in_browser(
        "paintPicked",
        Output(ids.QUEUE_BAR, "hidden"),
        Output(ids.QUEUE_COUNT, "children"),
        Input(ids.QUEUE_PICKED, "data"),
        Input(ids.QUEUE_RUNNING, DESCRIPTION),
        Input(ids.QUEUE_LINE, DESCRIPTION),
        Input(ids.QUEUE_LIST, DESCRIPTION),
    )
    for verb, (call, done) in EACH.items():
        _each(context, verb, call, done)
    _pins(context)


def _each(context: Context, verb: str, call: str, done: str) -> None:
    @context.app.callback(
        Output(ids.QUEUE_PICKED, "data", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store(verb), "data"),
        State(ids.QUEUE_PICKED, "data"),
        prevent_initial_call=True,
    )
    async def do_to_each(action: Json | None, picked: list[str] | None) -> Any:
        if not action or not picked:
            raise PreventUpdate
        refusals = []
        for run_id in picked:
            try:
                await context.client.post(run_path(run_id, f"/{call}"))
            except ApiError as error:
                refusals.append(complaint(error))
        return [], notice(told(len(picked) - len(refusals), done, refusals), kind="bad" if refusals else "good")


def _pins(context: Context) -> None:
    @context.app.callback(
        Output(ids.PINNED, "data", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store("pin-picked"), "data"),
        State(ids.QUEUE_PICKED, "data"),
        State(ids.PINNED, "data"),
        prevent_initial_call=True,
    )
    async def pin(action: Json | None, picked: list[str] | None, pinned: list[str] | None) -> Any:
        if not action or not picked:
            raise PreventUpdate
        try:
            runs = [await context.client.get(run_path(run_id)) for run_id in picked]
        except ApiError as error:
            return no_update, notice(complaint(error), kind="bad")
        before = list(pinned or [])
        wanted = [point for run in runs for point in run["points"] if point not in before]
        if not wanted:
            return no_update, notice("None of these runs has a point that is not pinned yet.")
        now = [*before, *wanted][:MOST]
        left = len(before) + len(wanted) - len(now)
        text = f"{plural(len(now) - len(before), 'point')} pinned."
        return now, notice(f"{text} {left} more do not fit: at most {MOST} stand side by side." if left else text)

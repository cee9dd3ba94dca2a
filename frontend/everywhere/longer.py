"""Train longer: asks how many epochs more, says what that takes, and queues the run that continues."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, run_path
from frontend.context import Context, complaint, notice
from frontend.words.formats import duration, plural
from frontend.words.runs import short_title

MOST_EPOCHS = 100_000


def dialog() -> dmc.Modal:
    """The dialog, empty until a run asks for it."""
    return dmc.Modal(
        [
            dcc.Store(id=ids.LONGER_RUN),
            html.Div(id=ids.LONGER_WHAT, className="stack longer-what"),
            dmc.NumberInput(
                id=ids.LONGER_EPOCHS,
                label="More epochs",
                description="How often the new run goes through the training images.",
                min=1,
                max=MOST_EPOCHS,
                step=1,
                allowDecimal=False,
            ),
            html.P(id=ids.LONGER_TIME, className="muted", role="status"),
            html.Div(
                [
                    html.Button("Not now", id=ids.LONGER_NO, className="button quiet", type="button"),
                    html.Button("Train longer", id=ids.LONGER_YES, className="button primary", type="button"),
                ],
                className="actions end",
            ),
        ],
        id=ids.LONGER,
        title="Train longer",
        closeButtonProps={"aria-label": "Close"},
        opened=False,
        centered=True,
        keepMounted=True,
    )


def epochs_of(run: Json) -> int:
    """Epochs behind a run's weights, those of the runs that it continues counted."""
    training = run["spec"]["training"]
    return int(training["epochs"]) + int((training.get("continues") or {}).get("epochs") or 0)


def what(run: Json) -> list[Any]:
    """What training longer will do, and what it will not."""
    return [
        html.P(
            f"A new run takes the weights that {short_title(run)} ended with, after {plural(epochs_of(run), 'epoch')}, "
            "and trains them on. This run and its points stay as they are."
        ),
        html.P(
            "The optimiser and the learning rate's schedule begin anew, and KL annealing is not repeated.",
            className="muted",
        ),
    ]


def time_words(run: Json, epochs: int | None) -> str:
    """How long it will take at the speed that the run had, and how many epochs that makes in all."""
    if not epochs or not isinstance(epochs, int) or not 1 <= epochs <= MOST_EPOCHS:
        return f"A whole number of epochs, 1 to {MOST_EPOCHS}."
    done, timings = epochs_of(run), run.get("timings") or {}
    in_all = f"{done} + {epochs} = {plural(done + epochs, 'epoch')} in all."
    if not timings.get("train_s"):
        return in_all
    each = timings["train_s"] / run["spec"]["training"]["epochs"]
    seconds = epochs * each + float(timings.get("measure_s") or 0) + float(timings.get("data_s") or 0)
    where = f" on {run['device']}" if run.get("device") else ""
    return f"{in_all} About {duration(seconds)} at the speed that this run had{where}."


def register(context: Context) -> None:
    """The dialog's callbacks."""

    @context.app.callback(
        Output(ids.LONGER, "opened"),
        Output(ids.LONGER_RUN, "data"),
        Output(ids.LONGER_WHAT, "children"),
        Output(ids.LONGER_EPOCHS, "value"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store("continue"), "data"),
        prevent_initial_call=True,
    )
    async def ask(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        try:
            run = await context.client.get(run_path(action["id"]))
        except ApiError as error:
            return False, None, [], no_update, notice(complaint(error), kind="bad")
        return True, run, what(run), run["spec"]["training"]["epochs"], no_update

    @context.app.callback(
        Output(ids.LONGER_TIME, "children"),
        Output(ids.LONGER_YES, "disabled"),
        Input(ids.LONGER_EPOCHS, "value"),
        Input(ids.LONGER_RUN, "data"),
        prevent_initial_call=True,
    )
    async def say_time(epochs: Any, run: Json | None) -> Any:
        return time_words(run, epochs) if run else "", not isinstance(epochs, int) or not 1 <= epochs <= MOST_EPOCHS

    @context.app.callback(
        Output(ids.LONGER, "opened", allow_duplicate=True),
        Input(ids.LONGER_NO, "n_clicks"),
        prevent_initial_call=True,
    )
    async def leave(_clicks: int | None) -> bool:
        return False

    @context.app.callback(
        Output(ids.LONGER, "opened", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.LONGER_YES, "n_clicks"),
        State(ids.LONGER_RUN, "data"),
        State(ids.LONGER_EPOCHS, "value"),
        prevent_initial_call=True,
    )
    async def queue(clicks: int | None, run: Json | None, epochs: Any) -> Any:
        if not clicks or not run:
            raise PreventUpdate
        try:
            made = await context.client.post(run_path(run["id"], "/continue"), {"epochs": epochs})
        except ApiError as error:
            return no_update, notice(complaint(error), kind="bad")
        known = made["status"] != "queued"
        words = "This was asked for before: see " if known else "Queued: "
        return False, notice([words, dcc.Link("the run that goes on", href=f"/run/{made['id']}")], kind="good")

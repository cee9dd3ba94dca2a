"""The new-run form: how long the run will take, asked of a worker once the form has stood still for a moment."""

import json
from datetime import datetime
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from frontend import controls, ids
from frontend.client import ApiError, Json, segment
from frontend.components import estimate
from frontend.pages.context import Context, complaint, now

PATIENCE_S = 5.0
"""Seconds after which a question that no worker took is said to be waiting."""
SAME_TIME = ("seed", "beta", "target_rate", "alpha", "lambda", "learning_rate", "epochs")
"""Keys of a body that change nothing of the seconds of a step; the epochs are counted in the line itself."""


def question(body: Json) -> str:
    """The part of a body that the time of a step depends on, as text to compare."""
    asked = {key: value for key, value in body.items() if key not in SAME_TIME}
    asked["rate"] = [key for key in ("beta", "target_rate") if key in body]
    return json.dumps(asked, sort_keys=True)


def register(context: Context) -> None:
    """The line's callbacks."""
    context.in_browser(
        "settle",
        Output(ids.FORM_ASKED, "data"),
        Input(ids.FORM_WRITTEN, "data"),
        State(ids.FORM_ASKED, "data"),
        State(ids.FORM_REFUSED, "data"),
    )

    @context.app.callback(
        Output(ids.FORM_TIMING, "data"),
        Output(ids.FORM_REFUSED, "data", allow_duplicate=True),
        Input(ids.FORM_ASKED, "data"),
        State(ids.FORM_TIMING, "data"),
        prevent_initial_call=True,
    )
    async def ask(asked: Json | None, before: Json | None) -> Any:
        if not asked:
            raise PreventUpdate
        if before and before.get("job"):
            await _forget(context, before["job"])
        try:
            job = await context.client.post("/runs/estimate", asked["body"])
        except ApiError as error:
            if not error.errors:
                return {"state": "unknown", "why": complaint(error)}, no_update
            return {"state": "unknown", "why": estimate.INVALID}, controls.refusal(error.errors, asked["held"])
        return {"state": "asked", "job": job["id"], "at": now().isoformat()}, None

    @context.app.callback(Output(ids.FORM_TICK, "disabled"), Input(ids.FORM_TIMING, "data"), Input(ids.FORM, "opened"))
    async def wait(timing: Json | None, opened: bool | None) -> bool:
        return not (opened and timing and timing.get("job"))

    @context.app.callback(
        Output(ids.FORM_TIMING, "data", allow_duplicate=True),
        Input(ids.FORM_TICK, "n_intervals"),
        State(ids.FORM_TIMING, "data"),
        prevent_initial_call=True,
    )
    async def look(_ticks: int, timing: Json | None) -> Any:
        if not timing or not timing.get("job"):
            raise PreventUpdate
        try:
            job = await context.client.get(f"/jobs/{segment(timing['job'])}")
        except ApiError as error:
            return {"state": "unknown", "why": complaint(error)}
        return answered(job, timing)

    @context.app.callback(
        Output(ids.FORM_TIME, "children"), Input(ids.FORM_TIMING, "data"), Input(ids.FORM_WRITTEN, "data")
    )
    async def tell(timing: Json | None, written: Json | None) -> Any:
        form = written or {}
        return estimate.line(timing, form.get("epochs"), form.get("runs") or 1, wrong=bool(form.get("faults")))


async def _forget(context: Context, job: str) -> None:
    """Nobody waits for it any more; one that has ended meanwhile needs nothing."""
    try:
        await context.client.post(f"/jobs/{segment(job)}/cancel")
    except ApiError:
        return


def answered(job: Json, timing: Json) -> Any:
    """What a job says by now, as the line wants it; nothing new is no update."""
    if job["status"] == "succeeded":
        return {"state": "known", "result": job["result"]}
    if job["status"] in ("failed", "cancelled"):
        failure = job.get("error") or {}
        words = failure.get("message") or f"The question was {job['status']}."
        return {"state": "unknown", "why": f"How long it takes cannot be told: {words}"}
    late = (now() - datetime.fromisoformat(timing["at"])).total_seconds() > PATIENCE_S
    if job["status"] == "queued" and late and timing["state"] == "asked":
        return {**timing, "state": "waiting"}
    if job["status"] == "running" and timing["state"] == "waiting":
        return {**timing, "state": "asked"}
    return no_update

"""The new-run form: how long the run will take, asked of a worker once the form has stood still for a moment."""

import json
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json, segment
from frontend.components.form import estimate
from frontend.context import Context, complaint
from frontend.form import controls

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
        Output(ids.FORM_KNOWN, "data"),
        Output(ids.FORM_REFUSED, "data", allow_duplicate=True),
        Input(ids.FORM_ASKED, "data"),
        State(ids.FORM_TIMING, "data"),
        prevent_initial_call=True,
    )
    async def ask(asked: Json | None, before: Json | None) -> Any:
        if not asked:
            raise PreventUpdate
        posted = asked["posted"]
        try:
            sweep = posted if "grid" in posted else {"base": posted, "grid": {}}
            known = await context.client.post("/sweeps/preview", sweep)
        except ApiError as error:
            await _forget(context, before)
            if not error.errors:
                return {"state": "unknown", "why": complaint(error)}, None, no_update
            refused = controls.refusal(error.errors, asked["held"], swept=asked["swept"])
            return {"state": "unknown", "why": estimate.INVALID}, None, refused
        known = {**known, "wanted": asked["wanted"]}
        same = before and before.get("question") == asked["question"] and before["state"] != "unknown"
        return no_update if same else await _timed(context, asked, before), known, None

    context.in_browser(
        "followTiming", Output(ids.FORM_FOLLOWED, "data"), Input(ids.FORM_TIMING, "data"), Input(ids.FORM, "opened")
    )

    @context.app.callback(
        Output(ids.FORM_TIMING, "data", allow_duplicate=True),
        Input(ids.FORM_TIMED, "data"),
        State(ids.FORM_TIMING, "data"),
        prevent_initial_call=True,
    )
    async def look(ended: str | None, timing: Json | None) -> Any:
        if not ended or not timing or timing.get("job") != ended:
            raise PreventUpdate
        try:
            job = await context.client.get(f"/jobs/{segment(ended)}")
        except ApiError as error:
            return {"state": "unknown", "why": complaint(error)}
        return {**answered(job), "question": timing["question"]}

    @context.app.callback(
        Output(ids.FORM_TIME, "children"),
        Input(ids.FORM_TIMING, "data"),
        Input(ids.FORM_LATE, "data"),
        Input(ids.FORM_WRITTEN, "data"),
        Input(ids.FORM_KNOWN, "data"),
    )
    async def tell(timing: Json | None, late: str | None, written: Json | None, known: Json | None) -> Any:
        if timing and late and timing.get("job") == late:
            timing = {**timing, "state": "waiting"}
        form = written or {}
        current = known if known and known["wanted"] == form.get("wanted") else None
        runs = current["to_train"] if current else form.get("runs") or 1
        varied = [key for key in form.get("swept") or () if key not in SAME_TIME]
        line = estimate.line(timing, form.get("epochs"), runs, wrong=bool(form.get("faults")), varied=varied)
        return [*line, *(estimate.known_line(current) if current and not form.get("faults") else [])]


async def _timed(context: Context, asked: Json, before: Json | None) -> Json:
    """Ask how long the run takes, in place of what was asked before."""
    await _forget(context, before)
    try:
        job = await context.client.post("/runs/estimate", asked["body"])
    except ApiError as error:
        why = estimate.INVALID if error.errors else complaint(error)
        return {"state": "unknown", "why": why, "question": asked["question"]}
    return {"state": "asked", "job": job["id"], "question": asked["question"]}


async def _forget(context: Context, before: Json | None) -> None:
    """Nobody waits for that job any more; one that has ended meanwhile needs nothing."""
    job = (before or {}).get("job")
    if not job:
        return
    try:
        await context.client.post(f"/jobs/{segment(job)}/cancel")
    except ApiError:
        return


def answered(job: Json) -> Json:
    """What a job that has ended says, as the line wants it."""
    if job["status"] == "succeeded":
        return {"state": "known", "result": job["result"]}
    failure = job.get("error") or {}
    words = failure.get("message") or f"The question was {job['status']}."
    return {"state": "unknown", "why": f"How long it takes cannot be told: {words}"}

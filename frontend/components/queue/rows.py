"""The queue's rows: what runs, what ended and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from frontend.components.parts import (
    attributes,
    do,
    label_badge,
    message,
    progress_bar,
    progress_words,
    remark,
    share_done,
    status_badge,
)
from frontend.views.query import plane_link
from frontend.words.formats import ago, duration, number, since, tuple_text
from frontend.words.runs import changed_note, details, short_title, title

Json = Mapping[str, Any]


def running(runs: Sequence[Json], *, read_only: bool = False) -> html.Div | html.P:
    """What is being trained, with how far it is."""
    if not runs:
        return html.P("Nothing is running.", className="muted")
    return html.Div([_running_row(run, read_only) for run in runs], className="rows", **attributes(data_list="running"))


def _running_row(run: Json, read_only: bool) -> html.Div:
    progress = run.get("progress") or {}
    worker = run.get("worker") or {}
    speed = _speed(run)
    words = [progress_words(progress)]
    if speed:
        words.append(speed)
    if run.get("device"):
        words.append(str(run["device"]))
    if worker:
        words.append(f"{worker['host']}, process {worker['pid']}")
    how_far = [
        progress_bar(share_done(progress), f"{title(run)}: {progress_words(progress)}"),
        html.Span(" \u00b7 ".join(words), className="muted small"),
    ]
    return row(run, html.Div(how_far, className="row-progress"), read_only=read_only)


def _speed(run: Json) -> str:
    """Images a second, from the steps that are left and the time they will take."""
    progress, batch = run.get("progress") or {}, run["spec"]["training"]["batch_size"]
    left = (progress.get("steps") or 0) - (progress.get("step") or 0)
    if progress.get("stage") != "training" or not progress.get("eta_s") or left <= 0:
        return ""
    return f"{left * batch / progress['eta_s']:,.0f} images/s".replace(",", "\u2009")


def ended(
    runs: Sequence[Json], points: Mapping[str, Json], now: datetime, *, filtered: bool, read_only: bool = False
) -> html.Div:
    """A page of runs that have ended.

    Args:
        runs: the runs, newest first.
        points: the first point of each run that has one, by the run's id.
        now: the time that "ago" counts from.
        filtered: whether an empty page may be the filters' doing.
        read_only: whether nothing can be done to them.
    """
    if not runs:
        if filtered:
            return message("No run matches", "Take a filter away to see more.")
        return message(
            "No runs yet",
            "A run trains one model and measures where it lands in the plane.",
            [] if read_only else [do("New run", "new", kind="primary")],
        )
    rows = [
        row(run, html.Div(_state(run, points.get(run["id"]), now), className="row-state"), read_only=read_only)
        for run in runs
    ]
    return html.Div(rows, className="rows", **attributes(data_list="ended"))


def row(
    run: Json, state: html.Div, *, read_only: bool, before: Sequence[Any] = (), more: Sequence[Any] = (), **other: Any
) -> html.Div:
    """One run: whether it is picked, what it is, how it stands, and what can be done to it.

    Args:
        run: the run.
        state: how it stands.
        read_only: whether nothing can be done to it.
        before: what comes between the box that picks it and what it is.
        more: buttons before those of every run.
        other: attributes of the row.
    """
    return html.Div(
        [
            *([] if read_only else [pick(run)]),
            *before,
            _what(run),
            state,
            html.Div([*more, *buttons(run, read_only=read_only)], className="row-buttons"),
        ],
        className="row" if read_only else "row pickable",
        **attributes(data_run=run["id"]),
        **other,
    )


def pick(run: Json) -> html.Button:
    """The box that picks a run for what is done to several at once; the browser ticks it."""
    return html.Button(
        className="pick",
        type="button",
        role="checkbox",
        title="Pick this run, to do something to several at once",
        **attributes(
            aria_checked="false", aria_label=f"Pick {short_title(run)}", data_do="pick", data_target=run["id"]
        ),
    )


def _what(run: Json) -> html.Div:
    return html.Div(
        [
            dcc.Link(
                [html.Span(tuple_text(run["architecture"]), className="tuple"), " ", title(run)],
                href=f"/run/{run['id']}",
                className="row-title",
                title=changed_note(run),
            ),
            html.Span(details(run), className="muted small", title=details(run)),
            *remark(run),
        ],
        className="row-what",
    )


def _state(run: Json, point: Json | None, now: datetime) -> list[Any]:
    badge = status_badge(run["status"], run["cancel_requested"])
    error = run.get("error")
    took = since(run.get("started_at"), run.get("finished_at"))
    words = ago(run.get("finished_at"), now) + (f", took {duration(took)}" if took is not None else "")
    when = html.Span(words, className="muted small")
    if error:
        return [badge, when, failure(error)]
    return [badge, when, measured(run, point)] if point else [badge, when]


def measured(run: Json, point: Json) -> dcc.Link:
    """Where a run landed, as the way to its place in the plane."""
    rate, distortion = point["rate"]["value"], point["distortion"]["value"]
    words = [
        html.Span(f"R {number(rate)}" if rate is not None else "R not defined"),
        html.Span(f"D {number(distortion)}"),
        label_badge(point.get("label")),
    ]
    return dcc.Link(words, href=plane_link(run), className="measured", title="Show in the plane")


def failure(error: Json) -> html.Div:
    """Why a run failed, and what a person can do."""
    return html.Div(
        [
            html.Strong(str(error["type"])),
            " ",
            html.Span(str(error["message"])),
            *([html.Span(f" {error['hint']}", className="hint")] if error.get("hint") else []),
        ],
        className="failure",
    )


def buttons(run: Json, *, read_only: bool = False) -> list[html.Button]:
    """What can be done to a run in its state."""
    run_id, status = str(run["id"]), run["status"]
    found: list[html.Button] = []
    if read_only:
        return found
    if status in ("queued", "running"):
        found.append(do("Cancel", "cancel", run_id, disabled=bool(run["cancel_requested"])))
    if status in ("failed", "cancelled"):
        found.append(do("Retry", "retry", run_id))
    if status == "succeeded" and not run.get("origin"):  # the model of an imported run is elsewhere
        found.append(do("Train longer", "continue", run_id, title="A new run that goes on from this one's weights"))
    found.append(do("Clone", "clone", run_id, title="A new run that starts from these settings, with random weights"))
    if status != "running":
        found.append(do("Delete", "delete", run_id, kind="quiet danger"))
    return found

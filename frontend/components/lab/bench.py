"""A bench of the Lab before, while and after it is computed."""

from collections.abc import Mapping
from typing import Any

from dash import html

from frontend.components.parts import do, message, progress_bar, share_done
from frontend.components.queue.rows import failure
from frontend.words.formats import clock

Json = Mapping[str, Any]

RUN, CANCEL = "run-bench", "cancel-bench"
"""What the buttons ask for."""


def bar(bench: Json) -> list[Any]:
    """The button, or how far the job is, with the date of what is shown."""
    if bench["job"]:
        return running(bench["job"])
    there = bench["result"] is not None
    return [
        html.Span(f"computed {clock(bench['at'])}", className="muted small") if there else None,
        do(
            f"Run it {'again' if there else 'here'} (a minute or two)",
            RUN,
            bench["name"],
            kind="quiet" if there else "primary",
        ),
    ]


def running(job: Json) -> list[Any]:
    """How far a job is, and the way to stop it."""
    words = progress(job)
    share = share_done(job["progress"]) or None  # a bar that stands at nothing looks as if it hung
    return [
        html.Div([progress_bar(share, words), html.Span(words, className="muted small")], className="lab-bar"),
        do("Cancel", CANCEL, job["id"], disabled=job["cancel_requested"]),
    ]


def progress(job: Json) -> str:
    """Where a job is, in words."""
    if job["cancel_requested"]:
        return "stopping"
    if job["state"] == "queued":
        return "waits for a worker: a run before it ends first"
    step, steps = (job["progress"].get(key) for key in ("step", "steps"))
    return f"part {min(step + 1, steps)} of {steps}" if steps else "starting"


def words(bench: Json) -> list[Any]:
    """What one sees, whose claim it is, and why the last try failed."""
    return [
        html.P(bench["note"], className="muted lab-words"),
        html.P(bench["paper"], className="muted small"),
        failure(bench["error"]) if bench["error"] else None,
    ]


def nothing(bench: Json) -> html.Div:
    """In place of a result."""
    if bench["job"]:
        return message("Asked for", "What comes out appears here by itself.")
    return message(
        "Not computed here yet", "It needs no data set and one processor core; the result stays until the next one."
    )

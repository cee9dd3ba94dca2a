"""The queue's rows: what runs, what waits, what ended and why."""

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
    share_done,
    status_badge,
    tags,
)
from frontend.formats import ago, compact, duration, number, plural, since, tuple_text
from frontend.query import View, href

Json = Mapping[str, Any]

ENDED = ("succeeded", "failed", "cancelled")


def title(run: Json) -> str:
    """What a run minimises, in one line: the method with its setting."""
    rate = run["spec"]["objective"]["rate"]
    words = str(run["method"])
    if rate["kind"] == "beta" and words != "vae":
        words += f", β = {compact(rate['beta'])}"
    elif rate["kind"] == "target":
        words += f", R* = {compact(rate['target_rate'])} nats"
    if rate.get("anneal_epochs"):
        words += f", annealed over {plural(rate['anneal_epochs'], 'epoch')}"
    return words


def networks(run: Json) -> str:
    architecture = run["spec"]["architecture"]
    kinds = [(architecture[part].get("network") or {}).get("kind") for part in ("encoder", "decoder")]
    names = [kind for kind in kinds if kind]
    return names[0] if len(set(names)) == 1 else "/".join(names)


def sizes(run: Json) -> str:
    """What the tuple does not tell of an architecture: a flow that sees x, and how large the model is."""
    architecture = run["spec"]["architecture"]
    words = ["flow with context"] if architecture["encoder"].get("context") else []
    words.append(f"latent dim {architecture['latent_dim']}, width {compact(architecture['width'])}")
    return " \u00b7 ".join(words)


def details(run: Json) -> str:
    """The rest of what a run is."""
    spec = run["spec"]
    parts = [f"{spec['dataset']['name']}/{spec['dataset']['binarize']}", networks(run)]
    parts.append(plural(spec["training"]["epochs"], "epoch"))
    parts += [f"seed {spec['seed']}", sizes(run)]
    return " \u00b7 ".join(part for part in parts if part)


def running(runs: Sequence[Json]) -> html.Div | html.P:
    """What is being trained, with how far it is."""
    if not runs:
        return html.P("Nothing is running.", className="muted")
    return html.Div([_running_row(run) for run in runs], className="rows")


def _running_row(run: Json) -> html.Div:
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
    return html.Div(
        [
            _what(run),
            html.Div(
                [
                    progress_bar(share_done(progress), f"{title(run)}: {progress_words(progress)}"),
                    html.Span(" \u00b7 ".join(words), className="muted small"),
                ],
                className="row-progress",
            ),
            html.Div(buttons(run), className="row-buttons"),
        ],
        className="row",
        **attributes(data_run=run["id"]),
    )


def _speed(run: Json) -> str:
    """Images a second, from the steps that are left and the time they will take."""
    progress, batch = run.get("progress") or {}, run["spec"]["training"]["batch_size"]
    left = (progress.get("steps") or 0) - (progress.get("step") or 0)
    if progress.get("stage") != "training" or not progress.get("eta_s") or left <= 0:
        return ""
    return f"{left * batch / progress['eta_s']:,.0f} images/s".replace(",", "\u2009")


def ended_or_waiting(runs: Sequence[Json], points: Mapping[str, Json], now: datetime, *, filtered: bool) -> html.Div:
    """A page of runs that wait or have ended.

    Args:
        runs: the runs, newest first.
        points: the first point of each run that has one, by the run's id.
        now: the time that "ago" counts from.
        filtered: whether an empty page may be the filters' doing.
    """
    if not runs:
        if filtered:
            return message("No run matches", "Take a filter away to see more.")
        return message(
            "No runs yet",
            "A run trains one model and measures where it lands in the plane.",
            [do("New run", "new", kind="primary")],
        )
    return html.Div([_row(run, points.get(run["id"]), now) for run in runs], className="rows")


def _row(run: Json, point: Json | None, now: datetime) -> html.Div:
    return html.Div(
        [
            _what(run),
            html.Div(_state(run, point, now), className="row-state"),
            html.Div(buttons(run), className="row-buttons"),
        ],
        className="row",
        **attributes(data_run=run["id"]),
    )


def _what(run: Json) -> html.Div:
    return html.Div(
        [
            dcc.Link(
                [html.Span(tuple_text(run["architecture"]), className="tuple"), " ", title(run)],
                href=f"/run/{run['id']}",
                className="row-title",
            ),
            html.Span([details(run), *tags(list(run.get("tags") or ()))], className="muted small", title=details(run)),
        ],
        className="row-what",
    )


def _state(run: Json, point: Json | None, now: datetime) -> list[Any]:
    badge = status_badge(run["status"], run["cancel_requested"])
    error = run.get("error")
    if run["status"] == "queued":
        return [badge, html.Span(f"for {ago(run['created_at'], now).removesuffix(' ago')}", className="muted small")]
    took = since(run.get("started_at"), run.get("finished_at"))
    words = ago(run.get("finished_at"), now) + (f", took {duration(took)}" if took is not None else "")
    when = html.Span(words, className="muted small")
    if error:
        return [badge, when, failure(error)]
    return [badge, when, measured(run, point)] if point else [badge, when]


def measured(run: Json, point: Json) -> dcc.Link:
    """Where a run landed, as the way to its place in the plane."""
    rate, distortion = point["rate"]["value"], point["distortion"]["value"]
    words = [html.Span(f"R {number(rate)}"), html.Span(f"D {number(distortion)}"), label_badge(point.get("label"))]
    return dcc.Link(words, href=plane_link(run), className="measured", title="Show in the plane")


def plane_link(run: Json) -> str:
    """The first point of a run, in the plane."""
    dataset = run["spec"]["dataset"]
    limit = dataset.get("eval_limit")
    return href(
        View(
            dataset=f"{dataset['name']}/{dataset['binarize']}",
            evaluation=None if limit is None else str(limit),
            point=run["points"][0] if run["points"] else None,
        )
    )


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


def buttons(run: Json) -> list[html.Button]:
    """What can be done to a run in its state."""
    run_id, status = str(run["id"]), run["status"]
    found = []
    if status in ("queued", "running"):
        found.append(do("Cancel", "cancel", run_id, disabled=bool(run["cancel_requested"])))
    if status in ("failed", "cancelled"):
        found.append(do("Retry", "retry", run_id))
    found.append(do("Clone", "clone", run_id, title="A new run that starts from these settings"))
    if status != "running":
        found.append(do("Delete", "delete", run_id, kind="quiet danger"))
    return found

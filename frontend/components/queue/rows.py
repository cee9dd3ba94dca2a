"""The queue's rows: what runs, what ended and why; and what a run is called."""

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
from frontend.form.terms import CUSTOM
from frontend.views.query import plane_link
from frontend.words.formats import ago, compact, duration, method_words, number, plural, since, tuple_text
from frontend.words.labels import setting, settings, unmarked_of

Json = Mapping[str, Any]

ENDED = ("succeeded", "failed", "cancelled")
"""States of a run that is over."""


def is_changed(run: Json) -> bool:
    """Whether a run was asked for by a method that its own fields made something else."""
    return run.get("knobs") is None and run["method"] != CUSTOM


def short_title(run: Json) -> str:
    """The tuple and the method of a run."""
    return f"{tuple_text(run['architecture'])} {method_words(str(run['method']), changed=is_changed(run))}"


def changed_note(run: Json) -> str | None:
    """What a changed method means, for who points at it."""
    if not is_changed(run):
        return None
    return (
        f"Asked for as {run['method']}; what was given beside that made it something else: what it minimises, or its "
        "m(z), is no longer that method's."
    )


def title(run: Json) -> str:
    """What a run minimises, in one line: the method with its settings, or its terms."""
    objective, knobs = run["spec"]["objective"], run.get("knobs")
    words = [
        method_words(str(run["method"]), changed=is_changed(run)),
        *(_by_hand(objective) if knobs is None else settings(knobs)),
    ]
    anneal = objective["rate"].get("anneal_epochs")
    return ", ".join([*words, *([f"annealed over {plural(anneal, 'epoch')}"] if anneal else [])])


def _by_hand(objective: Json) -> list[str]:
    """The terms with their weights; what is none is not named."""
    rate, divergence, information = (objective[term] for term in ("rate", "divergence", "information"))
    words = [setting(name, rate[name]) for name in ("beta", "target_rate") if name in rate]
    words += [f"{part['kind']} × {compact(part['weight'])}" for part in (divergence,) if part["kind"] != "none"]
    kinds = [part for part in (information,) if part["kind"] != "none"]
    return [*words, *(f"information {part['kind']} × {compact(part['weight'])}" for part in kinds)]


def networks(run: Json) -> str:
    """The parts that the tuple has no symbol for, and the networks."""
    architecture = run["spec"]["architecture"]
    kinds = [(architecture[part].get("network") or {}).get("kind") for part in ("encoder", "decoder")]
    names = [kind for kind in kinds if kind]
    named = names[0] if len(set(names)) == 1 else "/".join(names)
    return " \u00b7 ".join(each for each in (unmarked_of(run["architecture"], run["spec"]), named) if each)


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
    limit, training = spec["dataset"].get("train_limit"), spec["training"]
    parts.append(epochs(training) + (f" of {plural(limit, 'image')}" if limit else ""))
    parts += [f"seed {spec['seed']}", sizes(run), f"batch {training['batch_size']}"]
    return " \u00b7 ".join(part for part in parts if part)


def epochs(training: Json) -> str:
    """How long a run trains; on top of what, where it starts from another run's weights."""
    before = (training.get("continues") or {}).get("epochs")
    return f"{before} + {plural(training['epochs'], 'epoch')}" if before else plural(training["epochs"], "epoch")


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

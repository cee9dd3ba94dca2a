"""The run page's parts: state, estimates, attempts, log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from frontend.components.formula import minimises
from frontend.components.origin import origin
from frontend.components.parts import (
    STATUS_WORDS,
    crossing,
    do,
    label_badge,
    progress_bar,
    progress_words,
    scrolling,
    share_done,
    status_badge,
    term,
)
from frontend.components.queue.rows import buttons, failure
from frontend.views.query import plane_link
from frontend.words.estimates import ESTIMATES
from frontend.words.formats import (
    NOTHING,
    ago,
    clock,
    compact,
    decimals_for,
    duration,
    number,
    plural,
    plus_minus,
    since,
    tuple_text,
)
from frontend.words.runs import changed_note, details, title

Json = Mapping[str, Any]


def head(
    run: Json, method: Json | None, now: datetime, heirs: Sequence[Json] = (), *, read_only: bool = False
) -> html.Div:
    """What the run is, how it stands, and what can be done to it.

    Args:
        run: an answer of GET /runs/{id}.
        method: the catalogue's entry of its method; None where there is none.
        now: the time that "ago" counts from.
        heirs: the runs that continue it, newest first.
        read_only: whether nothing can be done to it.
    """
    progress = run.get("progress") or {}
    active = run["status"] == "running"
    return html.Div(
        [
            html.Div(
                [
                    html.H1(
                        [
                            html.Span(tuple_text(run["architecture"]), className="tuple"),
                            " ",
                            html.Span(title(run), title=changed_note(run)),
                        ]
                    ),
                    status_badge(run["status"], run["cancel_requested"]),
                ],
                className="run-title",
            ),
            _minimises(run, method or {}),
            html.P([details(run), html.Span(f" \u00b7 run {run['id']}", className="faint")], className="muted"),
            html.Div(
                [
                    progress_bar(share_done(progress), progress_words(progress)),
                    html.Span(progress_words(progress), className="muted small"),
                ],
                className="row-progress",
            )
            if active
            else None,
            failure(run["error"]) if run.get("error") else None,
            html.P(times(run, now), className="muted small"),
            *origin(run, now),
            *lineage(run, heirs),
            html.Div(
                [
                    *_first(run, read_only),
                    *buttons(run, read_only=read_only),
                    *_checkpoint(run),
                    *(
                        [dcc.Link("Show in the plane", href=plane_link(run), className="button primary")]
                        if run.get("points")
                        else []
                    ),
                ],
                className="actions",
            ),
        ]
    )


def _first(run: Json, read_only: bool) -> list[html.Button]:
    """The way to the head of the line, for a run that waits."""
    if read_only or run["status"] != "queued":
        return []
    return [do("First", "first", str(run["id"]), title="Train this one next")]


def _checkpoint(run: Json) -> list[html.A]:
    """The model, of a run that has begun here."""
    if not run["attempts"]:
        return []
    return [
        html.A(
            "Checkpoint",
            href=f"/api/v1/runs/{run['id']}/checkpoint",
            download=f"{run['id']}.pt",
            className="button quiet",
            title="The model, loadable with torch.load(weights_only=True)",
        )
    ]


def lineage(run: Json, heirs: Sequence[Json]) -> list[html.P]:
    """The run that this one continues, and those that continue it."""
    training = run["spec"]["training"]
    before, found = training.get("continues"), []
    if before:
        done, more = int(before["epochs"]), int(training["epochs"])
        parent = dcc.Link(f"run {before['run']}", href=f"/run/{before['run']}")
        found.append(
            html.P(
                ["Continues ", parent, f" after {plural(done, 'epoch')}: {done} + {more} = {done + more} in all."],
                className="lineage",
            )
        )
    if heirs:
        links: list[Any] = []
        for heir in heirs:
            more = int(heir["spec"]["training"]["epochs"])
            words = f"{plural(more, 'epoch')} more, {title(heir)} ({STATUS_WORDS[heir['status']]})"
            links += [", " if links else "", dcc.Link(words, href=f"/run/{heir['id']}")]
        found.append(html.P(["Continued by ", *links, "."], className="lineage"))
    return found


def _minimises(run: Json, method: Json) -> html.P:
    """The method's formula; of a run that is no method's, what every objective is."""
    named = {} if run.get("knobs") is None else method
    return minimises(str(named.get("formula") or ""), str(named.get("paper") or ""))


def times(run: Json, now: datetime) -> str:
    words = [f"queued {ago(run['created_at'], now)}"]
    if run.get("started_at"):
        words.append(f"started {ago(run['started_at'], now)}")
    if run.get("finished_at"):
        words.append(f"took {duration(since(run.get('started_at'), run['finished_at']))}")
    if run.get("device"):
        words.append(f"on {run['device']}")
    words += [f"{stage} {duration(float(s))}" for stage, s in _stages(run)]
    return " \u00b7 ".join(words)


def _stages(run: Json) -> list[tuple[str, float]]:
    """Timings as ``seconds by stage``; whatever else stands there is for the API's readers."""
    timings = run.get("timings") or {}
    names = {"data": "data", "training": "training", "measuring": "measuring", "drawing": "drawing"}
    found = []
    for key, value in timings.items():
        name = names.get(key.removesuffix("_s"))
        if name and isinstance(value, int | float):
            found.append((name, float(value)))
    return found


IMPLICIT = "R is not defined: the encoder has no density"
FLAGS = {
    "implicit": "the model does not define it: its encoder has no density",
    "saturated": "the images are too few to tell more than a bound",
    "imprecise": "float64 does not hold the densities of a model that diverged",
    "unscaled": "no rate keeps z at unit scale, which the threshold assumes",
    "degenerate": "the codes fill no volume, or are too few",
    "low_ess": "few weights carry the estimate: the bound is loose",
}
"""What a flag of an estimate says."""


def point_head(point: Json, run: Json) -> html.Div:
    """Where the point lies; in words where it lies nowhere in the plane."""
    rate, distortion = point["rate"], point["distortion"]
    knobs = run.get("knobs")
    weighted = "beta" in (run["spec"]["objective"]["rate"] if knobs is None else knobs)
    beta = f" at β = {compact(point['beta'])}" if weighted and point.get("beta") is not None else ""
    there = f"R {number(rate['value'])}, D {number(distortion['value'])} nats{beta}"
    numbers = f"{IMPLICIT}. D {number(distortion['value'])} nats" if rate["value"] is None else there
    return html.Div([html.Strong(numbers), label_badge(point.get("label"))], className="point-head")


def estimates(point: Json) -> html.Div:
    """Every estimate of a point, with what it guarantees."""
    names = ["rate", "distortion", "neg_elbo"]
    found = {**{name: point[name] for name in names if point.get(name)}, **(point.get("estimates") or {})}
    order = [name for name in names if name in found] + sorted(name for name in found if name not in names)
    head_row = html.Tr(
        [html.Th(text, scope="col") for text in ("estimate", "value", "stderr", "unit", "bound", "flags")]
    )
    rows = [_estimate_row(name, found[name]) for name in order]
    interval = point.get("mutual_information")
    if interval:
        rows.append(_interval_row(interval))
    return scrolling(html.Table([html.Thead(head_row), html.Tbody(rows)], className="table"), "Estimates")


def guarantee(estimate: Json) -> str:
    """What a value promises beside its standard error: a bound, or how it was had where it promises no side.

    A rate in closed form is exact for each image and one that is sampled is right in expectation; the error over the
    images is that of either, so neither is called exact beside it.
    """
    bound = str(estimate.get("bound") or "")
    if bound != "exact" or estimate.get("value") is None:
        return bound if estimate.get("value") is not None else ""
    settings = estimate.get("settings") or {}
    if estimate.get("stderr") is None:
        return bound
    return str(settings.get("rate") or ("sampled" if settings.get("samples") else "unbiased"))


def _estimate_row(name: str, estimate: Json) -> html.Tr:
    settings = ", ".join(f"{key} {value}" for key, value in (estimate.get("settings") or {}).items())
    took = f"; took {duration(estimate['seconds'])}" if estimate.get("seconds") else ""
    flags, decimals = estimate.get("flags") or (), decimals_for(estimate.get("stderr"), 3)
    said = " ".join(FLAGS[flag] for flag in flags if flag in FLAGS)
    return html.Tr(
        [
            html.Th(_named(name), scope="row"),
            html.Td(number(estimate.get("value"), decimals), className="numeric"),
            html.Td(plus_minus(estimate.get("stderr"), decimals) or NOTHING, className="numeric"),
            html.Td("" if estimate.get("unit") == "1" else estimate.get("unit") or ""),
            html.Td(guarantee(estimate)),
            html.Td(", ".join(flags), title=said or None),
        ],
        title=(settings + took) or None,
    )


def _named(name: str) -> Any:
    words = name.replace("_", " ")
    return term(words, ESTIMATES[name]) if name in ESTIMATES else words


def _interval_row(interval: Json) -> html.Tr:
    return html.Tr(
        [
            html.Th(term("I(x; z)", "saturation" if interval.get("saturated") else "information"), scope="row"),
            html.Td(f"[{number(interval['lower'], 3)}, {number(interval['upper'], 3)}]", className="numeric"),
            html.Td(NOTHING, className="numeric"),
            html.Td("nats"),
            html.Td("lower, upper"),
            html.Td(", ".join(filter(None, ["saturated" if interval.get("saturated") else "", crossing(interval)]))),
        ]
    )


def attempts(run: Json) -> html.Div | html.P:
    """Every worker's try at the run."""
    found: Sequence[Json] = run.get("attempts") or ()
    if not found:
        return html.P(
            "No worker here took it." if run.get("origin") else "No worker has taken it yet.", className="muted"
        )
    head_row = html.Tr([html.Th(text, scope="col") for text in ("worker", "started", "ended", "from step", "outcome")])
    rows = [
        html.Tr(
            [
                html.Td(f"{attempt['worker'].get('host')}, process {attempt['worker'].get('pid')}"),
                html.Td(clock(attempt["started_at"])),
                html.Td(clock(attempt.get("ended_at"))),
                html.Td(str(attempt.get("from_step", 0)), className="numeric"),
                html.Td(attempt.get("outcome") or "going on"),
            ]
        )
        for attempt in found
    ]
    return scrolling(html.Table([html.Thead(head_row), html.Tbody(rows)], className="table"), "Attempts")


def log(lines: Sequence[Any]) -> html.Pre | html.P:
    """The log's tail, as text."""
    if not lines:
        return html.P("Nothing was written yet.", className="muted")
    return html.Pre("\n".join(_line(line) for line in lines), className="log", tabIndex=0)


def _line(line: Any) -> str:
    if not isinstance(line, Mapping):
        return str(line)
    at = clock(line.get("at"))
    return f"{at[11:19] if at != NOTHING else '':8}  {line.get('text', '')}"

"""The run page's parts: state, estimates, attempts, log."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from frontend.components.parts import crossing, label_badge, progress_bar, progress_words, share_done, status_badge
from frontend.components.queue import buttons, details, failure, plane_link, title
from frontend.formats import NOTHING, ago, clock, compact, duration, number, plus_minus, since, tuple_text

Json = Mapping[str, Any]


def head(run: Json, now: datetime) -> html.Div:
    """What the run is, how it stands, and what can be done to it."""
    progress = run.get("progress") or {}
    active = run["status"] == "running"
    return html.Div(
        [
            html.Div(
                [
                    html.H1([html.Span(tuple_text(run["architecture"]), className="tuple"), " ", title(run)]),
                    status_badge(run["status"], run["cancel_requested"]),
                ],
                className="run-title",
            ),
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
            html.Div(
                [
                    *buttons(run),
                    html.A(
                        "Checkpoint",
                        href=f"/api/v1/runs/{run['id']}/checkpoint",
                        download=f"{run['id']}.pt",
                        className="button quiet",
                        title="The model, loadable with torch.load(weights_only=True)",
                    ),
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


def point_head(point: Json) -> html.Div:
    rate, distortion = point["rate"], point["distortion"]
    beta = f" at β = {compact(point['beta'])}" if point.get("beta") is not None else ""
    numbers = f"R {number(rate['value'])}, D {number(distortion['value'])} nats{beta}"
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
    return html.Div(html.Table([html.Thead(head_row), html.Tbody(rows)], className="table"), className="scroll-x")


def _estimate_row(name: str, estimate: Json) -> html.Tr:
    settings = ", ".join(f"{key} {value}" for key, value in (estimate.get("settings") or {}).items())
    took = f"; took {duration(estimate['seconds'])}" if estimate.get("seconds") else ""
    return html.Tr(
        [
            html.Th(name.replace("_", " "), scope="row"),
            html.Td(number(estimate.get("value"), 3), className="numeric"),
            html.Td(plus_minus(estimate.get("stderr"), 3) or NOTHING, className="numeric"),
            html.Td(estimate.get("unit") or ""),
            html.Td(estimate.get("bound") or ""),
            html.Td(", ".join(estimate.get("flags") or ())),
        ],
        title=(settings + took) or None,
    )


def _interval_row(interval: Json) -> html.Tr:
    return html.Tr(
        [
            html.Th("I(x; z)", scope="row"),
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
        return html.P("No worker has taken it yet.", className="muted")
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
    return html.Div(html.Table([html.Thead(head_row), html.Tbody(rows)], className="table"), className="scroll-x")


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

"""A sweep as one unit: its words, its progress, its buttons, its row in the list."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from frontend.client import segment
from frontend.components.formula import greek
from frontend.components.parts import attributes, do, link, message, progress_bar
from frontend.words.formats import ago, compact, duration, plural, tuple_text

Json = Mapping[str, Any]

STATUSES = ("running", "queued", "succeeded", "failed", "cancelled")
WORDS = {"queued": "waiting"}


def sweep_href(sweep_id: str) -> str:
    """The address of a sweep's page."""
    return f"/sweep/{segment(sweep_id)}"


def total(sweep: Json) -> int:
    """Runs that there are of it."""
    return sum(sweep["counts"].values())


def missing(sweep: Json) -> int:
    """Runs that another post of the same sweep would train: failed, cancelled, or deleted since."""
    counts = sweep["counts"]
    return int(counts["failed"] + counts["cancelled"] + max(0, combinations(sweep) - total(sweep)))


def combinations(sweep: Json) -> int:
    return math.prod(map(len, sweep["grid"].values()))


def is_active(sweep: Json) -> bool:
    return bool(sweep["counts"]["queued"] or sweep["counts"]["running"])


def title(sweep: Json) -> str:
    """What is swept over, such as ``beta × seed on digits``."""
    keys = [words(key) for key in sweep["grid"]]
    return f"{' × '.join(keys) or 'one run'} on {dataset(sweep)}"


def words(key: str) -> str:
    """A key of the grid as a person would say it: ``architecture.encoder.layers`` is ``encoder layers``."""
    parts = key.removeprefix("objective.rate.").split(".")
    return greek(
        " ".join(parts[1:] if len(parts) > 2 and parts[0] in ("architecture", "objective") else parts[-1:]).replace(
            "_", " "
        )
    )


def dataset(sweep: Json) -> str:
    """The data set of the base, as it was written."""
    of_base = sweep["base"].get("dataset") or "digits"
    if "dataset" in sweep["grid"]:
        return "several data sets"
    if isinstance(of_base, Mapping):
        binarize = of_base.get("binarize")
        return f"{of_base.get('name')}/{binarize}" if binarize else str(of_base.get("name"))
    return str(of_base)


def value_text(value: Any) -> str:
    """One value of the grid."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return compact(value)
    if isinstance(value, str):
        return tuple_text(value) if len(value) == 3 and set(value) <= set("-+vl?") else value
    if isinstance(value, Mapping):
        return str(value.get("kind") or json.dumps(value))
    return json.dumps(value)


def grid_words(grid: Mapping[str, Sequence[Any]]) -> str:
    """``beta 0.1, 0.5, 1 · seed 0 … 9``."""
    return " \u00b7 ".join(f"{words(key)} {_values(values)}" for key, values in grid.items())


def _values(values: Sequence[Any]) -> str:
    shown = [value_text(value) for value in values]
    return ", ".join(shown if len(shown) <= 7 else [*shown[:3], "\u2026", shown[-1]])


def base_words(sweep: Json) -> str:
    """The base as it was written, without the data set."""
    rest = {key: value for key, value in sweep["base"].items() if key not in ("dataset", *sweep["grid"])}
    parts = [f"{words(key)} {value_text(value)}" for key, value in rest.items() if not isinstance(value, Mapping)]
    return " \u00b7 ".join(parts)


def counts_line(counts: Mapping[str, int]) -> list[html.Span]:
    """How many runs are in which state; none is not named."""
    return [
        html.Span(
            [html.Span(className="dot"), f"{counts[status]} {WORDS.get(status, status)}"],
            className=f"badge status-{status}",
        )
        for status in STATUSES
        if counts.get(status)
    ]


def progress(sweep: Json) -> html.Div:
    """How far it is, as one bar."""
    share, ended = sweep["progress"], total(sweep) - sweep["counts"]["queued"] - sweep["counts"]["running"]
    label = f"{ended} of {plural(total(sweep), 'run')} ended"
    if is_active(sweep) and sweep.get("left_s") is not None:
        label += f", about {duration(sweep['left_s'])} left"
    return html.Div([progress_bar(share, label), html.Span(label, className="muted small")], className="row-progress")


def buttons(sweep: Json, *, whole: bool = False) -> list[Any]:
    """What can be done with it as one; on its own page also what makes it anew.

    Args:
        sweep: the sweep.
        whole: whether it stands on its own page.
    """
    again = sweep["counts"]["failed"] + sweep["counts"]["cancelled"]
    gone = max(0, combinations(sweep) - total(sweep))
    found = []
    if is_active(sweep):
        found.append(
            do(
                "Cancel all" if whole else "Cancel",
                "cancel-sweep",
                sweep["id"],
                title="Cancel every run that waits or runs",
            )
        )
    if again:
        words_ = f"Queue {plural(again, 'failed or cancelled run')} again"
        found.append(do("Retry all" if whole else "Retry", "retry-sweep", sweep["id"], title=words_))
    if whole and gone and not is_active(sweep):
        note = f"Post the same sweep again: {plural(missing(sweep), 'run')} would be trained, the others are known"
        found.append(do(f"Run what is missing ({missing(sweep)})", "resume-sweep", sweep["id"], title=note))
    return found


def plane_href(sweep: Json, dataset_key: str) -> str:
    """The plane, showing this sweep's points only."""
    return f"/?dataset={dataset_key}&sweep={segment(sweep['id'])}"


def listed(sweeps: Sequence[Json], now: datetime, *, read_only: bool, first: bool) -> html.Div:
    """A page of sweeps.

    Args:
        sweeps: newest first.
        now: the time that "ago" counts from.
        read_only: leaves out what changes anything.
        first: whether it is the first page.
    """
    if not sweeps:
        if not first:
            return message("No more sweeps")
        return message(
            "No sweeps yet",
            "A sweep is one run for every combination of some values: of beta and the seed, say. It is queued, "
            "followed, cancelled and retried as one.",
            [] if read_only else [do("New sweep", "new-sweep", kind="primary")],
        )
    return html.Div([_row(sweep, now, read_only=read_only) for sweep in sweeps], className="rows")


def _row(sweep: Json, now: datetime, *, read_only: bool) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    dcc.Link(title(sweep), href=sweep_href(sweep["id"]), className="row-title"),
                    html.Span(grid_words(sweep["grid"]), className="muted small", title=grid_words(sweep["grid"])),
                    html.Span(
                        f"{plural(combinations(sweep), 'combination')}, {ago(sweep['created_at'], now)}",
                        className="muted small",
                    ),
                ],
                className="row-what",
            ),
            html.Div([progress(sweep), html.Div(counts_line(sweep["counts"]), className="sweep-counts")]),
            html.Div(
                [
                    *([] if read_only else buttons(sweep)),
                    link("Open", sweep_href(sweep["id"]), title="The runs of this sweep, by the axes of its grid"),
                ],
                className="row-buttons",
            ),
        ],
        className="row",
        **attributes(data_sweep=sweep["id"]),
    )

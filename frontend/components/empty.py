"""What Explore says while there is no point to show."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend.components.parts import do, link, message, progress_bar, progress_words, share_done
from frontend.formats import plural

DIGITS_RUN: dict[str, Any] = {"dataset": "digits"}
MNIST_SWEEP: dict[str, Any] = {
    "base": {"dataset": "mnist", "architecture": "---", "epochs": 2, "train_limit": 20_000},
    "grid": {"beta": [0.1, 0.3, 1.0, 3.0], "network": ["mlp"]},
}

Json = Mapping[str, Any]


def start() -> html.Div:
    """The very first page."""
    runs = len(MNIST_SWEEP["grid"]["beta"])
    return message(
        "No frontier yet",
        "Train a model, and the point where it lands in the rate-distortion plane appears here.",
        [
            do("Train on digits (about 15 s)", "start-digits", kind="primary"),
            do(f"Small MNIST sweep ({plural(runs, 'run')}, a few minutes)", "start-mnist"),
            do("Choose the settings yourself", "new"),
        ],
    )


def nothing_here(dataset: str, others: bool) -> html.Div:
    """A data set without points."""
    return message(
        f"No points on {dataset} yet" if others else "No frontier yet",
        "A run of this data set puts its point here.",
        [do("New run on this data set", "new", dataset, kind="primary")],
    )


def nothing_matches() -> html.Div:
    """Points there are, but the filters hide them all."""
    return message(
        "The filters hide every point", "Show all tuples and methods again.", [do("Clear the filters", "clear-filters")]
    )


def waiting(running: Sequence[Json], waiting_count: int) -> html.Div:
    """Runs are on their way."""
    rows: list[Any] = []
    for run in running[:4]:
        words = progress_words(run.get("progress"))
        rows.append(
            html.Div([progress_bar(share_done(run.get("progress")), words), html.Span(words, className="muted small")])
        )
    queued = f"{plural(waiting_count, 'run')} waiting" if waiting_count else ""
    text = "The first point appears here when its run ends." + (f" {queued}." if queued else "")
    return html.Div(
        [html.H2("Training"), html.P(text), html.Div(rows, className="waiting"), link("See the queue", "/queue")],
        className="message",
    )

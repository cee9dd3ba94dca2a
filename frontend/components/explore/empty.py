"""What Explore says while there is no point to show."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend import ids
from frontend.components.importing import import_button
from frontend.components.parts import do, link, message, progress_bar, progress_words, share_done
from frontend.views.query import View, href
from frontend.words.formats import plural
from frontend.words.runs import title

Json = Mapping[str, Any]


def start() -> html.Div:
    """The very first page: every way on is a button."""
    return message(
        "No frontier yet",
        "Each model you train becomes one point: the nats that its code costs, R, against those that the code leaves "
        "out, D. A dozen small models, from a strong pull on the rate to a weak one, already draw a frontier.",
        [
            do(
                "Train a first frontier (12 runs, about 2 min)",
                "start-frontier",
                kind="primary",
                title="Two decoders, each with six values of beta, on the small digits that come with the program",
            ),
            do("Train one model (about 15 s)", "start-digits", title="The usual model on digits"),
            do(
                "Small MNIST sweep (4 runs, a few minutes)",
                "start-mnist",
                title="Downloads MNIST, 11 MB, the first time",
            ),
            do("Sweep beta yourself", "new-sweep", title="The form, with several values of one knob"),
            do("Choose the settings yourself", "new", title="The form, with everything a run can be told"),
            import_button(),
            link("See the Lab", "/lab", title="Models whose truth is known"),
        ],
    )


_LONGEST_NAME = 60
"""Letters of a data set's name that are repeated: an address can hold any text."""


def unknown(dataset: str, default: str) -> html.Div:
    """The address names a data set that is not in the catalogue.

    Args:
        dataset: as the address has it.
        default: the data set that is shown when none is asked for.
    """
    cut = dataset if len(dataset) <= _LONGEST_NAME else f"{dataset[: _LONGEST_NAME - 1]}\u2026"
    return message(
        "No such data set",
        f"The address asks for {cut}, which this server does not know.",
        [link("To the plane", "/", kind="primary"), link(f"Show {default}", href(View(dataset=default)))],
    )


def nothing_to_read(dataset: str, *, others: bool) -> html.Div:
    """Nothing can be asked for here.

    Args:
        dataset: ``name/binarize``.
        others: whether there are points of other data sets.
    """
    where = f"on {dataset}; other data sets have some" if others else "at all"
    return message("No points here", f"This server only shows what it was given, and that has no points {where}.")


def nothing_here(dataset: str) -> html.Div:
    """A data set without points, beside others that have some."""
    return message(
        f"No points on {dataset} yet",
        "A run of this data set puts its point here.",
        [do("New run on this data set", "new", dataset, kind="primary"), do("Sweep beta", "new-sweep", dataset)],
    )


def nothing_matches() -> html.Div:
    """Points there are, but the filters hide them all."""
    return message(
        "The filters hide every point",
        "Tuples, methods, or an entry of the legend that is shown alone leave none.",
        [_unfilter("Clear the filters")],
    )


def nothing_of_sweep() -> html.Div:
    """A sweep is shown alone that has no point on this plane."""
    return message(
        "This sweep has no point here",
        "None of its runs has been measured on this data yet.",
        [_unfilter("Show every point"), link("See the sweeps", "/sweeps")],
    )


HIDDEN = {"filtered": nothing_matches, "sweep": nothing_of_sweep}
"""What stands over a plane that shows a part only, and nothing of it."""


def _unfilter(label: str) -> html.Button:
    """The browser takes the filters out of the address."""
    return html.Button(label, id=ids.UNFILTER, className="button", type="button")


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


def filling(running: Sequence[Json], waiting_count: int) -> list[Any]:
    """What happens while points come in, in one line under the plane; empty when nothing is trained for it."""
    if not running and not waiting_count:
        return []
    first = f"{title(running[0])}: {progress_words(running[0].get('progress'))}" if running else "Waiting for a worker"
    share = share_done(running[0].get("progress")) if running else None
    more = [f"{plural(len(running) - 1, 'other run')} beside it"] if len(running) > 1 else []
    more += [f"{plural(waiting_count, 'run')} to go"] if waiting_count else []
    words = " \u00b7 ".join([first, *more])
    return [progress_bar(share, "The run that is trained"), html.Span(words)]

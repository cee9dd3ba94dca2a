"""The waiting line: who is next, and the buttons that change that."""

from collections.abc import Sequence
from datetime import datetime

from dash import html

from frontend.components.parts import attributes, do
from frontend.components.queue.rows import Json, row
from frontend.words.formats import ago, plural

_LAST = ""


def line(runs: Sequence[Json], total: int, now: datetime, *, read_only: bool = False) -> html.Div | html.P:
    """The runs that wait, the next one first.

    Args:
        runs: the first of them, in line.
        total: how many there are in all.
        now: the time that "ago" counts from.
        read_only: whether nothing can be done to them.
    """
    if not runs:
        return html.P("Nothing is waiting.", className="muted")
    ids = [str(run["id"]) for run in runs]
    rows = [_row(run, place, ids, total, now, read_only) for place, run in enumerate(runs)]
    more = total - len(runs)
    below = [html.P(f"and {plural(more, 'more run', 'more runs')} behind them", className="muted")] if more > 0 else []
    return html.Div([html.Div(rows, className="rows line", **attributes(data_list="waiting")), *below])


def _row(run: Json, place: int, ids: Sequence[str], total: int, now: datetime, read_only: bool) -> html.Div:
    words = [html.Span(f"queued {ago(run['created_at'], now)}")]
    if run["priority"]:
        words.append(html.Span(f"priority {run['priority']}", title="Higher is trained first; the oldest among equals"))
    return row(
        run,
        html.Div(words, className="row-state small muted"),
        read_only=read_only,
        before=[html.Span(f"{place + 1}", className="place", title=f"{place + 1} of {total} in line")],
        more=[] if read_only else _moves(run, place, ids, total),
        draggable="false" if read_only else "true",
    )


def _moves(run: Json, place: int, ids: Sequence[str], total: int) -> list[html.Div]:
    """First, one up, one down. What a run moves before is told by its id; nothing is the end of the line."""
    run_id, last = str(run["id"]), place == total - 1
    above = ids[place - 1] if place else _LAST
    below = ids[place + 2] if place + 2 < len(ids) else _LAST
    known = place + 2 < len(ids) or total == len(ids)
    return [
        html.Div(
            [
                do("First", "place", f"{run_id}:{ids[0]}", title="Train this one next", disabled=place == 0),
                _step("\u2191", "Up", f"{run_id}:{above}", "One place up the line", disabled=place == 0),
                _step("\u2193", "Down", f"{run_id}:{below}", "One place down the line", disabled=last or not known),
            ],
            className="moves",
        )
    ]


def _step(sign: str, name: str, target: str, title: str, *, disabled: bool) -> html.Button:
    button = do(sign, "place", target, title=title, disabled=disabled)
    setattr(button, "aria-label", name)
    return button

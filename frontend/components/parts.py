"""Small parts that several pages use: buttons that carry what they do, links, badges, figures with their unit."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from frontend.words.formats import duration

STATUS_WORDS = {
    "queued": "waiting",
    "running": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}

STAGES = {"data": "loading data", "training": "training", "measuring": "measuring", "drawing": "drawing pictures"}

LABELS = {
    "autoencoder": "nearly all bits are in the code: it copies its input",
    "syntactic": "many bits are in the code; in paper B's examples it keeps the style too",
    "semantic": "few bits are in the code; in paper B's examples it keeps the class, not the style",
    "autodecoder": "almost no bits are in the code: the decoder ignores it",
}


SHORT_NOTE = 60
"""Letters of notes that always show whole."""


def attributes(**named: Any) -> dict[str, Any]:
    """Attributes with a dash in their name: ``aria_label`` is ``aria-label``."""
    return {name.replace("_", "-"): value for name, value in named.items()}


def do(
    label: Any, action: str, target: str = "", *, kind: str = "quiet", title: str = "", disabled: bool = False
) -> html.Button:
    """A button that says what it does and to what; one listener in the browser passes it on."""
    return html.Button(
        label,
        className=f"button {kind}",
        title=title or None,
        type="button",
        disabled=disabled,
        **attributes(data_do=action, data_target=target),
    )


def link(label: Any, href: str, *, kind: str = "quiet", title: str = "") -> dcc.Link:
    """A link that looks like a button."""
    return dcc.Link(label, href=href, className=f"button {kind}", title=title or None)


def term(name: Any, key: str) -> html.Button:
    """A quantity's name that explains itself, by pointer, by touch and by keyboard.

    Args:
        name: as it stands on the page.
        key: of :data:`frontend.words.explanations.EXPLANATIONS`.
    """
    return html.Button(
        name,
        className="term",
        type="button",
        **attributes(data_help=key, data_side="top", aria_describedby=help_id(key)),
    )


def help_id(key: str) -> str:
    """Where the words of an explanation stand."""
    return f"help-{key}"


def status_badge(status: str, cancel_requested: bool = False) -> html.Span:
    word = "cancelling" if cancel_requested and status == "running" else STATUS_WORDS.get(status, status)
    return html.Span([html.Span(className="dot"), word], className=f"badge status-{status}")


def label_badge(label: str | None) -> html.Span | None:
    if not label:
        return None
    return html.Span(label, className=f"badge label-{label}", title=LABELS.get(label))


def tags(names: list[str]) -> list[html.Span]:
    return [html.Span(name, className="badge tag") for name in names]


def remark(run: Mapping[str, Any]) -> list[html.Div | html.Details]:
    """What a person wrote of a run: its tags, and its notes, of which the first line shows until they are opened."""
    found: list[html.Div | html.Details] = []
    if run.get("tags"):
        found.append(html.Div(tags(list(run["tags"])), className="row-tags"))
    notes = str(run.get("notes") or "").strip()
    first, *more = notes.splitlines() or [""]
    if more or len(first) > SHORT_NOTE:
        found.append(html.Details([html.Summary(first), html.P(notes)], className="row-notes small"))
    elif notes:
        found.append(html.Div(notes, className="row-notes small"))
    return found


def quantity(name: str, value: str, beside: str = "", *, title: str = "", note: str = "", help: str = "") -> html.Div:
    """A number with its name above and its error or unit beside it.

    Args:
        name: of the quantity.
        value: as it is written.
        beside: its error or unit.
        title: what is to say of this very number.
        note: a reservation.
        help: the key of what is to say of the quantity.
    """
    return html.Div(
        [
            html.Dt(term(name, help) if help else name),
            html.Dd(
                [html.Span(value, className="value"), html.Span(beside, className="beside") if beside else None]
                + ([html.Span(note, className="note")] if note else [])
            ),
        ],
        className="quantity",
        title=title or None,
    )


def crossing(interval: Mapping[str, Any]) -> str:
    """Why an interval stands upside down; empty where it does not."""
    return "bounds in expectation: noise may cross them" if interval["lower"] > interval["upper"] else ""


def progress_bar(share: float | None, label: str) -> html.Div:
    """How far a run is; without a share it only moves."""
    known = share is not None
    percent = 100 * min(max(share or 0.0, 0.0), 1.0)
    return html.Div(
        html.Div(className="progress-fill", style={"width": f"{percent:.1f}%"} if known else None),
        className="progress" if known else "progress unknown",
        role="progressbar",
        title=label,
        **attributes(aria_label=label, aria_valuemin=0, aria_valuemax=100),
        **(attributes(aria_valuenow=round(percent)) if known else {}),
    )


def share_done(progress: dict[str, Any] | None) -> float | None:
    """The part of the training that is done, 0 to 1; None before the first step."""
    progress = progress or {}
    steps, step = progress.get("steps"), progress.get("step")
    return step / steps if steps and step is not None else None


def progress_words(progress: dict[str, Any] | None) -> str:
    """Stage, epoch and the time left."""
    progress = progress or {}
    words = [STAGES.get(str(progress.get("stage")), "starting")]
    if progress.get("stage") == "training" and progress.get("epochs"):
        words.append(f"epoch {int(progress.get('epoch') or 0)} of {progress['epochs']}")
    if progress.get("eta_s") is not None and progress.get("stage") in (None, "training"):
        words.append(f"{duration(progress['eta_s'])} left")
    return " \u00b7 ".join(words)


def section(title: str, *children: Any, aside: Any = None) -> html.Section:
    """A titled part of a page."""
    head = html.Header([html.H2(title), *([aside] if aside is not None else [])], className="section-head")
    return html.Section([head, *children], className="section")


def scrolling(table: Any, label: str) -> html.Div:
    """A table that scrolls sideways where it has no room, by keyboard too.

    Args:
        table: whatever is wide.
        label: what a screen reader calls it.
    """
    return html.Div(table, className="scroll-x", tabIndex=0, role="region", **attributes(aria_label=label))


def code(text: str, what: str) -> html.Div:
    """Text to copy, with a button that copies it."""
    return html.Div([html.Pre(text, tabIndex=0), do("Copy", "copy", title=f"Copy {what}")], className="code")


def message(title: str, text: Any = None, actions: Any = None) -> html.Div:
    """A calm note where a page has nothing to show."""
    below: list[Any] = [html.P(text)] if text else []
    if actions:
        below.append(html.Div(actions, className="actions"))
    return html.Div([html.H2(title), *below], className="message")

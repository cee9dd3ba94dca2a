"""The line of the new-run form that says how long the run will take."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from frontend.words.formats import compact, duration, plural

Json = Mapping[str, Any]

INVALID = "The time is told once every field is right."


def line(timing: Json | None, epochs: Any, runs: int, *, wrong: bool = False, varied: Sequence[str] = ()) -> list[Any]:
    """What stands above the button.

    Args:
        timing: ``{state, result, why}``: asked, waiting, known or unknown; None before the first question.
        epochs: as they stand in the form now, one number or several; the answer may be of another length.
        runs: how many are to be trained.
        wrong: whether a field holds what would be refused.
        varied: fields that are swept over and change the time of a step.
    """
    state = (timing or {}).get("state")
    if wrong:
        return [html.Span(INVALID, className="muted")]
    if not timing or state == "unknown":
        return [html.Span(str((timing or {}).get("why") or ""), className="muted")]
    each = epochs if isinstance(epochs, list) else [epochs]
    if not all(isinstance(number, int) and number >= 1 for number in each):
        return [html.Span(INVALID, className="muted")]
    if state == "asked":
        return [html.Span(className="spinner"), html.Span("Measuring how long it takes here\u2026", className="muted")]
    if state == "waiting":
        words = "No worker has looked yet: how long it takes cannot be told without one."
        return [html.Span(className="spinner"), html.Span(words, className="muted")]
    result = timing["result"]
    epoch_s = result["train_s"] / result["epochs"]
    after_s = result["measure_s"] + (result["draw_s"] or 0.0)
    if not runs:
        return []
    total = runs * (sum(each) / len(each) * epoch_s + after_s)
    parts = [f"{_short(epoch_s)} an epoch", f"then {_short(after_s)} to measure and draw"]
    several = f" for {plural(runs, 'run')}" if runs > 1 else ""
    several += f", if {_and(varied)} changes nothing of it" if varied else ""
    return [
        html.Strong(f"About {duration(total)}{several} on this machine"),
        html.Span(f" ({', '.join(parts)})"),
        html.Span([" \u00b7 ", *_source(result)], className="muted"),
    ]


def known_line(known: Json) -> list[Any]:
    """What of it costs nothing, since it is there or waits already."""
    runs, there = known["runs"], known["runs"] - known["to_train"]
    twice = known["combinations"] - runs
    words = [f"{twice} of the combinations are the same run as another."] if twice else []
    if there and runs == 1:
        state = next(status for status in ("succeeded", "running", "queued") if known["known"].get(status))
        words.append(f"This run is known already: it {STATES[state]}. It is not trained again.")
    elif there:
        verbs = ("is", "costs") if there == 1 else ("are", "cost")
        words.append(f"{there} of {runs} {verbs[0]} known already and {verbs[1]} nothing.")
    return [html.Div(" ".join(words), className="known")] if words else []


STATES = {"queued": "waits", "running": "is running", "succeeded": "has succeeded"}


def _and(names: Sequence[str]) -> str:
    return " and ".join(name.replace("_", " ") for name in names)


def _short(seconds: float) -> str:
    """A span that may be far below a second."""
    return f"{compact(float(f'{seconds:.2g}'))} s" if seconds < 10 else duration(seconds)


def _source(result: Json) -> list[Any]:
    """Where the speed was had, and what makes it less sure."""
    device = "CPU" if str(result["device"]).startswith("cpu") else str(result["device"])
    words: list[Any] = [f"{_rate(result['images_per_second'])} images/s on {device}, "]
    if result.get("run_id"):
        words += ["measured on ", dcc.Link("a run like it", href=f"/run/{result['run_id']}")]
    else:
        words.append("measured just now")
        if result["busy"]:
            words.append(" beside another run")
    return words


def _rate(images_per_second: float) -> str:
    text = f"{images_per_second:,.0f}" if images_per_second >= 10 else f"{images_per_second:.1f}"
    return text.replace(",", "\u2009")

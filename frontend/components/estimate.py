"""The line of the new-run form that says how long the run will take."""

from collections.abc import Mapping
from typing import Any

from dash import dcc, html

from frontend.formats import compact, duration, plural

Json = Mapping[str, Any]

INVALID = "The time is told once every field is right."


def line(timing: Json | None, epochs: Any, runs: int, *, wrong: bool = False) -> list[Any]:
    """What stands above the button.

    Args:
        timing: ``{state, result, why}``: asked, waiting, known or unknown; None before the first question.
        epochs: as they stand in the form now; the answer may be of another length.
        runs: how many are queued at once.
        wrong: whether a field holds what would be refused.
    """
    state = (timing or {}).get("state")
    if wrong:
        return [html.Span(INVALID, className="muted")]
    if not timing or state == "unknown":
        return [html.Span(str((timing or {}).get("why") or ""), className="muted")]
    if not isinstance(epochs, int) or epochs < 1:
        return [html.Span(INVALID, className="muted")]
    if state == "asked":
        return [html.Span(className="spinner"), html.Span("Measuring how long it takes here\u2026", className="muted")]
    if state == "waiting":
        words = "No worker has looked yet: how long it takes cannot be told without one."
        return [html.Span(className="spinner"), html.Span(words, className="muted")]
    result = timing["result"]
    epoch_s = result["train_s"] / result["epochs"]
    after_s = result["measure_s"] + (result["draw_s"] or 0.0)
    total = runs * (epochs * epoch_s + after_s)
    parts = [f"{_short(epoch_s)} an epoch", f"then {_short(after_s)} to measure and draw"]
    several = f" for {plural(runs, 'run')}" if runs > 1 else ""
    return [
        html.Strong(f"About {duration(total)}{several} on this machine"),
        html.Span(f" ({', '.join(parts)})"),
        html.Span([" \u00b7 ", *_source(result)], className="muted"),
    ]


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

"""The tables under the figures of the Lab's benches."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend.components.parts import scrolling
from frontend.figures.lab.duals import groups
from frontend.figures.lab.particles import EXCESS_KURTOSIS
from frontend.figures.lab.proposition import NAMES, asked
from frontend.words.formats import NOTHING, compact, number, plus_minus

Json = Mapping[str, Any]


def ends(result: Json) -> html.Div:
    """Where each objective started and ended."""
    rows = []
    for each in result["curves"]:
        first, last = ({key: each[key][at] for key in ("c", "s", "sigma")} for at in (0, -1))
        cells = [_short(values[key]) for key in ("c", "s", "sigma") for values in (first, last)]
        rows.append(
            [_named(result, each["objective"]), f"{each['step'][-1]:g}", *cells, _claim(result, each["objective"])]
        )
    heads = ("objective", "steps", "c from", "to", "s from", "to", "σ from", "to", "the proposition says")
    return _table(heads, rows)


def _named(result: Json, objective: str) -> str:
    """An objective with its weight."""
    weight = (result.get("bars") or {}).get("lambda") if objective == "infovae" else None
    return NAMES[objective] + (f", λ = {compact(weight)}" if weight is not None else "")


def _claim(result: Json, objective: str) -> str:
    """Where the result says that an objective should end."""
    bounds = asked(result, objective).items()
    words = (" ".join([quantity, *(f"{word} {value:g}" for word, value in of.items())]) for quantity, of in bounds)
    return ", ".join(words) or NOTHING


def networks(result: Json) -> html.Div:
    """The same objectives with an encoder and a decoder that are networks, one row for each seed."""
    least = (result.get("bars") or {}).get("rate_above")
    empty = "no" if least is None else f"no: R is not above {least:g}"
    rows = [
        [
            NAMES[each["objective"]],
            str(each["seed"]),
            _short(each["c"]),
            _short(each["s"]),
            number(each["rate"]),
            number(each["distortion"]),
            "yes" if each["counts"] else empty,
        ]
        for each in result["network"]
    ]
    heads = ("objective", "seed", "c", "s", "R (nats)", "D (nats)", "counts")
    words = [html.P(str(result["note"]), className="muted lab-words")] if result.get("note") else []
    return html.Div([*words, _table(heads, rows)], className="lab-below")


def tails(result: Json) -> html.Div:
    """How heavy the particles' tails are, and how far they are from either marginal."""
    rows = [
        [
            str(row["marginal"]),
            str(row["seed"]),
            number(EXCESS_KURTOSIS[row["marginal"]], 1),
            *[number(value) for value in row["excess_kurtosis"]],
            _short(row["mmd_normal"]),
            _short(row["mmd_logistic"]),
        ]
        for row in result["rows"]
    ]
    heads = (
        "marginal", "seed", "its excess kurtosis", "that of the particles, first", "second",
        "unbiased MMD² to the normal", "to the logistic",
    )  # fmt: skip
    words = (
        "An unbiased MMD² may be negative: particles that keep their distance lie more evenly than a draw does, and "
        "so are closer to the marginal than a draw of as many."
    )
    return html.Div([_table(heads, rows), html.P(words, className="muted small lab-words")], className="lab-below")


def duals(result: Json) -> html.Div:
    """Every dual with its truth, in its own unit."""
    rows = [
        [
            str(row["title"]),
            number(information, 3),
            _unit(row["unit"]),
            number(row["truth"], 4),
            *[_measured(row[critic]) for critic in ("best", "trained")],
            str((row["trained"] or {}).get("steps") or NOTHING),
        ]
        for information, members in groups(result).items()
        for row in members
    ]
    heads = ("bound", "I (nats)", "unit", "truth", "best critic", "trained critic", "its steps")
    pairs = result.get("pairs")
    held = f"Valued on {pairs:,} held-out pairs. ".replace(",", "\u2009") if pairs else ""
    words = html.P(f"{held}± is one standard error.", className="muted small")
    return html.Div([_table(heads, rows), words], className="lab-below")


def _measured(critic: Json | None) -> str:
    if not critic or critic["value"] is None:
        return NOTHING
    return f"{number(critic['value'], 4)} {plus_minus(critic['stderr'], 4)}".strip()


def _unit(unit: str) -> str:
    return "none" if unit == "1" else unit


def _short(value: float | None) -> str:
    """Three digits, however small."""
    if value == 0:
        return "below 1e\u2212300"
    return NOTHING if value is None else compact(float(f"{value:.3g}"))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> html.Div:
    """A table whose first column names the row."""
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    return scrolling(html.Table([head, html.Tbody([_row(row) for row in rows])], className="table"), "Results")


def _row(cells: Sequence[str]) -> html.Tr:
    first, *rest = cells
    return html.Tr([html.Th(first, scope="row"), *[html.Td(text, className="numeric") for text in rest]])

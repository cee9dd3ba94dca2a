"""Compare: the numbers of every column with their errors, and the fields of the specifications that differ."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend.components.columns import Column, tuple_of
from frontend.components.parts import crossing, scrolling
from frontend.words.formats import NOTHING, decimals_for, number, plus_minus

NUMBERS = {
    "rate": ("R", "E[log e(z|x) − log m(z)]"),
    "distortion": ("D", "E[−log d(x|z)]"),
    "neg_elbo": ("R + D", "−ELBO"),
}
"""Title and formula of the estimates that every point may have; nats per example."""


def numbers(columns: Sequence[Column]) -> html.Div:
    """R, D, R + D, I and the active units, one column for each point."""
    rows = [
        _row(words, formula, [_estimate(column, name) for column in columns])
        for name, (words, formula) in NUMBERS.items()
    ]
    rows += [
        _row("I(x; z) in", "self mixture to min(R, leave-one-out)", [_information(column) for column in columns]),
        _row("KL(q(z) ‖ m(z)) in", "R − I(x; z)", [_marginal_kl(column) for column in columns]),
        _row("R / (R + D)", "the share that makes the label", [_share(column) for column in columns]),
        _row("active units", "dimensions of z that follow x", [_units(column) for column in columns]),
        _row("measured on", "", [column.evaluation for column in columns]),
    ]
    return _table(columns, rows, "Numbers in nats per example, ± one standard error")


def table(columns: Sequence[Column]) -> dict[str, list[Any]]:
    """The numbers as columns, a row for each point, raw: nats per example, None where undefined."""
    ends = [column.point.get("mutual_information") or {} for column in columns]
    return {
        "id": [column.id for column in columns],
        "dataset": [column.dataset for column in columns],
        "eval_limit": [column.spec["dataset"].get("eval_limit") for column in columns],
        "architecture": [column.symbols for column in columns],
        "method": [column.run["method"] for column in columns],
        **{
            f"{name}{suffix}": [column.estimate(name)[kind] for column in columns]
            for name in NUMBERS
            for suffix, kind in (("", "value"), ("_stderr", "stderr"))
        },
        "mi_lower": [each.get("lower") for each in ends],
        "mi_upper": [each.get("upper") for each in ends],
        "label": [column.point.get("label") for column in columns],
    }


def _table(columns: Sequence[Column], rows: Sequence[html.Tr], caption: str) -> html.Div:
    head = html.Tr([html.Td(), *(_name(column) for column in columns)])
    table = html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(rows)],
        className="table compare-figures",
        style={"--columns": len(columns)},
    )
    return scrolling(table, caption)


def _name(column: Column) -> html.Th:
    return html.Th([tuple_of(column), " ", html.Span(column.short, className="muted")], scope="col", title=column.where)


def _row(words: str, formula: str, cells: Sequence[Any]) -> html.Tr:
    name = html.Th([words, html.Div(formula, className="muted small")] if formula else words, scope="row")
    return html.Tr([name, *(html.Td(cell, className="numeric") for cell in cells)])


def _estimate(column: Column, name: str) -> Any:
    found = column.estimate(name)
    if found["value"] is None:
        return html.Span("not defined", className="muted")
    decimals = min(decimals_for(found["stderr"], 2), 4)
    return [number(found["value"], decimals), " ", html.Span(plus_minus(found["stderr"], decimals), className="muted")]


def _interval(low: float, high: float, note: str) -> Any:
    decimals = 4 if max(abs(low), abs(high)) < 0.1 else 2
    words = number(low, decimals) if low == high else f"[{number(low, decimals)}, {number(high, decimals)}]"
    return [words, html.Div(note, className="note small")] if note else words


def _information(column: Column) -> Any:
    found = column.point.get("mutual_information")
    return _interval(found["lower"], found["upper"], _noted(found)) if found else NOTHING


def _marginal_kl(column: Column) -> Any:
    found, rate = column.point.get("mutual_information"), column.value("rate")
    if not found or rate is None:
        return NOTHING
    return _interval(rate - found["upper"], rate - found["lower"], "")


def _noted(interval: Mapping[str, Any]) -> str:
    return crossing(interval) or ("saturated" if interval.get("saturated") else "")


def _share(column: Column) -> str:
    rate, total = column.value("rate"), column.value("neg_elbo")
    return NOTHING if rate is None or not total else number(rate / total, 4)


def _units(column: Column) -> str:
    units = column.value("active_units")
    return NOTHING if units is None else f"{units:.0f} of {column.spec['architecture']['latent_dim']}"


# -- specifications ---------------------------------------------------------------------------------------------------

_ABSENT = object()


def flat(tree: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Leaves of a specification by dotted path."""
    found: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{path}.")
        else:
            found[path] = value
    return found


def fields(specs: Sequence[Mapping[str, Any]], *, every: bool) -> dict[str, list[Any]]:
    """The values of each field by dotted path, :data:`_ABSENT` where a specification has none.

    Args:
        specs: written out in full.
        every: also those that are the same everywhere.
    """
    leaves = [flat(spec) for spec in specs]
    there = list(dict.fromkeys(path for each in leaves for path in each))
    parents = list(dict.fromkeys(path.rpartition(".")[0] for path in there))
    paths = sorted(there, key=lambda path: parents.index(path.rpartition(".")[0]))  # what belongs together, together
    rows = {path: [each.get(path, _ABSENT) for each in leaves] for path in paths}
    return {path: values for path, values in rows.items() if every or any(value != values[0] for value in values[1:])}


def specification(columns: Sequence[Column], *, every: bool) -> html.Div | html.P:
    """The fields of the specifications, one column for each point; what differs from the first one stands out."""
    rows = fields([column.spec for column in columns], every=every)
    if not rows:
        return html.P("One specification: no field differs, the seed included.", className="muted")
    body = [
        html.Tr(
            [html.Th(html.Code(_breaking(path)), scope="row"), *(_field(value, value != values[0]) for value in values)]
        )
        for path, values in rows.items()
    ]
    return _table(columns, body, "Fields of the specification by dotted path")


def _breaking(path: str) -> list[Any]:
    """A dotted path that a narrow column breaks after a dot or an underscore, and not within a word."""
    parts = re.findall(r"[^._]+[._]*|[._]+", path)
    return [each for part in parts for each in (part, html.Wbr())][:-1]


def _field(value: Any, differs: bool) -> html.Td:
    if value is _ABSENT:
        return html.Td("no such field", className="muted")
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return html.Td(html.Code(words), className="differs" if differs else "")

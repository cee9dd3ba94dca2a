"""The runs of a sweep by the axes of its grid: a table for one axis, a matrix for several."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from frontend.components.parts import scrolling, status_badge
from frontend.components.sweeps.sweep import value_text, words
from frontend.words.formats import duration, number
from frontend.words.table import csv_of

Json = Mapping[str, Any]

SHOWN = (("rate", "R"), ("distortion", "D"), ("neg_elbo", "R + D"))
"""What a cell of the matrix can show."""
_STATES = {"queued": "waiting", "running": "running", "failed": "failed", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Cell:
    """One combination of the grid, and its run."""

    choice: Mapping[str, Any]
    member: Json | None
    """None where its run is gone, or is another cell's."""

    def value(self, name: str) -> float | None:
        """R, D or their sum."""
        if self.member is None:
            return None
        rate, distortion = self.member["rate"], self.member["distortion"]
        if name == "neg_elbo":
            return None if rate is None or distortion is None else rate + distortion
        found: float | None = self.member[name]
        return found


def cells(grid: Mapping[str, Sequence[Any]], members: Sequence[Json]) -> list[Cell]:
    """Every combination of a grid with its run, the last key varying fastest."""
    by_cell = {member["cell"]: member for member in members}
    choices = (dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values()))
    return [Cell(choice, by_cell.get(place)) for place, choice in enumerate(choices)]


def sweep_grid(grid: Mapping[str, Sequence[Any]], members: Sequence[Json], shown: str) -> html.Div:
    """The runs of a sweep.

    Args:
        grid: key -> values.
        members: GET /sweeps/{id}/runs.
        shown: what the cells of a matrix show: rate, distortion or neg_elbo.
    """
    found = cells(grid, members)
    longer = [key for key in grid if len(grid[key]) > 1]
    if len(longer) < 2:
        return scrolling(_table(found, longer or list(grid)[:1]), "Runs of the sweep")
    # The axis with the most values goes across, or down where it has too many for that.
    across = next((key for key in sorted(longer, key=lambda key: -len(grid[key])) if len(grid[key]) <= 24), longer[-1])
    down = [key for key in longer if key != across]
    words_ = f"{dict(SHOWN)[shown]} in nats; the larger, the stronger the colour. A cell leads to its run."
    return html.Div(
        [
            scrolling(_matrix(found, grid, down, across, shown), "Runs of the sweep by the axes of its grid"),
            html.P(words_, className="muted small"),
        ]
    )


def _table(found: Sequence[Cell], keys: Sequence[str]) -> html.Table:
    head = [*map(words, keys), "state", "R", "D", "R + D", "took"]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(each, scope="col") for each in head])),
            html.Tbody([_line(cell, keys) for cell in found]),
        ],
        className="table sweep-table",
    )


def _line(cell: Cell, keys: Sequence[str]) -> html.Tr:
    names = [html.Th(value_text(cell.choice[key]), scope="row") for key in keys]
    if cell.member is None:
        return html.Tr([*names, html.Td("gone, or the same run as another", colSpan=5, className="muted")])
    run = cell.member
    state = dcc.Link(status_badge(run["status"], run["cancel_requested"]), href=f"/run/{run['run_id']}")
    numbers = [*[number(cell.value(name)) for name, _ in SHOWN], duration(run["seconds"])]
    return html.Tr([*names, html.Td(state), *[html.Td(each, className="numeric") for each in numbers]])


def _matrix(
    found: Sequence[Cell], grid: Mapping[str, Sequence[Any]], down: Sequence[str], across: str, shown: str
) -> html.Table:
    rows: dict[tuple[str, ...], dict[str, Cell]] = {}
    for cell in found:
        row = tuple(value_text(cell.choice[key]) for key in down)
        rows.setdefault(row, {})[value_text(cell.choice[across])] = cell
    columns = list(dict.fromkeys(map(value_text, grid[across])))
    values = [value for cell in found if (value := cell.value(shown)) is not None]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    title = dict(SHOWN)[shown]
    head = [
        html.Tr(
            [*[html.Th(words(key), scope="col") for key in down]]
            + [
                html.Th(f"{words(across)} {column}" if not place else column, scope="col")
                for place, column in enumerate(columns)
            ]
        )
    ]
    body = [
        html.Tr(
            [*[html.Th(each, scope="row") for each in row]]
            + [_cell(cells_.get(column), shown, title, low, high) for column in columns]
        )
        for row, cells_ in rows.items()
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="table sweep-matrix")


def _cell(cell: Cell | None, shown: str, title: str, low: float, high: float) -> html.Td:
    if cell is None or cell.member is None:
        return html.Td("\u2013", className="muted", title="gone, or the same run as another")
    run, value = cell.member, cell.value(shown)
    where = ", ".join(f"{words(key)} {value_text(each)}" for key, each in cell.choice.items())
    if value is None:
        state = _STATES.get(run["status"], "R not defined")
        return html.Td(
            dcc.Link(state, href=f"/run/{run['run_id']}", title=f"{where}: {state}"),
            className=f"cell-{run['status']}",
        )
    strength = (value - low) / (high - low) if high > low else 0.0
    numbers = f"R {number(run['rate'])}, D {number(run['distortion'])}"
    return html.Td(
        dcc.Link(number(value), href=f"/run/{run['run_id']}", title=f"{where}: {numbers}; colour by {title}"),
        className="cell-measured",
        style={"--strength": f"{strength:.3f}"},
    )


def csv(grid: Mapping[str, Sequence[Any]], members: Sequence[Json]) -> str:
    """Every combination as a row."""
    found = cells(grid, members)
    columns: dict[str, list[Any]] = {key: [_plain(cell.choice[key]) for cell in found] for key in grid}
    for name in ("run_id", "point_id", "status", "rate", "distortion", "seconds"):
        columns[name] = [cell.member and cell.member[name] for cell in found]
    return csv_of(columns)


def _plain(value: Any) -> Any:
    return value_text(value) if isinstance(value, Mapping) else value

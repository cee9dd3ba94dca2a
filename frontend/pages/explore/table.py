"""Explore: the table under the strip, opened by the address and filled by the browser."""

from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.components.explore import point_table
from frontend.context import Context


def register_table(context: Context) -> None:
    """Opening, filling and choosing; all but the empty grid is made in the browser."""
    search = Output(ids.LOCATION, "search", allow_duplicate=True)
    here = State(ids.LOCATION, "search")
    context.in_browser("toggleTable", search, Input(ids.TABLE_TOGGLE, "n_clicks"), here)
    context.in_browser(
        "openTable",
        Output(ids.TABLE_OPEN, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.TABLE_OPEN, "data"),
        first=True,
    )

    @context.app.callback(Output(ids.TABLE_BODY, "children"), Input(ids.TABLE_OPEN, "data"))
    async def place_grid(is_open: bool | None) -> Any:
        if is_open is None:
            raise PreventUpdate
        return point_table.grid() if is_open else []

    context.in_browser("countRows", Input(ids.RESOLVED, "data"))
    context.in_browser(
        "fillTable",
        Input(ids.TABLE_BODY, "children"),
        Input(ids.RESOLVED, "data"),
        State(ids.FILTERS, "data"),
        State(ids.BRUSHED, "data"),
        State(ids.SELECTED, "data"),
        State(ids.POINTS_MOVED, "data"),
        State(ids.PLANE_NEXT, "data"),
    )
    context.in_browser("chooseRows", Input(ids.BRUSHED, "data"))
    context.in_browser("markRow", Input(ids.SELECTED, "data"))
    context.in_browser("chooseRow", search, Input(ids.TABLE_GRID, "cellClicked"), here)
    _buttons(context)


def _buttons(context: Context) -> None:
    context.in_browser(
        "pinRows",
        Output(ids.PINNED, "data", allow_duplicate=True),
        Input(ids.TABLE_PIN, "n_clicks"),
        State(ids.BRUSHED, "data"),
        State(ids.PINNED, "data"),
    )
    context.in_browser("showAllRows", Input(ids.TABLE_ALL, "n_clicks"))
    context.in_browser(
        "clearRows", Output(ids.BRUSHED, "data", allow_duplicate=True), Input(ids.TABLE_CLEAR, "n_clicks")
    )
    context.in_browser("saveRowsCsv", Input(ids.TABLE_CSV, "n_clicks"))
    context.in_browser("saveRowsJson", Input(ids.TABLE_JSON, "n_clicks"))

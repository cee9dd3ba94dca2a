"""Explore: that only the points of one sweep are on show, and the way back to all."""

from dataclasses import replace
from typing import Any

from dash import Input, Output, State, dcc, html

from frontend import ids
from frontend.client import ApiError, Json, segment
from frontend.components.sweeps import sweep as sweeps
from frontend.context import Context
from frontend.views import query


def register_sweep(context: Context) -> None:
    """The line's callback."""

    @context.app.callback(
        Output(ids.ONE_SWEEP, "children"),
        Output(ids.ONE_SWEEP, "className"),
        Input(ids.FILTERS, "data"),
        State(ids.SELECTED, "data"),
    )
    async def tell(filters: Json | None, selected: str | None) -> Any:
        view = query.from_filters(filters, selected)
        if not view.sweep:
            return [], "hidden"
        back = dcc.Link("Show every point", href=query.href(replace(view, sweep=None)))
        try:
            sweep = await context.client.get(f"/sweeps/{segment(view.sweep)}", {"brief": True})
        except ApiError:
            return [html.Span("There is no such sweep here, so no point of it is shown. "), back], "one-sweep"
        link = dcc.Link(sweeps.title(sweep), href=sweeps.sweep_href(sweep["id"]))
        return [html.Span(["Only the points of one sweep: ", link, "."]), " ", back], "one-sweep"

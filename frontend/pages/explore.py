"""Explore: the plane, the selected point beside it, and the strip along the frontier."""

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids, query
from frontend.client import Json
from frontend.components import pane, toolbar
from frontend.components.graph import graph
from frontend.components.parts import attributes
from frontend.pages.context import Context
from frontend.pages.explore_pane import register_drawing, register_pane
from frontend.pages.explore_plane import register_plane, register_strip
from frontend.pages.page import Page, Visit
from frontend.table import csv_of


async def layout(_context: Context, visit: Visit) -> html.Div:
    """The page, its controls standing as the address says."""
    view = query.parse(visit.search)
    return html.Div(
        [
            html.H1("Rate-distortion plane", className="visually-hidden"),
            html.Div(
                [
                    toolbar.toolbar(view),
                    html.Div(
                        [
                            graph(ids.PLANE),
                            html.Div(id=ids.EMPTY, className="over"),
                        ],
                        id=ids.PLANE_FRAME,
                        className="plane loading",
                        tabIndex=0,
                        role="group",
                        **attributes(
                            aria_label="Rate-distortion plane; arrow keys walk from point to point along the rate"
                        ),
                    ),
                    html.P(id=ids.PLANE_NOTE, className="muted small plane-note"),
                    html.Div(
                        [
                            dmc.Select(
                                id=ids.STRIP_IMAGE,
                                data=[{"value": str(i), "label": f"image {i + 1}"} for i in range(8)],
                                value="0",
                                size="xs",
                                className="filter strip-image",
                                **attributes(aria_label="Which test image and noise the strip shows"),
                            ),
                            html.Div(id=ids.STRIP),
                        ],
                        className="strip",
                    ),
                ],
                className="explore-main",
            ),
            html.Aside(
                html.Div(
                    [html.Div(pane.nothing_selected(), id=ids.PANE), html.Div(id=ids.DRAWN)], className="pane-stays"
                ),
                className="pane",
                **attributes(aria_label="The selected point"),
            ),
            dcc.Store(id=ids.RESOLVED),
            dcc.Store(id=ids.EMPTY_TICK),
            dcc.Store(id=ids.PLANE_NEXT),
            dcc.Store(id=ids.DRAW_JOB),
            dcc.Store(id=ids.MARKED),
            dcc.Store(id=ids.OFFERED),
            dcc.Interval(id=ids.DRAW_TICK, interval=500, disabled=True),
            dcc.Download(id=ids.DOWNLOAD),
        ],
        className="explore",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _address(context)
    register_plane(context)
    register_strip(context)
    register_pane(context)
    register_drawing(context)
    _downloads(context)


PAGE = Page(title="Explore", path="/", layout=layout, register=register, in_menu=True)


# -- the address ------------------------------------------------------------------------------------------------------


def _address(context: Context) -> None:
    """Controls and clicks write the address; everything shown follows from it."""

    search = Output(ids.LOCATION, "search", allow_duplicate=True)
    here = State(ids.LOCATION, "search")
    resolved = State(ids.RESOLVED, "data")
    context.in_browser("chooseDataset", search, Input(ids.DATASET, "value"), here)
    context.in_browser("choosePoint", search, Input(ids.PLANE, "clickData"), here)
    context.in_browser(
        "chooseFilters",
        search,
        Input(ids.TUPLES, "value"),
        Input(ids.METHODS, "value"),
        Input(ids.EVALUATION, "value"),
        Input(ids.GROUP, "value"),
        Input(ids.AXES, "value"),
        Input(ids.OVERLAYS, "value"),
        resolved,
        here,
    )
    context.in_browser("offer", Output(ids.OFFERED, "data"), Input(ids.RESOLVED, "data"))
    context.in_browser("mark", Output(ids.MARKED, "data"), Input(ids.SELECTED, "data"), Input(ids.STRIP, "children"))


# -- taking it along --------------------------------------------------------------------------------------------------


def _downloads(context: Context) -> None:
    for ident, name in ((ids.DOWNLOAD_SVG, "downloadSvg"), (ids.DOWNLOAD_PNG, "downloadPng")):
        context.in_browser(
            name,
            Output(ident, "n_clicks"),
            Input(ident, "n_clicks"),
            State(ids.PLANE_FRAME, "id"),
            State(ids.PLANE, "id"),
        )

    @context.app.callback(
        Output(ids.DOWNLOAD, "data"),
        Input(ids.DOWNLOAD_CSV, "n_clicks"),
        State(ids.RESOLVED, "data"),
        prevent_initial_call=True,
    )
    async def points_as_csv(clicks: int | None, resolved: Json | None) -> Any:
        if not clicks or not resolved:
            raise PreventUpdate
        found = await context.client.get("/points", {"dataset": resolved["dataset"], "limit": 1_000_000})
        # In a thread, so that every other page goes on: there may be 100,000 rows.
        content = await asyncio.to_thread(csv_of, found["columns"])
        name = resolved["dataset"].replace("/", "-")
        return {"content": content, "filename": f"points-{name}.csv", "type": "text/csv"}

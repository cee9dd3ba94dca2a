"""Explore: the plane, the selected point beside it, and the strip along the frontier."""

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html

from frontend import ids
from frontend.components.explore import pane, point_table, toolbar
from frontend.components.graph import CONFIG, graph
from frontend.components.help import explained
from frontend.components.parts import attributes
from frontend.components.plain import DESCRIPTION, plain
from frontend.context import Context
from frontend.kept import keep
from frontend.page import Page, Visit
from frontend.pages.explore.filling import register_filling
from frontend.pages.explore.gaps import register_gaps
from frontend.pages.explore.pane import STORES as PANE_STORES
from frontend.pages.explore.pane import register_drawing, register_pane
from frontend.pages.explore.plane import register_plane
from frontend.pages.explore.strip import register_strip
from frontend.pages.explore.sweep import register_sweep
from frontend.pages.explore.table import register_table
from frontend.views import query

PLANE_CONFIG = {**CONFIG, "doubleClick": False, "modeBarButtonsToRemove": ["toImage", "autoScale2d"]}
"""A double click means a place here, and Reset view is a button."""


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
                            graph(ids.PLANE, config=PLANE_CONFIG),
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
                    html.Div(
                        [
                            html.Div(
                                [
                                    html.Div(id=ids.FILLING, className="muted small plane-note filling"),
                                    html.P(id=ids.PLANE_NOTE, className="muted small plane-note"),
                                    html.Div(id=ids.FOREIGN, className="small plane-note", role="status"),
                                ]
                            ),
                            toolbar.tools(),
                        ],
                        className="plane-foot",
                    ),
                    html.Div(id=ids.ONE_SWEEP),
                    html.Div(id=ids.GAPS),
                    html.Div(
                        [
                            explained(
                                dmc.Select(
                                    id=ids.STRIP_IMAGE,
                                    data=[{"value": str(i), "label": f"image {i + 1}"} for i in range(query.IMAGES)],
                                    value=str(view.image),
                                    size="xs",
                                    className="filter strip-image",
                                    **attributes(aria_label="Which test image and noise the strip shows"),
                                ),
                                "strip-image",
                                position="top",
                            ),
                            plain(id=ids.STRIP),
                        ],
                        className="strip",
                    ),
                    html.Div(point_table.point_table(), id=ids.TABLE),
                ],
                className="explore-main",
            ),
            html.Aside(
                html.Div(
                    [plain(pane.nothing_selected(), id=ids.PANE), plain(id=ids.DRAWN)],
                    className="pane-stays",
                ),
                className="pane",
                **attributes(aria_label="The selected point"),
            ),
            dcc.Store(id=ids.RESOLVED),
            dcc.Store(id=ids.EMPTY_TICK),
            dcc.Store(id=ids.PLANE_NEXT),
            dcc.Store(id=ids.MARKED),
            dcc.Store(id=ids.BRUSHED),
            dcc.Store(id=ids.PLACE),
            dcc.Store(id=ids.GAPS_ASKED),
            dcc.Store(id=ids.GAPS_OFFERED),
            dcc.Store(id=ids.GAPS_MARKED),
            dcc.Store(id=ids.OFFERED),
            *[dcc.Store(id=ident) for ident in PANE_STORES],
        ],
        className="explore",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _address(context)
    register_plane(context)
    register_filling(context)
    register_strip(context)
    keep(context, ids.STRIP_IMAGE)
    register_table(context)
    register_gaps(context)
    register_sweep(context)
    register_pane(context)
    register_drawing(context)


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
    context.in_browser(
        "chooseLook",
        search,
        Input(ids.COLOUR, "value"),
        Input(ids.SHAPE, "value"),
        Input(ids.FILL, "value"),
        Input(ids.SEEDS, "value"),
        Input(ids.LOGS, "value"),
        Input(ids.LAYERS, "value"),
        here,
    )
    context.in_browser("offer", Output(ids.OFFERED, "data"), Input(ids.RESOLVED, "data"))
    context.in_browser("mark", Output(ids.MARKED, "data"), Input(ids.SELECTED, "data"), Input(ids.STRIP, DESCRIPTION))

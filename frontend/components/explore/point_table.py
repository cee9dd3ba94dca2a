"""The points of the plane as a table: closed until it is asked for, then a grid that the browser fills by itself."""

from typing import Any

import dash_ag_grid
from dash import dcc, html

from frontend import ids
from frontend.components.parts import attributes

# The grid's script is 1.3 MB: the browser asks for it when the table is first opened, not with every page.
dash_ag_grid._js_dist[0]["dynamic"] = True

SCRIPT = f"/_dash-component-suites/dash_ag_grid/dash_ag_grid.v{dash_ag_grid.__version__.replace('.', '_')}m1.min.js"
"""Where the browser finds the grid; by a name of its version, which it keeps."""

ROW_HEIGHT = 34

THEME = (
    "themeQuartz.withParams({"
    "backgroundColor: 'var(--page)', foregroundColor: 'var(--text)', borderColor: 'var(--line)',"
    "headerBackgroundColor: 'var(--panel)', headerTextColor: 'var(--muted)', accentColor: 'var(--cool)',"
    "rowHoverColor: 'var(--panel)', selectedRowBackgroundColor: 'var(--cool-back)',"
    "menuBackgroundColor: 'var(--raised)', inputBackgroundColor: 'var(--page)', browserColorScheme: 'inherit',"
    "fontFamily: 'inherit', fontSize: 13, headerFontSize: 12.5, spacing: 5, wrapperBorderRadius: 8})"
)
"""The page's own variables, which follow its scheme."""


def point_table() -> html.Section:
    """The table, closed; what stands in it and whether it is open, the browser says."""
    return html.Section(
        [
            html.Header(
                [
                    html.Button(
                        "Table",
                        id=ids.TABLE_TOGGLE,
                        className="button quiet small table-toggle",
                        type="button",
                        title="Every point of this plane as a row: sort, filter, choose rows",
                        **attributes(aria_expanded="false", aria_controls=ids.TABLE_BODY),
                    ),
                    html.Div(_actions(), className="actions table-actions"),
                ],
                className="table-head",
            ),
            html.Div(id=ids.TABLE_BODY, className="table-body"),
            dcc.Store(id=ids.TABLE_OPEN),
        ],
        id=ids.TABLE_FRAME,
        className="point-table",
        **attributes(aria_label="Points as a table", data_script=SCRIPT),
    )


def _actions() -> list[Any]:
    which = "the chosen rows, or every row that the filters leave"
    return [
        html.Span(id=ids.TABLE_NOTE, className="muted small", role="status"),
        _button("Show all", ids.TABLE_ALL, "Rows that were not brushed in the plane come back", hidden=True),
        _button("Clear", ids.TABLE_CLEAR, "Choose nothing, here and in the plane", hidden=True),
        _button("Pin", ids.TABLE_PIN, "Pin the chosen points, to compare them", disabled=True),
        _button("CSV", ids.TABLE_CSV, f"Download {which}, numbers unrounded"),
        _button("JSON", ids.TABLE_JSON, f"Download {which}, numbers unrounded"),
    ]


def _button(label: str, ident: str, title: str, *, hidden: bool = False, disabled: bool = False) -> html.Button:
    return html.Button(
        label,
        id=ident,
        className="button quiet small",
        type="button",
        title=title,
        hidden=hidden,
        disabled=disabled,
        n_clicks=0,
    )


def grid() -> dash_ag_grid.AgGrid:
    """The grid without its rows: the browser fetches them as columns, so that they cross the network once."""
    return dash_ag_grid.AgGrid(
        id=ids.TABLE_GRID,
        columnDefs=COLUMNS,
        defaultColDef={"sortable": True, "filter": True, "floatingFilter": True, "resizable": True, "minWidth": 64},
        getRowId="params.data.id",
        dashGridOptions={
            "theme": {"function": THEME},
            "rowHeight": ROW_HEIGHT,
            "animateRows": False,
            "rowSelection": {"mode": "multiRow", "selectAll": "filtered", "enableClickSelection": False},
            "selectionColumnDef": {"pinned": "left", "width": 44, "minWidth": 44},
            "rowClassRules": {"current": "pointIsCurrent(params)"},
            "suppressDragLeaveHidesColumns": True,
            "suppressColumnVirtualisation": True,
            "tooltipShowDelay": 400,
        },
        className="table-grid",
        style={"height": "min(480px, 70vh)", "width": "100%"},
    )


def _text(field: str, head: str, width: int, **more: Any) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": head,
        "width": width,
        "filter": "agTextColumnFilter",
        "tooltipField": field,
        **more,
    }


def _number(field: str, head: str, width: int, words: str, **more: Any) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": head,
        "width": width,
        "filter": "agNumberColumnFilter",
        "type": "rightAligned",
        "cellClass": "ag-right-aligned-cell",
        "valueFormatter": {"function": f"{words}(params)"},
        **more,
    }


COLUMNS: list[dict[str, Any]] = [
    _text("tuple", "tuple", 88, cellClass="table-tuple", valueFormatter={"function": "pointTuple(params)"}),
    _text("method", "method", 210),
    _number("beta", "beta", 92, "pointSetting"),
    _number("rate", "R \u00b1 se (nats)", 138, "pointEstimate", sort="asc"),
    _number("distortion", "D \u00b1 se (nats)", 138, "pointEstimate"),
    _number("neg_elbo", "R + D \u00b1 se (nats)", 160, "pointEstimate"),
    _number("mi_lower", "I(x; z) in (nats)", 146, "pointInterval"),
    _text("label", "label", 112),
    _text("frontier", "on the frontier", 124),
    _number("seed", "seed", 84, "pointSeed"),
    _text("data", "data", 150),
    _text("networks", "networks", 150),
]
"""Of the grid, from left to right; the names of their words are functions of ``assets/table.js``."""

"""A plot on a page, before its figure is there."""

from typing import Any

from dash import dcc

CONFIG: Any = {
    "displaylogo": False,
    "responsive": True,
    "doubleClick": "autosize",
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage", "autoScale2d"],
    # Plotly's own default offers to upload the figure to its cloud.
    "showSendToCloud": False,
    "plotlyServerURL": "",
}
NOTHING: Any = {
    "data": [],
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},  # else there is no room left in a small place
    },
}


def graph(ident: str | None = None, figure: Any = None, config: Any = CONFIG) -> dcc.Graph:
    """A plot as large as its place."""
    named: dict[str, Any] = {"id": ident} if ident else {}
    return dcc.Graph(
        figure=NOTHING if figure is None else figure,
        config=config,
        responsive=True,
        style={"height": "100%", "width": "100%"},
        **named,
    )

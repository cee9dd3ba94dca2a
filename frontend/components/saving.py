"""Taking a figure along: one menu for every figure, as SVG, PNG, CSV and JSON.

SVG and PNG are the figure as it stands, zoom and all, on the background of the page. JSON is the figure as Plotly's own
JSON, ``{data, layout}``, which ``plotly.io.from_json`` reads. CSV is the table behind the figure: the columns that it
brings along or that REST answers with; without either it is what is drawn, a row for each mark. ``assets/save.js`` does
it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html
from plotly.graph_objects import Figure

from frontend.components.parts import attributes

FORMATS = (("svg", "Figure as SVG"), ("png", "Figure as PNG"), ("csv", "Table as CSV"), ("json", "Figure as JSON"))


def saving(
    name: str, *, frame: str = "", table: str = "", ident: str = "", more: Sequence[dmc.MenuItem] = ()
) -> dmc.Menu:
    """The menu that saves one figure.

    Args:
        name: of the files, without their ending: it tells data set and figure; ``meta.save.name`` of the figure goes
            before it, where that is known later.
        frame: id of the element that holds the figure; default what :func:`frame_id` makes of the name.
        table: path under /api/v1 that answers with the columns of the table.
        ident: id of its button, so that it can be disabled.
        more: further rows.
    """
    named: dict[str, Any] = {"id": ident} if ident else {}
    marks = {"data_name": file_name(name), "data_frame": frame or frame_id(name), "data_table": table}
    items = [dmc.MenuItem(label, **attributes(data_save=kind, **marks)) for kind, label in FORMATS]
    button = html.Button("Download", className="button quiet small saving", type="button", **named)
    return dmc.Menu([dmc.MenuTarget(button), dmc.MenuDropdown([*items, *more])], position="bottom-end", shadow="md")


def export_item(frame: str) -> dmc.MenuItem:
    """The row that takes a whole frontier along; the figure in the frame says which, by ``meta.save.export``."""
    return dmc.MenuItem("Frontier as one file", **attributes(data_save="frontier", data_frame=frame))


def frame_id(name: str) -> str:
    """The id of the element that holds the figure of this name."""
    return f"figure-{file_name(name)}"


def file_name(name: str) -> str:
    """A name that every file system takes."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)


def taken(
    figure: Figure,
    *,
    name: str = "",
    table: Mapping[str, Sequence[Any]] | str = "",
    where: Mapping[str, Sequence[Any]] | None = None,
    drawn: bool = False,
    export: str = "",
) -> Figure:
    """The figure with what its downloads need to know, in ``layout.meta.save``.

    Args:
        figure: changed in place.
        name: of the files.
        table: columns of equal length, or the path under /api/v1 that answers with them.
        where: column -> the values of the rows that are taken.
        drawn: takes only rows whose ``id`` is among the figure's own, its ``customdata``.
        export: the query of ``GET /export`` that this figure is of.
    """
    known = {"name": file_name(name) if name else "", "table": _columns(table), "export": export}
    known |= {"where": {key: list(values) for key, values in (where or {}).items()}, "drawn": drawn}
    figure.update_layout(meta={**(figure.layout.meta or {}), "save": {k: v for k, v in known.items() if v}})
    return figure


def dataset_query(dataset: str) -> str:
    """``dataset=digits%2Fstatic``."""
    return f"dataset={quote(dataset, safe='')}"


def _columns(table: Mapping[str, Sequence[Any]] | str) -> Any:
    return table if isinstance(table, str) else {name: list(values) for name, values in table.items()}

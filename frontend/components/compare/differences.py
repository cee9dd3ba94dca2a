"""Pictures of differences: the browser subtracts one sheet from another, exactly, on 8 bits."""

from collections.abc import Mapping, Sequence

from dash import html

from frontend.components.columns import Column
from frontend.components.compare.cells import Part, cell
from frontend.components.tiles import Sheet
from frontend.views.comparison import Comparison

Sheets = Mapping[str, Mapping[str, Sheet]]
RECONSTRUCTIONS = ("reconstruction_sample", "reconstruction_mean")


def rows(columns: Sequence[Column], sheets: Sheets, name: str, shown: Comparison, before: str = "") -> list[html.Tr]:
    """The row of differences under a row of pictures; none where there is nothing to subtract.

    Args:
        columns: by rate.
        sheets: the pictures, by point and name.
        name: of the row.
        shown: against what: each reconstruction's input, or the first column.
        before: tells drawn pictures from stored ones.
    """
    if shown.difference == "input" and name in RECONSTRUCTIONS:
        against = {column.id: sheets.get(column.id, {}).get("inputs") for column in columns}
        words = "|reconstruction − input|"
    elif shown.difference == "first" and name != "inputs" and len(columns) > 1:
        first = sheets.get(columns[0].id, {}).get(name)
        against = {column.id: first for column in columns}
        words = "|this column − the first|"
    else:
        return []
    titled = f"{before}{name} difference"
    cells = []
    for column in columns:
        part = _part(titled, sheets.get(column.id, {}).get(name), against[column.id], words)
        cells.append(html.Td(part if isinstance(part, html.Span) else cell(column, [part], _indices(part, shown))))
    head = html.Th(
        html.Div([html.Span(words), scale()]), colSpan=len(columns), scope="rowgroup", className="compare-band minor"
    )
    return [html.Tr(head), html.Tr(cells)]


def scale() -> html.Span:
    """What the shades mean, the same in every picture of differences."""
    return html.Span(
        ["0", html.Span(className="difference-scale"), "1 in each pixel"],
        className="muted difference-key",
        title="The absolute difference of two pixels in [0, 1], on one scale for every picture",
    )


def _part(name: str, sheet: Sheet | None, other: Sheet | None, words: str) -> Part | html.Span:
    if sheet is None or other is None:
        return html.Span("nothing to subtract", className="muted small")
    if sheet.layout != other.layout:
        return html.Span("of another shape", className="muted small")
    return Part(name=name, sheet=sheet, minus=other, what=f"{words} of image")


def _indices(part: Part, shown: Comparison) -> range:
    return range(min(shown.images, part.sheet.count))

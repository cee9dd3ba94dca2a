"""How uncertain each decoder is of each pixel of the inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from frontend.components.columns import Column
from frontend.components.compare.cells import Part, cell
from frontend.components.compare.extras import Extras
from frontend.components.parts import attributes
from frontend.components.tiles import sheets
from frontend.views.comparison import Comparison
from frontend.words.formats import number, plus_minus

NAME = "entropy"
"""Of the picture, and of the kind of job."""


def body(columns: Sequence[Column], extras: Extras, shown: Comparison) -> list[html.Tbody]:
    """The row of maps, with the sum of each column and the scale; none before it was asked for.

    Args:
        columns: by rate.
        extras: what the jobs brought.
        shown: how many images.
    """
    refused = extras.refused.get(NAME, {})
    if not extras.entropy and not refused:
        return []
    full = html.Button(
        "Full size", className="button quiet small", type="button", **attributes(data_full=NAME, aria_haspopup="dialog")
    )
    head = html.Th(
        html.Div(
            [
                html.Span("Entropy of each pixel"),
                html.Span("H(x_i | x_<i, z) at the inputs", className="muted"),
                _scale(),
                full,
            ]
        ),
        colSpan=len(columns),
        scope="rowgroup",
        className="compare-band",
    )
    cells = [_cell(column, extras.entropy.get(column.id), refused.get(column.id, ""), shown) for column in columns]
    return [html.Tbody([html.Tr(head), html.Tr(cells)], **attributes(data_row=NAME))]


def _scale() -> html.Span:
    return html.Span(
        ["0", html.Span(className="difference-scale"), "log 2 = 0.69 nats per pixel"],
        className="muted difference-key",
        title="One scale for every column: no binary pixel is less certain than a fair coin",
    )


def _cell(column: Column, result: Mapping[str, Any] | None, refused: str, shown: Comparison) -> html.Td:
    if result is None:
        return html.Td(html.Span(refused or "not there yet", className="muted small"))
    sheet = sheets(result)[NAME]
    nats = result["nats"]
    notes = [f"{number(each)} nats in all" for each in nats]
    part = Part(name=NAME, sheet=sheet, what="entropy of each pixel of input", notes=notes)
    total = result["entropy"]
    words = f"{number(total['value'])} {plus_minus(total['stderr'])} nats in an image, the mean of {len(nats)}"
    indices = range(min(shown.images, sheet.count, len(nats)))
    return html.Td([cell(column, [part], indices), html.Div(words, className="compare-sum muted small")])

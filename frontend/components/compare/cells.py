"""A cell of Compare: its tiles are laid out by the browser from one description, for there may be a thousand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dash import html

from frontend.components.columns import Column
from frontend.components.parts import attributes
from frontend.components.tiles import Sheet, ratio


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of picture in a cell."""

    name: str
    """Of the row, by which one image is shown at full size."""
    sheet: Sheet
    what: str
    """What a tile is, for a reader that cannot see it."""
    minus: Sheet | None = None
    """A sheet laid out alike that the browser subtracts: the tiles show absolute differences, exact on 8 bits."""
    notes: Sequence[str] = ()
    """What else there is to say of each tile."""


def cell(column: Column, parts: Sequence[Part], indices: Sequence[int], *, beside: bool = False) -> html.Div:
    """The tiles of some images.

    Args:
        column: the point.
        parts: the kinds of picture; those of one image stand next to each other.
        indices: which images.
        beside: whether the tiles stand in one row, as wide as they like.
    """
    kind = "compare-beside" if beside else "compare-tiles many" if len(indices) > 4 else "compare-tiles"
    ink = all(part.sheet.channels == 1 for part in parts)
    told = {
        "point": column.id,
        "where": column.where,
        "indices": list(indices),
        "parts": [_part(part) for part in parts],
    }
    grid = html.Div(className=f"{kind} inked" if ink else kind, **attributes(data_cell=json.dumps(told)))
    return html.Div(grid, className="compare-cell")


def _part(part: Part) -> dict[str, object]:
    sheet = part.sheet
    return {
        "name": part.name,
        "what": part.what,
        "url": sheet.url,
        "minus": part.minus.url if part.minus else None,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "ratio": ratio(sheet),
        "ink": sheet.channels == 1,
        "notes": list(part.notes),
    }

"""Pictures of a point, cut into tiles by the browser: one PNG is loaded once and shown through windows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from frontend.components.parts import attributes

FLATTEST = 8
"""Width over height, or height over width, of the thinnest window."""


@dataclass(frozen=True)
class Sheet:
    """One PNG of tiles of equal size, row by row, without borders."""

    name: str
    url: str
    count: int
    columns: int
    height: int
    width: int
    channels: int

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def layout(self) -> tuple[int, ...]:
        """What two sheets share whose tiles can be subtracted."""
        return self.columns, self.rows, self.height, self.width, self.channels


def sheets(samples: Mapping[str, Any] | None) -> dict[str, Sheet]:
    """The sheets of an answer of GET /points/{id}/samples, by name."""
    if not samples:
        return {}
    shape = {key: int(samples[key]) for key in ("count", "height", "width", "channels")}
    return {
        image["name"]: Sheet(
            name=image["name"],
            url=image["url"],
            count=int(image.get("count", shape["count"])),
            columns=int(image["columns"]),
            height=shape["height"],
            width=shape["width"],
            channels=shape["channels"],
        )
        for image in samples["images"]
    }


def tile(sheet: Sheet, index: int, alt: str) -> html.Span:
    """One tile: a window as large as its place, over the sheet."""
    row, column = divmod(index, sheet.columns)
    return html.Span(
        html.Img(
            src=sheet.url,
            alt=alt,
            draggable="false",
            style={
                "width": f"{100 * sheet.columns}%",
                "height": f"{100 * sheet.rows}%",
                "left": f"{-100 * column}%",
                "top": f"{-100 * row}%",
            },
        ),
        className="tile ink" if sheet.channels == 1 else "tile",
        style={"aspectRatio": ratio(sheet)},
    )


def ratio(sheet: Sheet) -> str:
    """The shape of a tile's window; a very flat or tall image is stretched to one that can be seen."""
    if sheet.width > FLATTEST * sheet.height:
        return f"{FLATTEST} / 1"
    return f"1 / {FLATTEST}" if sheet.height > FLATTEST * sheet.width else f"{sheet.width} / {sheet.height}"


def tile_row(sheet: Sheet | None, indices: Sequence[int], label: str, what: str, where: str) -> html.Div:
    """A row of tiles behind its label.

    Args:
        sheet: the pictures, or None where there are none.
        indices: the tiles to show, in order.
        label: what stands at the left.
        what: what one tile is, for a reader that cannot see it.
        where: the numbers of the point, for the same reader.
    """
    if sheet is None:
        return html.Div([html.Span(label, className="tile-label"), html.Span("none", className="muted")])
    tiles = [tile(sheet, i, f"{what} {i + 1} of {sheet.count}, {where}") for i in indices if i < sheet.count]
    return html.Div(
        [
            html.Span(label, className="tile-label"),
            html.Div(tiles, className="tiles flat" if sheet.width > FLATTEST * sheet.height else "tiles"),
        ],
        className="tile-row",
        **attributes(data_picture=sheet.name),
    )

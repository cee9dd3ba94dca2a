"""The strip: one column for each point of the staircase, low rate to high, of the same image and the same noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dash import dcc, html

from frontend.components.ends import ends_button
from frontend.components.parts import attributes
from frontend.components.pins import pin_button
from frontend.components.tiles import Sheet, tile
from frontend.figures.plane import marks
from frontend.figures.plane.records import PlanePoint
from frontend.views.query import View, href
from frontend.words.formats import number, tuple_mark

MOST = 24
"""Columns at most; a longer staircase is thinned evenly by rate."""


@dataclass(frozen=True)
class Column:
    """A point of the staircase with its pictures."""

    point: PlanePoint
    sheets: Mapping[str, Sheet]


def thinned(along: Sequence[PlanePoint], selected: str | None) -> list[PlanePoint]:
    """At most :data:`MOST` points at even steps, with both ends and the selected one."""
    if len(along) <= MOST:
        return list(along)
    step = (len(along) - 1) / (MOST - 1)
    kept = {round(index * step) for index in range(MOST)}
    return [point for index, point in enumerate(along) if index in kept or point.id == selected]


def strip(columns: Sequence[Column], total: int, image: int, view: View) -> html.Div:
    """The strip.

    Args:
        columns: the columns to show, by rate.
        total: points on the whole staircase.
        image: which test image and which noise, from 0.
        view: of the links to each point.
    """
    some = f" ({len(columns)} of {total} points)" if len(columns) < total else ""
    whose = "the frontier" if view.group == "none" else "the frontiers of the groups"
    return html.Div(
        [
            html.Div(
                [
                    html.P(
                        f"Along {whose}, low rate to high: "
                        f"one test image reconstructed (top), one noise decoded (bottom){some}",
                        className="muted strip-title",
                    ),
                    ends_button("quiet small"),
                ],
                className="strip-head",
            ),
            html.Div(
                [*_input(columns, image), *(_column(column, image, view) for column in columns)],
                className="strip-columns",
            ),
        ]
    )


def _decimals(rate: float) -> int:
    """As many as keep three digits, so that captions are of one width."""
    return 2 if abs(rate) < 1 else 1 if abs(rate) < 100 else 0


def _input(columns: Sequence[Column], image: int) -> list[html.Div]:
    """What every column reconstructs; nothing where no point has it."""
    sheet = next((column.sheets["inputs"] for column in columns if "inputs" in column.sheets), None)
    if sheet is None:
        return []
    index = image % sheet.count
    shown = html.Div([tile(sheet, index, f"test image {index + 1}, the input"), html.Span("input")])
    return [html.Div(shown, className="strip-input", title="The test image that the top row reconstructs")]


def _column(column: Column, image: int, view: View) -> html.Div:
    point = column.point
    where = f"at R {number(point.rate)}, D {number(point.distortion)} nats"
    tiles = []
    for name, what in (
        ("reconstruction_sample", "reconstruction of test image"),
        ("generation_sample", "decoded noise"),
    ):
        sheet = column.sheets.get(name)
        tiles.append(
            tile(sheet, image % sheet.count, f"{what} {image + 1} {where}")
            if sheet
            else html.Span("no picture", className="tile absent")
        )
    decoder = marks.slot(point.architecture[1:2], marks.decoder_network(point.networks))
    caption = html.Span(
        [
            html.Span(tuple_mark(point.architecture), className=f"tuple series-{decoder}"),
            " ",
            html.Span(number(point.rate, _decimals(point.rate))),
        ],
        className="strip-caption",
    )
    mean = f", a mean over {point.spread.seeds} seeds; the pictures are of one of them" if point.spread else ""
    link = dcc.Link(
        html.Div([*tiles, caption], **attributes(data_point=point.id)),
        href=href(view.with_point(point.id)),
        className="strip-column",
        title=f"{tuple_mark(point.architecture)} {where}{mean}",
    )
    return html.Div([link, pin_button(point.id, small=True)], className="strip-cell")

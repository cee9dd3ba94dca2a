"""Compare: points side by side, the same inputs and the same noise under each other."""

from collections.abc import Mapping, Sequence

from dash import dcc, html

from frontend.components.columns import Column, tuple_of
from frontend.components.compare import differences, entropies
from frontend.components.compare.cells import Part, cell
from frontend.components.compare.extras import Extras
from frontend.components.parts import attributes, crossing, label_badge
from frontend.components.pins import pin_button
from frontend.components.tiles import Sheet
from frontend.views.comparison import Comparison, href
from frontend.views.query import plane_link
from frontend.words.formats import number
from frontend.words.labelled import why
from frontend.words.runs import title

Sheets = Mapping[str, Mapping[str, Sheet]]
"""By point, then by name."""

ROWS = {
    "inputs": ("Input", "x, of the test images", "test image"),
    "reconstruction_sample": (
        "Reconstruction, one sample",
        "z ~ e(z|x), x̂ ~ d(x|z)",
        "sampled reconstruction of input",
    ),
    "reconstruction_mean": ("Reconstruction, mean of 5", "the same z, five x̂", "mean reconstruction of input"),
    "generation_sample": ("Generation, one sample", "z ~ m(z), x ~ d(x|z)", "sampled generation"),
    "generation_mean": ("Generation, mean of 5", "the same z, five x", "mean generation"),
}
"""Title, how it is drawn, and what one tile is, by the name of the picture."""
BY_IMAGE = {
    "reconstruction": (
        "Reconstruction",
        "input, one sample, mean of 5",
        ("inputs", "reconstruction_sample", "reconstruction_mean"),
    ),
    "generation": ("Generation", "one sample, mean of 5", ("generation_sample", "generation_mean")),
}
"""The same pictures with those of one image beside each other, as in B's figure 4."""


def pictures(columns: Sequence[Column], extras: Extras, shown: Comparison) -> html.Div:
    """The pictures of every column, the head staying in sight.

    Args:
        columns: by rate.
        extras: what was asked for since: further draws, entropies.
        shown: how many images, in which order, and what differences.
    """
    block = _by_image if shown.order == "image" else _by_kind
    bodies = block(columns, {column.id: column.sheets for column in columns}, shown, "")
    bodies += entropies.body(columns, extras, shown)
    if extras.drawn:
        bodies += block(columns, extras.drawn, shown, f"Drawn again, seed {extras.seed}: ")
    return html.Div(
        html.Table(
            [
                html.Caption("The pictures of each point, from low rate to high", className="visually-hidden"),
                html.Thead(html.Tr([_head(column, shown) for column in columns])),
                html.Tbody(html.Tr([_why(column) for column in columns])),
                *bodies,
            ],
            className="compare-table",
            style={"--columns": len(columns)},
        ),
        className="compare-scroll",
        tabIndex=0,
        role="region",
        **attributes(aria_label="Points side by side"),
    )


def _head(column: Column, shown: Comparison) -> html.Th:
    rest = href(shown.without(column.id))
    return html.Th(
        [
            html.Div(
                [
                    dcc.Link(
                        tuple_of(column),
                        href=plane_link(column.run, column.id),
                        title="Show it on the plane",
                    ),
                    label_badge(column.point.get("label")),
                    html.Span(
                        [
                            pin_button(column.id, small=True),
                            dcc.Link(
                                ["×", html.Span(f"Leave out the column {column.where}", className="visually-hidden")],
                                href=rest,
                                className="compare-remove",
                                title="Leave this column out",
                            ),
                        ],
                        className="compare-tools",
                    ),
                ],
                className="compare-name",
            ),
            html.Div(title(column.run), className="compare-method", title=title(column.run)),
            html.Div(
                [_quantity("R", column.words("rate")), _quantity("D", column.words("distortion"))],
                className="compare-numbers",
            ),
            html.Div(
                [_quantity("R + D", column.words("neg_elbo")), _information(column)],
                className="compare-numbers",
            ),
        ],
        scope="col",
        **attributes(data_point=column.id),
    )


def _quantity(name: str, words: str) -> html.Span:
    return html.Span([html.Span(name, className="muted"), f" {words}"], title="nats per example")


def _information(column: Column) -> html.Span:
    interval = column.point.get("mutual_information")
    if not interval:
        return _quantity("I(x; z)", "not defined")
    if interval["lower"] == interval["upper"]:
        return _quantity("I(x; z)", number(interval["lower"]))
    words = f"[{number(interval['lower'], 1)}, {number(interval['upper'], 1)}]"
    return html.Span(
        [html.Span("I(x; z) in", className="muted"), f" {words}"],
        title=f"nats: self mixture to min(R, leave-one-out). {crossing(interval)}".strip(),
    )


def _why(column: Column) -> html.Td:
    words = why(column.point.get("label"), column.value("rate"), column.value("neg_elbo"))
    if not words:
        words = "No label: R / (R + D) is not defined." if column.value("rate") is None else "No label for this point."
    return html.Td(words, className="compare-why")


def _band(columns: Sequence[Column], name: str, words: str, how: str) -> html.Tr:
    """The heading of a row, across all columns."""
    full = html.Button(
        "Full size",
        className="button quiet small",
        type="button",
        title="One image large in every column, with zoom and pan that move together",
        **attributes(data_full=name, aria_haspopup="dialog", aria_label=f"{words}: full size"),
    )
    return html.Tr(
        html.Th(
            html.Div([html.Span(words), html.Span(how, className="muted"), full]),
            colSpan=len(columns),
            scope="rowgroup",
            className="compare-band",
        )
    )


def _by_kind(columns: Sequence[Column], sheets: Sheets, shown: Comparison, before: str) -> list[html.Tbody]:
    """One block for each kind of picture; ``before`` tells drawn ones from stored ones."""
    found = []
    for name, (words, how, what) in ROWS.items():
        cells = [_cell(column, sheets, name, what, shown, before) for column in columns]
        rows = [_band(columns, before + name, before + words, how), html.Tr(cells)]
        rows += differences.rows(columns, sheets, name, shown, before)
        found.append(html.Tbody(rows, **attributes(data_row=before + name)))
    return found


def _cell(column: Column, sheets: Sheets, name: str, what: str, shown: Comparison, before: str) -> html.Td:
    sheet = sheets.get(column.id, {}).get(name)
    if sheet is None:
        return html.Td(html.Span("no such picture", className="muted small"))
    part = Part(name=before + name, sheet=sheet, what=what)
    return html.Td(cell(column, [part], range(min(shown.images, sheet.count))))


def _by_image(columns: Sequence[Column], sheets: Sheets, shown: Comparison, before: str) -> list[html.Tbody]:
    """Two blocks, in which the pictures of one image stand beside each other."""
    found = []
    for name, (words, how, kinds) in BY_IMAGE.items():
        rows = [_band(columns, before + kinds[-2], before + words, how)]
        count = _count(columns, sheets, kinds, shown)
        rows += [
            html.Tr([_beside(column, sheets, kinds, index, before) for column in columns]) for index in range(count)
        ]
        for kind in kinds:
            rows += differences.rows(columns, sheets, kind, shown, before)
        found.append(html.Tbody(rows, **attributes(data_row=before + name)))
    return found


def _count(columns: Sequence[Column], sheets: Sheets, kinds: Sequence[str], shown: Comparison) -> int:
    counts = [
        sheets[column.id][kind].count for column in columns for kind in kinds if kind in sheets.get(column.id, {})
    ]
    return min([shown.images, *counts]) if counts else 0


def _beside(column: Column, sheets: Sheets, kinds: Sequence[str], index: int, before: str) -> html.Td:
    there = sheets.get(column.id, {})
    parts = [Part(name=before + kind, sheet=there[kind], what=ROWS[kind][2]) for kind in kinds if kind in there]
    return html.Td(cell(column, parts, [index], beside=True))

"""Compare: the same inputs and the same noise through several points, side by side, from low rate to high."""

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components.compare import board, full_size, numbers
from frontend.components.compare import notes as compare_notes
from frontend.components.compare.entropies import NAME as ENTROPY
from frontend.components.graph import graph
from frontend.components.help import explained
from frontend.components.parts import attributes, message, section
from frontend.components.saving import saving, taken
from frontend.context import Context, complaint
from frontend.fetch.compared import Compared, compared
from frontend.figures.whiskers import Row, whiskers
from frontend.page import Page, Visit
from frontend.pages.compare.jobs import DRAW, register_jobs, results, stores
from frontend.views import comparison
from frontend.views.comparison import Comparison
from frontend.words.formats import tuple_text

PATH = "/compare"


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page, its controls standing as the address says."""
    shown = comparison.parse(visit.search)
    await context.learn()
    return html.Div(
        [
            html.Header([html.H1("Compare"), _controls(shown)], className="section-head compare-head"),
            html.Div(id=ids.COMPARE_OFFER, className="compare-offer"),
            html.Div(id=ids.COMPARE_NOTES, className="compare-notes"),
            html.Div(id=ids.COMPARE_TOLD, role="status", className="compare-told"),
            html.Div(id=ids.COMPARE_PICTURES),
            html.Div(id=ids.COMPARE_NUMBERS, className="compare-below"),
            full_size.dialog(),
            dcc.Store(id=ids.COMPARE_FOLLOWED),
            dcc.Store(id=ids.COMPARE_LEFT),
            dcc.Store(id=ids.COMPARE_DRAWN),
            dcc.Store(id=ids.COMPARE_THERE),
            *stores(),
        ],
        className="page compare",
    )


def _controls(shown: Comparison) -> html.Div:
    return html.Div(
        [
            explained(_choice(ids.COMPARE_IMAGES, "Images", IMAGES, str(shown.images)), "compare-images"),
            explained(_choice(ids.COMPARE_ORDER, "Rows", ORDERS, shown.order), "compare-order"),
            explained(
                _choice(ids.COMPARE_DIFFERENCE, "Difference", DIFFERENCES, shown.difference), "compare-difference"
            ),
        ],
        className="compare-controls",
    )


IMAGES = {str(count): str(count) for count in comparison.IMAGES}
ORDERS = {"kind": "by kind", "image": "by image"}
DIFFERENCES = {"off": "off", "input": "from the input", "first": "from the first column"}


def _choice(ident: str, words: str, options: dict[str, str], value: str) -> html.Div:
    return html.Div(
        [
            html.Span(words, className="muted small"),
            dmc.SegmentedControl(
                id=ident,
                data=[{"value": name, "label": label} for name, label in options.items()],
                value=value,
                size="xs",
                **attributes(aria_label=words),
            ),
        ],
        className="compare-choice",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _address(context)
    _watch(context)
    _pictures(context)
    _numbers(context)
    _offer(context)
    register_jobs(context)


PAGE = Page(title="Compare", path=PATH, layout=layout, register=register, in_menu=True)


def _address(context: Context) -> None:
    """Controls write the address, and follow it when something else changed it."""
    context.in_browser(
        "chooseComparison",
        Output(ids.LOCATION, "search", allow_duplicate=True),
        Input(ids.COMPARE_IMAGES, "value"),
        Input(ids.COMPARE_ORDER, "value"),
        Input(ids.COMPARE_DIFFERENCE, "value"),
        State(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    context.in_browser(
        "followComparison",
        Output(ids.COMPARE_FOLLOWED, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    context.in_browser(
        "leaveComparison",
        Output(ids.COMPARE_LEFT, "data"),
        Input(ids.LOCATION, "pathname"),
        Input(ids.compare_jobs(DRAW), "data"),
        Input(ids.compare_jobs(ENTROPY), "data"),
    )


def _watch(context: Context) -> None:
    """A point that lands anywhere redraws nothing here, unless a column came or went by it."""

    @context.app.callback(
        Output(ids.COMPARE_THERE, "data"),
        Input(ids.POINTS_MOVED, "data"),
        State(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
        State(ids.COMPARE_DRAWN, "data"),
        prevent_initial_call=True,
    )
    async def watch(_moved: int | None, search: str | None, pathname: str | None, drawn: list[str] | None) -> list[str]:
        if drawn is None or not PAGE.stands_at(pathname):
            raise PreventUpdate
        try:
            there = await context.there(comparison.parse(search).points)
        except ApiError:
            raise PreventUpdate from None
        if there == drawn:
            raise PreventUpdate
        return there


async def _found(context: Context, search: str | None, pathname: str | None) -> tuple[Comparison, Compared]:
    """What the address asks for.

    Raises:
        PreventUpdate: another page has the address by now.
        ApiError: the server does not answer.
    """
    if not PAGE.stands_at(pathname):
        raise PreventUpdate
    shown = comparison.parse(search)
    return shown, await compared(context, shown.points)


def _pictures(context: Context) -> None:
    @context.app.callback(
        Output(ids.COMPARE_NOTES, "children"),
        Output(ids.COMPARE_PICTURES, "children"),
        Output(ids.COMPARE_DRAWN, "data"),
        Input(ids.LOCATION, "search"),
        Input(ids.compare_jobs(DRAW), "data"),
        Input(ids.compare_jobs(ENTROPY), "data"),
        Input(ids.COMPARE_THERE, "data"),
        State(ids.LOCATION, "pathname"),
        State(ids.COMPARE_DRAWN, "data"),
    )
    async def fill(
        search: str | None,
        drawn: Json | None,
        measured: Json | None,
        _there: list[str] | None,
        pathname: str | None,
        before: list[str] | None,
    ) -> Any:
        try:
            shown, found = await _found(context, search, pathname)
        except ApiError as error:
            if before is not None and ids.LOCATION not in ctx.triggered_prop_ids.values():
                raise PreventUpdate from None  # what is shown stays; the banner says that the server is away
            return [], message("This cannot be shown", complaint(error)), None
        here = [point for point in shown.points if point not in found.unknown]
        notes = compare_notes.notes(found.columns, found.unknown, shown)
        if not found.columns:
            return notes, compare_notes.nothing(), here
        done = results(drawn, measured)
        pictures = [
            compare_notes.bar(found.columns, done, read_only=context.read_only),
            board.pictures(found.columns, done, shown),
        ]
        return notes, pictures, here


def _numbers(context: Context) -> None:
    @context.app.callback(
        Output(ids.COMPARE_NUMBERS, "children"),
        Input(ids.LOCATION, "search"),
        Input(ids.SCHEME, "data"),
        Input(ids.COMPARE_THERE, "data"),
        State(ids.LOCATION, "pathname"),
    )
    async def fill(search: str | None, scheme: str | None, _there: list[str] | None, pathname: str | None) -> Any:
        if scheme is None:
            raise PreventUpdate
        try:
            shown, found = await _found(context, search, pathname)
        except ApiError:
            raise PreventUpdate from None  # the pictures' place says why
        if not found.columns:
            return []
        drawn = whiskers([_row(column) for column in found.columns], scheme=scheme)
        figure = taken(drawn, table=numbers.table(found.columns))
        height = 90 + 44 * len(found.columns)
        every = shown.fields == "all"
        other = comparison.href(replace(shown, fields="differing" if every else "all"))
        return [
            section(
                "Numbers",
                html.Div(graph(ids.COMPARE_WHISKERS, figure), id=ids.COMPARE_FRAME, style={"height": f"{height}px"}),
                numbers.numbers(found.columns),
                aside=saving("compared-numbers", frame=ids.COMPARE_FRAME),
            ),
            section(
                "Specification" if every else "Specification: the fields that differ",
                numbers.specification(found.columns, every=every),
                aside=dcc.Link(
                    "Only what differs" if every else "Show all", href=other, className="button quiet small"
                ),
            ),
        ]


def _row(column: Any) -> Row:
    information = column.point.get("mutual_information")
    return Row(
        name=f"{tuple_text(column.symbols)} {column.short}",
        rate=column.value("rate"),
        rate_stderr=column.estimate("rate")["stderr"],
        distortion=column.value("distortion"),
        distortion_stderr=column.estimate("distortion")["stderr"],
        information=(information["lower"], information["upper"]) if information else None,
    )


def _offer(context: Context) -> None:
    @context.app.callback(
        Output(ids.COMPARE_OFFER, "children"),
        Input(ids.PINNED, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    async def offer(pinned: list[str] | None, search: str | None, pathname: str | None) -> Any:
        if not PAGE.stands_at(pathname):
            raise PreventUpdate
        return compare_notes.offer(pinned or [], comparison.parse(search))

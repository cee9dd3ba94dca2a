"""Run: one run's state, curves, estimates, specification and log."""

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import bodies, ids
from frontend.client import ApiError, Json, point_path, run_path
from frontend.components import run as parts
from frontend.components.dimensions import absence, shares
from frontend.components.graph import graph
from frontend.components.parts import code, link, message, section
from frontend.components.toolbar import download_menu
from frontend.figures.curves import curves
from frontend.figures.kl import dimension_bars
from frontend.pages.context import Context, complaint, notice, now
from frontend.pages.page import Page, Visit
from frontend.table import csv_of


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page of one run; what moves while it is trained fills in at once."""
    run_id = visit.tail
    try:
        run = await context.client.get(run_path(run_id))
    except ApiError as error:
        return _missing(run_id, error)
    menu = download_menu([(ids.CURVES_SVG, "SVG"), (ids.CURVES_PNG, "PNG"), (ids.CURVES_CSV, "CSV")])
    return html.Div(
        [
            dcc.Store(id=ids.RUN, data=run_id),
            dcc.Store(id=ids.RUN_CURVES_NEXT),
            dcc.Download(id=ids.DOWNLOAD),
            html.Div(id=ids.RUN_HEAD, className="run-head"),
            section(
                "Training",
                html.Div(
                    graph(ids.RUN_CURVES),
                    id=ids.RUN_CURVES_FRAME,
                    className="curves",
                ),
                aside=menu,
            ),
            html.Div(id=ids.RUN_POINTS),
            html.Div(
                [
                    section("Notes and tags", _notes(run)),
                    section("Specification", *_spec(run, visit.origin, context.client.has_token)),
                ],
                className="two-columns",
            ),
            section("Attempts", html.Div(id=ids.RUN_ATTEMPTS)),
            section("Log", html.Div(id=ids.RUN_LOG)),
        ],
        className="page",
    )


def _notes(run: Json) -> html.Div:
    return html.Div(
        [
            dmc.Textarea(id=ids.RUN_NOTES, label="Notes", value=run["notes"], autosize=True, minRows=3, maxRows=12),
            dmc.TagsInput(id=ids.RUN_TAGS, label="Tags", value=run["tags"], placeholder="type a tag and press Enter"),
            html.Button("Save", id=ids.RUN_SAVE, className="button primary", type="button"),
        ],
        className="stack",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _state(context)
    _curves(context)
    _points(context)
    _notes_callbacks(context)


PAGE = Page(title="Run", path="/run/<id>", layout=layout, register=register, in_menu=False)


def concerns(run_id: str, live: Json | None) -> bool:
    """Whether the last news was about this run; at first, and after a restart, everything is news."""
    changed = (live or {}).get("changed")
    return not changed or run_id in changed


def _state(context: Context) -> None:
    @context.app.callback(
        Output(ids.RUN_HEAD, "children"),
        Output(ids.RUN_ATTEMPTS, "children"),
        Output(ids.RUN_LOG, "children"),
        Input(ids.RUN, "data"),
        Input(ids.LIVE, "data"),
        prevent_initial_call=False,
    )
    async def fill_state(run_id: str, live: Json | None) -> Any:
        if not concerns(run_id, live):
            raise PreventUpdate
        try:
            run, log = await asyncio.gather(
                context.client.get(run_path(run_id)), context.client.get(run_path(run_id, "/log"))
            )
        except ApiError as error:
            return _missing(run_id, error), [], []
        return parts.head(run, now()), parts.attempts(run), parts.log(log["lines"])


def _spec(run: Json, origin: str, token: bool) -> list[Any]:
    return [
        code(bodies.pretty(run["spec"]), "the specification"),
        html.P("The line that makes it again:", className="muted small"),
        code(bodies.curl(run["spec"], origin, token=token), "the curl line"),
    ]


def _missing(run_id: str, error: ApiError) -> html.Div:
    if error.status != 404:
        return message("This run cannot be shown", complaint(error))
    return message(
        "No such run",
        f"There is no run {run_id[:40]}, or it was deleted.",
        [link("See the queue", "/queue"), link("Explore", "/")],
    )


def _curves(context: Context) -> None:
    context.in_browser(
        "keepZoom",
        Output(ids.RUN_CURVES, "figure"),
        Input(ids.RUN_CURVES_NEXT, "data"),
        State(ids.RUN_CURVES, "figure"),
    )

    @context.app.callback(
        Output(ids.RUN_CURVES_NEXT, "data"),
        Input(ids.RUN, "data"),
        Input(ids.LIVE, "data"),
        Input(ids.SCHEME, "data"),
    )
    async def fill_curves(run_id: str, live: Json | None, scheme: str | None) -> Any:
        if scheme is None or not concerns(run_id, live):
            raise PreventUpdate
        try:
            history = await context.client.get(run_path(run_id, "/history"))
        except ApiError:
            raise PreventUpdate from None
        return curves(history, scheme=scheme, run_id=run_id)

    for ident, name in ((ids.CURVES_SVG, "downloadSvg"), (ids.CURVES_PNG, "downloadPng")):
        context.in_browser(
            name,
            Output(ident, "n_clicks"),
            Input(ident, "n_clicks"),
            State(ids.RUN_CURVES_FRAME, "id"),
            State(ids.RUN_CURVES, "id"),
        )

    @context.app.callback(
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        Input(ids.CURVES_CSV, "n_clicks"),
        State(ids.RUN, "data"),
        prevent_initial_call=True,
    )
    async def curves_as_csv(clicks: int | None, run_id: str) -> Any:
        if not clicks:
            raise PreventUpdate
        history = await context.client.get(run_path(run_id, "/history"))
        return {"content": csv_of(history), "filename": f"history-{run_id}.csv", "type": "text/csv"}


def _points(context: Context) -> None:
    @context.app.callback(
        Output(ids.RUN_POINTS, "children"),
        Input(ids.RUN, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
    )
    async def fill_points(run_id: str, _moved: int | None, scheme: str | None) -> Any:
        try:
            run = await context.client.get(run_path(run_id))
            points = await asyncio.gather(*(context.client.get(point_path(point)) for point in run["points"]))
        except ApiError:
            return []
        return [section("Estimates", _point(point, run, scheme)) for point in points]


def _point(point: Json, run: Json, scheme: str | None) -> html.Div:
    bars = [
        html.Figure(
            [
                html.Figcaption([f"{share.title} ", html.Span(share.more or share.note, className="muted")]),
                html.Div(
                    graph(figure=dimension_bars(share.values, share.axis, scheme=scheme, point_id=point["id"])),
                    className="bars",
                ),
            ]
        )
        for share in shares(point)
    ]
    return html.Div(
        [
            parts.point_head(point),
            html.Div(
                [
                    parts.estimates(point),
                    html.Div(bars or absence(run) or html.P("Nothing is stored of its dimensions.", className="muted")),
                ],
                className="two-columns wide-left",
            ),
        ]
    )


def _notes_callbacks(context: Context) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.RUN_SAVE, "n_clicks"),
        State(ids.RUN, "data"),
        State(ids.RUN_NOTES, "value"),
        State(ids.RUN_TAGS, "value"),
        prevent_initial_call=True,
    )
    async def save_notes(clicks: int | None, run_id: str, notes: str | None, tags: list[str] | None) -> Any:
        if not clicks:
            raise PreventUpdate
        try:
            await context.client.patch(run_path(run_id), {"notes": notes or "", "tags": tags or []})
        except ApiError as error:
            return notice(complaint(error), kind="bad")
        return notice("Notes and tags are saved.", kind="good")

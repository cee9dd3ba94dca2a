"""Queue: what runs, what waits, what ended and why."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, run_path
from frontend.components.formula import greek
from frontend.components.importing import import_button
from frontend.components.parts import attributes, section
from frontend.components.plain import DESCRIPTION, described, plain
from frontend.components.queue import line, rows
from frontend.context import Context, complaint, notice, now
from frontend.kept import keep, turn_pages
from frontend.page import Page, Visit
from frontend.pages.queue import picked
from frontend.views.queue import QueueView, parse
from frontend.words.formats import plural, tuple_text

PAGE_SIZE = 25
MOST_WAITING = 100
"""Waiting runs on show."""
NOTHING_YET = html.P("Nothing has ended yet.", className="muted")
ANY = "any"
STATUSES = (
    (ANY, "all"),
    ("succeeded", "succeeded"),
    ("failed", "failed"),
    ("cancelled", "cancelled"),
)


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page before its lists are there, its filters standing as the address says."""
    return html.Div(
        [
            html.Div([html.H1("Queue"), *([] if context.read_only else [import_button()])], className="section-head"),
            section("Running", plain(id=ids.QUEUE_RUNNING)),
            section("Waiting", plain(id=ids.QUEUE_LINE), aside=html.Span(id=ids.QUEUE_WAITING, className="muted")),
            section(
                "Ended",
                plain(id=ids.QUEUE_LIST),
                _pages(),
                dcc.Store(id=ids.QUEUE_NEXT),
                dcc.Store(id=ids.QUEUE_ABOVE),
                dcc.Store(id=ids.QUEUE_PROGRESS),
                aside=_filters(visit.search),
            ),
            picked.bar(read_only=context.read_only),
        ],
        className="page",
    )


def _filters(search: str | None) -> html.Div:
    view = parse(search)
    return html.Div(
        [
            dmc.SegmentedControl(
                id=ids.QUEUE_STATUS,
                data=[{"value": value, "label": label} for value, label in STATUSES],
                value=view.status or ANY,
                size="xs",
                withItemsBorders=False,
            ),
            _filter(ids.QUEUE_DATASET, "all data sets", view.dataset),
            _filter(ids.QUEUE_TUPLE, "all tuples", view.architecture),
            _filter(ids.QUEUE_METHOD, "all methods", view.method),
            dmc.TextInput(
                id=ids.QUEUE_TAG,
                value=view.tag or "",
                placeholder="any tag, then Enter",
                size="xs",
                className="filter",
                debounce=True,
                **attributes(aria_label="any tag"),
            ),
        ],
        className="filters",
    )


def _filter(ident: str, nothing: str, value: str | None) -> dmc.Select:
    return dmc.Select(
        id=ident,
        data=[{"value": value, "label": value}] if value else [],
        value=value,
        placeholder=nothing,
        clearable=True,
        size="xs",
        className="filter",
        **attributes(aria_label=nothing),
    )


def _pages() -> html.Div:
    return html.Div(
        [
            html.Button("Newer", id=ids.QUEUE_NEWER, className="button quiet", type="button", disabled=True),
            html.Button("Older", id=ids.QUEUE_OLDER, className="button quiet", type="button", disabled=True),
        ],
        className="actions pages",
    )


def register(context: Context) -> None:
    """The page's callbacks."""

    @context.app.callback(
        Output(ids.QUEUE_DATASET, "data"),
        Output(ids.QUEUE_TUPLE, "data"),
        Output(ids.QUEUE_METHOD, "data"),
        Input(ids.PAGE, "id"),
    )
    async def offer_filters(_page: str) -> Any:
        return filter_options(await context.client.get("/catalogue"))

    for control in (ids.QUEUE_STATUS, ids.QUEUE_DATASET, ids.QUEUE_TUPLE, ids.QUEUE_METHOD, ids.QUEUE_TAG):
        keep(context, control)
    turn_pages(context, ids.QUEUE_OLDER, ids.QUEUE_NEWER, ids.QUEUE_NEXT)
    _lists(context)
    _progress(context)
    _moves(context)
    picked.register(context)


async def _running(context: Context) -> list[Json]:
    """The runs that are trained now."""
    found = await context.client.get("/runs", {"status": "running", "limit": 50})
    return list(found["items"])


def _above(running: Sequence[Json]) -> str:
    """Which runs stand under Running, to compare."""
    return ",".join(run["id"] for run in running)


def _lists(context: Context) -> None:
    # One callback for all lists: three would be answered at three times, and a run that moves on between stands in two.
    @context.app.callback(
        Output(ids.QUEUE_RUNNING, DESCRIPTION),
        Output(ids.QUEUE_ABOVE, "data"),
        Output(ids.QUEUE_LINE, DESCRIPTION),
        Output(ids.QUEUE_WAITING, "children"),
        Output(ids.QUEUE_LIST, DESCRIPTION),
        Output(ids.QUEUE_NEWER, "disabled"),
        Output(ids.QUEUE_OLDER, "disabled"),
        Output(ids.QUEUE_NEXT, "data"),
        Input(ids.RUNS_MOVED, "data"),
        Input(ids.QUEUE_MOVED, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    async def fill(_runs_moved: int | None, _line_moved: int | None, search: str | None, pathname: str | None) -> Any:
        if not PAGE.stands_at(pathname):
            raise PreventUpdate  # the address is another page's already
        read_only, view = context.read_only, parse(search)
        try:
            running, waiting, rest = await asyncio.gather(
                _running(context),
                context.client.get("/queue", {"limit": MOST_WAITING}),
                context.client.get("/runs", {**view.wanted, "limit": PAGE_SIZE}),
            )
        except ApiError as error:
            return *[no_update] * 4, described(complaint(error)), *[no_update] * 3
        above = {run["id"] for run in running}
        waits = [run for run in waiting["items"] if run["id"] not in above]
        total = waiting["total"] - len(waiting["items"]) + len(waits)
        runs = [run for run in rest["items"] if run["id"] not in above]
        nothing_yet = not runs and not view.filtered and bool(above or total)
        return (
            described(rows.running(running, read_only=read_only)),
            _above(running),
            described(line.line(waits, total, now(), read_only=read_only)),
            plural(total, "run") if total else "",
            described(NOTHING_YET if nothing_yet else await _ended(context, runs, view)),
            not view.trail,
            rest["next"] is None,
            rest["next"],
        )


def _progress(context: Context) -> None:
    """How far what runs is: shown while the same runs run; else the lists are on their way, with all of it."""

    @context.app.callback(Output(ids.QUEUE_PROGRESS, "data"), Input(ids.LIVE, "data"), prevent_initial_call=True)
    async def look(_live: Json | None) -> Any:
        try:
            running = await _running(context)
        except ApiError:
            raise PreventUpdate from None  # the banner says that the server is away
        return {"of": _above(running), "content": described(rows.running(running, read_only=context.read_only))}

    context.in_browser(
        "ifStill",
        Output(ids.QUEUE_RUNNING, DESCRIPTION, allow_duplicate=True),
        Input(ids.QUEUE_PROGRESS, "data"),
        State(ids.QUEUE_ABOVE, "data"),
    )


def _moves(context: Context) -> None:
    @context.app.callback(
        Output(ids.QUEUE_MOVED, "data"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store("place"), "data"),
        prevent_initial_call=True,
    )
    async def move(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        run_id, _, before = str(action["id"]).partition(":")
        try:
            await context.client.post(run_path(run_id, "/place"), {"before": before or None})
        except ApiError as error:
            return action["at"], notice(complaint(error), kind="bad")  # the line has moved on: show it as it is
        return action["at"], no_update


PAGE = Page(title="Queue", path="/queue", layout=layout, register=register, in_menu=True)


async def _ended(context: Context, runs: Sequence[Json], view: QueueView) -> html.Div:
    """The runs that have ended, each with where it landed."""
    places = await _first_points(context, runs)
    return rows.ended(runs, places, now(), filtered=view.filtered, read_only=context.read_only)


async def _first_points(context: Context, runs: Sequence[Json]) -> dict[str, Json]:
    """Where the first point of each run that has one landed, by the run's id."""
    measured = [run for run in runs if run["points"]]
    found = await asyncio.gather(*(context.where(run["points"][0]) for run in measured))
    return {run["id"]: point for run, point in zip(measured, found, strict=True) if point}


def filter_options(catalogue: Json) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """What the lists can be narrowed to."""
    datasets = [
        {"value": f"{entry['name']}/{binarize}", "label": f"{entry['name']}/{binarize}"}
        for entry in catalogue["datasets"]
        for binarize in entry["schema"]["properties"]["binarize"]["enum"]
    ]
    axes = [
        dict.fromkeys(entry["symbol"] for entry in catalogue[axis]) for axis in ("encoders", "decoders", "marginals")
    ]
    tuples = [{"value": symbols, "label": tuple_text(symbols)} for symbols in map("".join, itertools.product(*axes))]
    methods = [{"value": entry["name"], "label": greek(entry["title"])} for entry in catalogue["methods"]]
    return datasets, tuples, [*methods, {"value": "custom", "label": "Custom"}]

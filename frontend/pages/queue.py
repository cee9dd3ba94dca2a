"""Queue: what runs, what waits, what ended and why."""

import asyncio
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components import queue
from frontend.components.parts import attributes, section
from frontend.formats import tuple_text
from frontend.pages.context import Context, complaint, now
from frontend.pages.page import Page, Visit

PAGE_SIZE = 25
ANY = "any"
STATUSES = (
    (ANY, "all"),
    ("queued", "waiting"),
    ("succeeded", "succeeded"),
    ("failed", "failed"),
    ("cancelled", "cancelled"),
)


async def layout(_context: Context, _visit: Visit) -> html.Div:
    """The page before its lists are there."""
    return html.Div(
        [
            html.H1("Queue"),
            section("Running", html.Div(id=ids.QUEUE_RUNNING)),
            section(
                "Waiting and ended",
                html.Div(id=ids.QUEUE_LIST),
                _pages(),
                dcc.Store(id=ids.QUEUE_PAGES, data=[None]),
                dcc.Store(id=ids.QUEUE_NEXT),
                aside=_filters(),
            ),
        ],
        className="page",
    )


def _filters() -> html.Div:
    return html.Div(
        [
            dmc.SegmentedControl(
                id=ids.QUEUE_STATUS,
                data=[{"value": value, "label": label} for value, label in STATUSES],
                value=ANY,
                size="xs",
                withItemsBorders=False,
            ),
            _filter(ids.QUEUE_DATASET, "all data sets"),
            _filter(ids.QUEUE_TUPLE, "all tuples"),
            _filter(ids.QUEUE_METHOD, "all methods"),
        ],
        className="filters",
    )


def _filter(ident: str, nothing: str) -> dmc.Select:
    return dmc.Select(
        id=ident,
        data=[],
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

    @context.app.callback(Output(ids.QUEUE_RUNNING, "children"), Input(ids.LIVE, "data"))
    async def fill_running(_live: Json | None) -> Any:
        found = await context.client.get("/runs", {"status": "running", "limit": 50})
        return queue.running(found["items"])

    @context.app.callback(
        Output(ids.QUEUE_DATASET, "data"),
        Output(ids.QUEUE_TUPLE, "data"),
        Output(ids.QUEUE_METHOD, "data"),
        Input(ids.PAGE, "id"),
    )
    async def offer_filters(_page: str) -> Any:
        return filter_options(await context.client.get("/catalogue"))

    @context.app.callback(
        Output(ids.QUEUE_LIST, "children"),
        Output(ids.QUEUE_PAGES, "data"),
        Output(ids.QUEUE_NEWER, "disabled"),
        Output(ids.QUEUE_OLDER, "disabled"),
        Output(ids.QUEUE_NEXT, "data"),
        Input(ids.RUNS_MOVED, "data"),
        Input(ids.QUEUE_STATUS, "value"),
        Input(ids.QUEUE_DATASET, "value"),
        Input(ids.QUEUE_TUPLE, "value"),
        Input(ids.QUEUE_METHOD, "value"),
        Input(ids.QUEUE_NEWER, "n_clicks"),
        Input(ids.QUEUE_OLDER, "n_clicks"),
        State(ids.QUEUE_PAGES, "data"),
        State(ids.QUEUE_NEXT, "data"),
    )
    async def fill_list(
        _moved: int | None,
        status: str,
        dataset: str | None,
        symbols: str | None,
        method: str | None,
        _newer: int | None,
        _older: int | None,
        pages: list[str | None],
        following: str | None,
    ) -> Any:
        pages = turned(pages or [None], following, str(ctx.triggered_id or ""))
        wanted = {"dataset": dataset, "architecture": symbols, "method": method}
        try:
            if status == ANY:
                runs, after = await _not_running(context, wanted, pages[-1])
            else:
                found = await context.client.get(
                    "/runs", {**wanted, "status": status, "limit": PAGE_SIZE, "cursor": pages[-1]}
                )
                runs, after = found["items"], found["next"]
        except ApiError as error:
            return complaint(error), no_update, no_update, no_update, no_update
        filtered = status != ANY or any(wanted.values()) or len(pages) > 1
        shown = queue.ended_or_waiting(runs, await _first_points(context, runs), now(), filtered=filtered)
        return shown, pages, len(pages) == 1, after is None, after


PAGE = Page(title="Queue", path="/queue", layout=layout, register=register, in_menu=True)


async def _first_points(context: Context, runs: Sequence[Json]) -> dict[str, Json]:
    """The first point of each run that has one, by the run's id."""
    measured = [run for run in runs if run["points"]]
    found = await asyncio.gather(*(context.point(run["points"][0]) for run in measured))
    return {run["id"]: point for run, point in zip(measured, found, strict=True) if point}


async def _not_running(context: Context, wanted: dict[str, Any], cursor: str | None) -> tuple[list[Json], str | None]:
    """A page of every run but those that run: they have a list of their own."""
    found = await context.client.get("/runs", {**wanted, "limit": PAGE_SIZE, "cursor": cursor})
    return [run for run in found["items"] if run["status"] != "running"], found["next"]


def turned(pages: Sequence[str | None], following: str | None, trigger: str) -> list[str | None]:
    """The cursors of the pages up to the one to show, after what was pressed."""
    if trigger == ids.QUEUE_OLDER and following:
        return [*pages, following]
    if trigger == ids.QUEUE_NEWER and len(pages) > 1:
        return list(pages[:-1])
    if trigger in (ids.QUEUE_STATUS, ids.QUEUE_DATASET, ids.QUEUE_TUPLE, ids.QUEUE_METHOD):
        return [None]
    return list(pages)


def filter_options(catalogue: Json) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """What the lists can be narrowed to."""
    datasets = [
        {"value": f"{entry['name']}/{binarize}", "label": f"{entry['name']}/{binarize}"}
        for entry in catalogue["datasets"]
        for binarize in entry["schema"]["properties"]["binarize"]["enum"]
    ]
    tuples = [
        {"value": symbols, "label": tuple_text(symbols)}
        for symbols in (
            encoder["symbol"] + decoder["symbol"] + marginal["symbol"]
            for encoder in catalogue["encoders"]
            for decoder in catalogue["decoders"]
            for marginal in catalogue["marginals"]
        )
    ]
    methods = [{"value": entry["name"], "label": entry["title"]} for entry in catalogue["methods"]]
    return datasets, tuples, [*methods, {"value": "custom", "label": "Custom"}]

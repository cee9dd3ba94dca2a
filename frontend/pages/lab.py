"""Lab: models whose truth is known. First the toy model of paper B, whose figure 2 this page is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components import lab
from frontend.components.graph import NOTHING, graph
from frontend.components.parts import attributes, message, section
from frontend.components.toolbar import download_menu
from frontend.defaults import item
from frontend.figures import lab_records
from frontend.figures.lab_model import model_figure, tallest_of
from frontend.figures.lab_plane import toy_plane
from frontend.figures.lab_records import AIMED, ELBO, ToyModel, ToyPoint, Truth
from frontend.pages.context import Context, complaint
from frontend.pages.page import Page, Visit
from frontend.query import parse_seed
from frontend.table import csv_of

COLUMNS = (("made", "Hand-built, optimal"), (ELBO, "ELBO"), (AIMED, "Target rate 0.5"))
MOST_RUNS = 1000
"""Newest runs on the toy data that are looked at."""


@dataclass(frozen=True)
class Bench:
    """Everything the page shows."""

    truth: Truth
    made: ToyModel
    points: list[ToyPoint]
    waiting: int
    """Comparable runs that wait or run."""


async def layout(_context: Context, _visit: Visit) -> html.Div:
    """The page before its models are there."""
    return html.Div(
        [
            html.H1("Lab: a model whose truth is known"),
            html.Div(id=ids.LAB_WORDS),
            section(
                "One model by hand, two by training",
                html.Div([_column(name, title) for name, title in COLUMNS], className="lab-columns"),
                aside=html.Div(
                    [
                        html.Div(id=ids.LAB_OFFER, className="lab-offer", role="status"),
                        dmc.Select(
                            id=ids.LAB_SEED,
                            data=[],
                            placeholder="seed",
                            size="xs",
                            className="filter lab-seed",
                            **attributes(aria_label="Seed of the trained models"),
                        ),
                    ],
                    className="filters",
                ),
            ),
            section(
                "The ELBO cannot choose R",
                html.P(
                    "R + D is all the ELBO sees, and it is H everywhere on this diagonal: any model on it is optimal. "
                    "Training ends wherever its start leads. A target rate says where to end.",
                    className="muted lab-words",
                ),
                html.Div(graph(ids.LAB_PLANE), id=ids.LAB_PLANE_FRAME, className="lab-plane"),
                html.Div(id=ids.LAB_SUMMARY),
                html.P(
                    "A z drawn from the true posterior is a second opinion on the class, not the class itself: it "
                    "tells less of z* than x does. How near a learned z comes is shown, not claimed.",
                    className="muted lab-words",
                ),
                aside=_menu("plane"),
            ),
            dcc.Store(id=ids.LAB_SHOWN),
            dcc.Download(id=ids.DOWNLOAD),
        ],
        className="page lab",
    )


def _column(name: str, title: str) -> html.Section:
    head = html.Header(
        [html.H3(title), html.Span(id=ids.lab(name, "caption")), _menu(name)], className="lab-column-head"
    )
    frame = html.Div(
        [graph(ids.lab(name, "graph")), html.Div(id=ids.lab(name, "over"), className="over")],
        id=ids.lab(name, "frame"),
        className="lab-model plane bare",
    )
    return html.Section(
        [head, html.Div(id=ids.lab(name, "numbers")), frame],
        className="lab-column",
        **attributes(aria_label=title),
    )


def _menu(name: str) -> dmc.Menu:
    what = "Points" if name == "plane" else "Tables"
    kinds = (("svg", "Figure as SVG"), ("png", "Figure as PNG"), ("csv", f"{what} as CSV"))
    return download_menu([(ids.lab(name, kind), label) for kind, label in kinds])


def register(context: Context) -> None:
    """The page's callbacks."""
    _fill(context)
    _address(context)
    _downloads(context)


PAGE = Page(title="Lab", path="/lab", layout=layout, register=register, in_menu=True)


# -- what it shows ----------------------------------------------------------------------------------------------------


async def bench(context: Context) -> Bench:
    """The truth, and every model measured against it."""
    client = context.client
    answer, catalogue, runs = await asyncio.gather(client.get("/lab/toy"), client.get("/catalogue"), _runs(context))
    defaults = item(catalogue, "datasets", "toy")["defaults"]
    ended = [run for run in runs if run["points"]]
    points = await asyncio.gather(*(context.point(run["points"][0]) for run in ended))
    found = [lab_records.toy_point(p, run, defaults) for run, p in zip(ended, points, strict=True) if p]
    waiting = [run for run in runs if run["status"] in ("queued", "running")]
    return Bench(
        truth=lab_records.truth(answer),
        made=lab_records.hand_built(answer),
        points=[point for point in found if point],
        waiting=sum(lab_records.kind(run["spec"], defaults) != lab_records.OTHER for run in waiting),
    )


async def _runs(context: Context) -> list[Json]:
    """The runs on the toy data, newest first."""
    found: list[Json] = []
    cursor = None
    while len(found) < MOST_RUNS:
        page = await context.client.get("/runs", {"dataset": "toy", "limit": 200, "cursor": cursor})
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    return found


async def models(
    context: Context, found: Bench, seed: int | None
) -> dict[str, tuple[ToyPoint | None, ToyModel | None]]:
    """The model of each column."""
    shown: dict[str, tuple[ToyPoint | None, ToyModel | None]] = {"made": (None, found.made)}
    for kind in (ELBO, AIMED):
        point = lab_records.of_seed(found.points, kind, seed)
        stored = await context.point(point.id) if point else None
        shown[kind] = point, lab_records.model(stored) if stored else None
    return shown


def _fill(context: Context) -> None:
    @context.app.callback(
        Output(ids.LAB_WORDS, "children"),
        Output(ids.LAB_OFFER, "children"),
        Output(ids.LAB_SEED, "data"),
        Output(ids.LAB_SEED, "value"),
        Output(ids.LAB_SHOWN, "data"),
        Output(ids.LAB_PLANE, "figure"),
        Output(ids.LAB_SUMMARY, "children"),
        *[
            Output(ids.lab(name, "caption"), "children")
            for name, _ in COLUMNS
        ],
        *[Output(ids.lab(name, "numbers"), "children") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "over"), "children") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "frame"), "className") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "graph"), "figure") for name, _ in COLUMNS],
        Input(ids.LOCATION, "search"),
        Input(ids.RUNS_MOVED, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
    )  # fmt: skip
    async def fill(search: str | None, _runs: int | None, _points: int | None, scheme: str | None) -> Any:
        if scheme is None:
            raise PreventUpdate
        try:
            found = await bench(context)
        except ApiError as error:
            return _failed(complaint(error))
        seed = lab_records.chosen_seed(found.points, parse_seed(search))
        shown = await models(context, found, seed)
        there = lab_records.seeds(found.points)
        captions = [lab.caption(shown[kind][0]) if kind != "made" else None for kind, _ in COLUMNS]
        return [
            lab.introduction(found.truth),
            lab.offer(found.points, found.waiting),
            [{"value": str(each), "label": f"seed {each}"} for each in there],
            None if seed is None else str(seed),
            {"seed": seed, "points": {kind: point.id for kind, (point, _) in shown.items() if point}},
            toy_plane(found.points, found.truth, found.made, seed=seed, scheme=scheme),
            lab.summary(found.points, found.truth),
            *captions,
            *_columns(shown, found.truth, seed, scheme),
        ]


def _columns(
    shown: dict[str, tuple[ToyPoint | None, ToyModel | None]], truth: Truth, seed: int | None, scheme: str
) -> list[Any]:
    """Numbers, what stands over an empty frame, the frames' classes, and the figures, of each column in turn."""
    drawn = [(kind, shown[kind][1]) for kind, _ in COLUMNS]
    tallest = tallest_of([model for _, model in drawn if model], truth)
    return [
        *[lab.numbers(model, truth) if model else [] for _, model in drawn],
        *[[] if model else lab.missing(kind, seed) for kind, model in drawn],
        *["lab-model plane" if model else "lab-model plane bare" for _, model in drawn],
        *[
            model_figure(model, truth, tallest=tallest, scheme=scheme, name=f"{kind} {seed}") if model else NOTHING
            for kind, model in drawn
        ],
    ]


def _failed(words: str) -> list[Any]:
    columns = len(COLUMNS)
    return [
        message("The truth cannot be shown", words), [], [], None, None, NOTHING, [], *[None] * columns,
        *[[]] * columns, *[[]] * columns, *["lab-model plane bare"] * columns, *[NOTHING] * columns,
    ]  # fmt: skip


# -- the address, and taking it along ---------------------------------------------------------------------------------


def _address(context: Context) -> None:
    search, here = Output(ids.LOCATION, "search", allow_duplicate=True), State(ids.LOCATION, "search")
    shown = State(ids.LAB_SHOWN, "data")
    context.in_browser("chooseSeed", search, Input(ids.LAB_SEED, "value"), shown, here)
    context.in_browser("chooseToyPoint", search, Input(ids.LAB_PLANE, "clickData"), here)


def _downloads(context: Context) -> None:
    figures = [(name, ids.lab(name, "frame"), ids.lab(name, "graph")) for name, _ in COLUMNS]
    for name, frame, drawn in [*figures, ("plane", ids.LAB_PLANE_FRAME, ids.LAB_PLANE)]:
        for kind, function in (("svg", "downloadSvg"), ("png", "downloadPng")):
            button = ids.lab(name, kind)
            context.in_browser(
                function, Output(button, "n_clicks"), Input(button, "n_clicks"), State(frame, "id"), State(drawn, "id")
            )
    for name, _ in COLUMNS:
        _tables(context, name)

    @context.app.callback(
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        Input(ids.lab("plane", "csv"), "n_clicks"),
        prevent_initial_call=True,
    )
    async def points_as_csv(clicks: int | None) -> Any:
        if not clicks:
            raise PreventUpdate
        return _file(points_table((await bench(context)).points), "toy-points")


def _tables(context: Context, name: str) -> None:
    @context.app.callback(
        Output(ids.DOWNLOAD, "data", allow_duplicate=True),
        Input(ids.lab(name, "csv"), "n_clicks"),
        State(ids.LAB_SHOWN, "data"),
        prevent_initial_call=True,
    )
    async def tables_as_csv(clicks: int | None, shown: Json | None) -> Any:
        if not clicks or not shown:
            raise PreventUpdate
        found = await bench(context)
        model = (await models(context, found, shown["seed"]))[name][1]
        if model is None:
            raise PreventUpdate
        return _file(model_table(model, found.truth), f"toy-{name.replace(' ', '-')}")


def _file(columns: dict[str, Sequence[Any]], name: str) -> dict[str, str]:
    return {"content": csv_of(columns), "filename": f"{name}.csv", "type": "text/csv"}


def points_table(points: Sequence[ToyPoint]) -> dict[str, Sequence[Any]]:
    """The measured models as columns."""
    names = ("id", "run_id", "kind", "seed", "rate", "distortion", "with_source")
    return {name: [getattr(point, name) for point in points] for name in names}


def model_table(model: ToyModel, truth: Truth) -> dict[str, Sequence[Any]]:
    """One row for each pair of x and z: what the tables of a model say of it."""
    latents, states = len(model.marginal), len(truth.states)
    return {
        "x": [float(x) for x in truth.states for _ in range(latents)],
        "z": list(range(latents)) * states,
        "p(x)": [float(p) for p in truth.data for _ in range(latents)],
        "e(z|x)": model.encoder.flatten().tolist(),
        "d(x|z)": model.decoder.T.flatten().tolist(),
        "m(z)": model.marginal.tolist() * states,
    }

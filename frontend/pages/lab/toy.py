"""Lab: the toy model of paper B, whose figure 2 this part is."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError
from frontend.components.graph import NOTHING, graph
from frontend.components.lab import toy
from frontend.components.parts import attributes, message, section
from frontend.components.saving import saving, taken
from frontend.context import Context, complaint
from frontend.figures.lab import records
from frontend.figures.lab.model import model_figure, tallest_of
from frontend.figures.lab.plane import toy_plane
from frontend.figures.lab.records import AIMED, ELBO, Truth
from frontend.pages.lab import tables
from frontend.pages.lab.parts import TOY, asked
from frontend.pages.lab.toy_models import Shown, bench, models
from frontend.views.query import parse_seed

COLUMNS = (("made", "Hand-built, optimal"), (ELBO, "ELBO"), (AIMED, "Target rate 0.5"))


TITLE = "Toy model"


def body() -> list[Any]:
    """What stands on it before its models are there."""
    return [
        html.Div([html.Div(id=ids.LAB_WORDS), toy.legend()]),
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
                        className="filter lab-seed hidden",
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
            html.Div(id=ids.LAB_CLASS),
            aside=_menu("plane"),
        ),
        dcc.Store(id=ids.LAB_SHOWN),
    ]


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
    frame = ids.LAB_PLANE_FRAME if name == "plane" else ids.lab(name, "frame")
    return saving(f"toy-{name}", frame=frame, ident=ids.lab(name, "menu"))


def register(context: Context) -> None:
    """Its callbacks."""
    _fill(context)
    _address(context)


def _fill(context: Context) -> None:
    @context.app.callback(
        Output(ids.LAB_WORDS, "children"),
        Output(ids.LAB_CLASS, "children"),
        Output(ids.LAB_OFFER, "children"),
        Output(ids.LAB_SEED, "data"),
        Output(ids.LAB_SEED, "value"),
        Output(ids.LAB_SEED, "className"),
        Output(ids.LAB_SHOWN, "data"),
        Output(ids.LAB_PLANE, "figure"),
        Output(ids.LAB_SUMMARY, "children"),
        *[
            Output(ids.lab(name, "caption"), "children")
            for name, _ in COLUMNS
        ],
        *[Output(ids.lab(name, "numbers"), "children") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "over"), "children") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "menu"), "disabled") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "frame"), "className") for name, _ in COLUMNS],
        *[Output(ids.lab(name, "graph"), "figure") for name, _ in COLUMNS],
        Input(ids.LOCATION, "search"),
        Input(ids.RUNS_MOVED, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
    )  # fmt: skip
    async def fill(search: str | None, _runs: int | None, _points: int | None, scheme: str | None) -> Any:
        if scheme is None or asked(search) != TOY:  # about to leave for another part
            raise PreventUpdate
        try:
            found = await bench(context)
        except ApiError as error:
            return _failed(complaint(error))
        seed = records.chosen_seed(found.points, parse_seed(search))
        shown = await models(context, found, seed)
        there = records.seeds(found.points)
        captions = [toy.caption(shown[kind][0]) if kind != "made" else None for kind, _ in COLUMNS]
        return [
            toy.introduction(found.truth),
            toy.class_words(found.truth),
            toy.offer(found.points, found.waiting),
            [{"value": str(each), "label": f"seed {each}"} for each in there],
            None if seed is None else str(seed),
            "filter lab-seed" if there else "filter lab-seed hidden",
            {"seed": seed, "points": {kind: point.id for kind, (point, _) in shown.items() if point}},
            taken(
                toy_plane(found.points, found.truth, found.made, seed=seed, scheme=scheme),
                table=tables.points_table(found.points),
            ),
            toy.summary(found.points, found.truth),
            *captions,
            *_columns(shown, found.truth, seed, scheme),
        ]


def _columns(shown: Shown, truth: Truth, seed: int | None, scheme: str) -> list[Any]:
    """Numbers, what stands over an empty frame, whether there is nothing to take along, the frames' classes, and the
    figures, of each column in turn."""
    drawn = [(kind, shown[kind][1]) for kind, _ in COLUMNS]
    tallest = tallest_of([model for _, model in drawn if model], truth)
    return [
        *[toy.numbers(model, truth) if model else [] for _, model in drawn],
        *[[] if model else toy.missing(kind, seed) for kind, model in drawn],
        *[model is None for _, model in drawn],
        *["lab-model plane" if model else "lab-model plane bare" for _, model in drawn],
        *[
            taken(
                model_figure(model, truth, tallest=tallest, scheme=scheme, name=f"{kind} {seed}"),
                name=f"toy-{kind}" if kind == "made" else f"toy-{kind}-seed-{seed}",
                table=tables.model_table(model, truth),
            )
            if model
            else NOTHING
            for kind, model in drawn
        ],
    ]


def _failed(words: str) -> list[Any]:
    columns = len(COLUMNS)
    return [
        message("The truth cannot be shown", words), [], [], [], None, "filter lab-seed hidden", None, NOTHING, [],
        *[None] * columns, *[[]] * columns, *[[]] * columns, *[True] * columns,
        *["lab-model plane bare"] * columns, *[NOTHING] * columns,
    ]  # fmt: skip


def _address(context: Context) -> None:
    search, here = Output(ids.LOCATION, "search", allow_duplicate=True), State(ids.LOCATION, "search")
    shown = State(ids.LAB_SHOWN, "data")
    context.in_browser("chooseSeed", search, Input(ids.LAB_SEED, "value"), shown, here)
    context.in_browser("chooseToyPoint", search, Input(ids.LAB_PLANE, "clickData"), here)

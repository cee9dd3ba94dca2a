"""Run: one run's state, curves, estimates, specification and log."""

import asyncio
from typing import Any

import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import Input, Output, State, ctx, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json, point_path, run_path
from frontend.components import run_parts
from frontend.components.aggregate import aggregate, true_posterior
from frontend.components.dimensions import Share, absence, shares
from frontend.components.graph import graph
from frontend.components.parts import code, link, message, section
from frontend.components.saving import frame_id, saving, taken
from frontend.context import Context, complaint, dataset_key, notice, now
from frontend.figures.curves import curves
from frontend.figures.kl import dimension_bars
from frontend.form import bodies
from frontend.page import Page, Visit

MOST_HEIRS = 20
"""Runs that continue it, of those on show."""


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page of one run; what moves while it is trained fills in at once."""
    run_id = visit.tail
    try:
        run = await context.client.get(run_path(run_id))
    except ApiError as error:
        return _missing(run_id, error)
    curve = run_path(run_id, "/history")
    menu = saving(f"{file_start(run)}training-{run_id}", frame=ids.RUN_CURVES_FRAME, table=curve)
    return html.Div(
        [
            dcc.Store(id=ids.RUN, data=run_id),
            dcc.Store(id=ids.RUN_CURVES_NEXT),
            dcc.Store(id=ids.RUN_DRAWN),
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
            html.Div(id=ids.RUN_POINTS, className="run-points"),
            html.Div(
                [
                    section("Notes and tags", _notes(run, read_only=context.read_only)),
                    section("Specification", *_spec(run, visit.origin, context.client.has_token)),
                ],
                className="two-columns",
            ),
            section("Attempts", html.Div(id=ids.RUN_ATTEMPTS)),
            section("Log", html.Div(id=ids.RUN_LOG)),
        ],
        className="page",
    )


def _notes(run: Json, *, read_only: bool) -> html.Div:
    """What a person says of it; nothing to press where nothing can be changed."""
    save = html.Button("Save", id=ids.RUN_SAVE, className="button primary" + " hidden" * read_only, type="button")
    notes = {"label": "Notes", "value": run["notes"], "autosize": True, "minRows": 3, "maxRows": 12}
    tags = {"label": "Tags", "value": run["tags"], "placeholder": "" if read_only else "type a tag and press Enter"}
    return html.Div(
        [
            dmc.Textarea(id=ids.RUN_NOTES, readOnly=read_only, **notes),
            dmc.TagsInput(id=ids.RUN_TAGS, readOnly=read_only, **tags),
            save,
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


TERMS = {"rate": "rate_terms", "divergence": "divergences", "information": "information_terms"}
"""Terms of the objective by the catalogue's table that says what they are."""


def _state(context: Context) -> None:
    methods: dict[str, Json] = {}  # what a name means stays the same while the server runs

    @context.app.callback(
        Output(ids.RUN_HEAD, "children"),
        Output(ids.RUN_ATTEMPTS, "children"),
        Output(ids.RUN_LOG, "children"),
        Input(ids.RUN, "data"),
        Input(ids.RUN_MOVED, "data"),
    )
    async def fill_state(run_id: str, _moved: int | None) -> Any:
        try:
            run, log, heirs = await asyncio.gather(
                context.client.get(run_path(run_id)),
                context.client.get(run_path(run_id, "/log")),
                context.client.get("/runs", {"continues": run_id, "limit": MOST_HEIRS}),
            )
            if not methods:
                methods.update({entry["name"]: entry for entry in (await context.client.get("/catalogue"))["methods"]})
        except ApiError as error:
            if error.status != 404 and ids.RUN not in ctx.triggered_prop_ids.values():
                raise PreventUpdate from None  # what is shown stays; the banner says that the server is away
            return _missing(run_id, error), [], []
        head = run_parts.head(run, methods.get(run["method"]), now(), heirs["items"], read_only=context.read_only)
        return head, run_parts.attempts(run), run_parts.log(log["lines"])


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


async def _terms(context: Context, known: dict[tuple[str, str], Json], run_id: str) -> dict[str, Json]:
    """Title, unit and bound of each of the run's terms."""
    if not known:
        found = await context.client.get("/catalogue")
        for union in TERMS.values():
            known.update(
                {
                    (union, entry["name"]): {key: entry[key] for key in ("title", "unit", "bound")}
                    for entry in found[union]
                }
            )
    run = await context.client.get(run_path(run_id))
    objective = run["spec"]["objective"]
    return {term: known.get((union, objective[term]["kind"]), {}) for term, union in TERMS.items()}


def _curves(context: Context) -> None:
    terms: dict[tuple[str, str], Json] = {}
    context.in_browser(
        "panels",
        Output(ids.RUN_CURVES, "figure"),
        Input(ids.RUN_CURVES_NEXT, "data"),
        State(ids.RUN_CURVES, "figure"),
    )

    @context.app.callback(
        Output(ids.RUN_CURVES_NEXT, "data"),
        Input(ids.RUN, "data"),
        Input(ids.RUN_MOVED, "data"),
        Input(ids.SCHEME, "data"),
    )
    async def fill_curves(run_id: str, _moved: int | None, scheme: str | None) -> Any:
        if scheme is None:
            raise PreventUpdate
        try:
            history, named = await asyncio.gather(
                context.client.get(run_path(run_id, "/history")), _terms(context, terms, run_id)
            )
        except ApiError:
            raise PreventUpdate from None
        return curves(history, named, scheme=scheme, run_id=run_id)


def _points(context: Context) -> None:
    @context.app.callback(
        Output(ids.RUN_POINTS, "children"),
        Output(ids.RUN_DRAWN, "data"),
        Input(ids.RUN, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
        State(ids.RUN_DRAWN, "data"),
    )
    async def fill_points(run_id: str, _moved: int | None, scheme: str | None, drawn: Json | None) -> Any:
        try:
            run = await context.client.get(run_path(run_id))
            wanted = {"scheme": scheme, "points": run["points"]}
            if wanted == drawn:
                raise PreventUpdate  # a point of another run: zoom and focus stay
            points = await asyncio.gather(*(context.client.get(point_path(point)) for point in run["points"]))
        except ApiError as error:
            if error.status != 404:
                raise PreventUpdate from None
            return [], None
        return [part for point in points for part in _sections(point, run, scheme)], wanted


def _sections(point: Json, run: Json, scheme: str | None) -> list[html.Section]:
    found = (
        ("Estimates", _point(point, run, scheme)),
        ("The aggregated posterior against the marginal", aggregate(point, scheme=scheme, of=file_start(run))),
        ("The true posterior", true_posterior(point, scheme=scheme, of=file_start(run))),
    )
    return [section(title, part) for title, part in found if part is not None]


def file_start(run: Json) -> str:
    """What the names of a run's files begin with: its data set."""
    return f"{dataset_key(run)}-"


def _point(point: Json, run: Json, scheme: str | None) -> html.Div:
    nothing = html.P("Nothing is stored of its dimensions.", className="muted")
    bars = [
        html.Figure(
            [
                html.Figcaption(
                    [f"{share.title} ", html.Span(share.more or share.note, className="muted"), saving(name)]
                ),
                html.Div(
                    graph(figure=_bars(share, point, scheme)),
                    className="bars",
                ),
            ],
            id=frame_id(name),
        )
        for share in shares(point)
        for name in [f"{file_start(run)}{share.title}-{point['id']}"]
    ]
    return html.Div(
        [
            run_parts.point_head(point, run),
            html.Div(
                [
                    run_parts.estimates(point),
                    html.Div(bars or absence(point, run) or nothing),
                ],
                className="two-columns wide-left",
            ),
        ]
    )


def _bars(share: Share, point: Json, scheme: str | None) -> go.Figure:
    """One number for each dimension, and the table of them all."""
    figure = dimension_bars(share.values, share.axis, scheme=scheme, point_id=point["id"])
    return taken(figure, table={"dimension": range(len(share.values)), share.axis: share.values})


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

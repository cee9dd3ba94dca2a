"""Latent: a point's codes against m(z), what each dimension carries, and what its decoder makes of chosen codes."""

import uuid
from typing import Any

from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError
from frontend.components.aggregate import aggregate
from frontend.components.columns import Column
from frontend.components.latent import head
from frontend.components.latent.bars import bars
from frontend.components.latent.results import gap_words
from frontend.components.parts import attributes, message, section
from frontend.context import Context, complaint
from frontend.fetch.compared import compared
from frontend.fetch.scenes import default_dataset, scene, whole_key
from frontend.figures.plane.geometry import staircase
from frontend.figures.plane.records import chosen_evaluation, shown
from frontend.page import Page, Visit
from frontend.pages.latent.jobs import register_jobs
from frontend.views.query import View

PATH = "/latent"
OFFERED = 12
"""Points of the frontier that are offered at most."""


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page before its point is there; the browser reads the address."""
    await context.learn()
    return html.Div(
        [
            dcc.Store(id=ids.LATENT_POINT),
            dcc.Store(id=ids.LATENT_LOOK),
            dcc.Store(id=ids.LATENT_VISIT, data=uuid.uuid4().hex),
            dcc.Store(id=ids.LATENT_MARKED),
            html.Div(id=ids.LATENT_CHOOSER),
            html.Div(id=ids.LATENT_HEAD, className="latent-head"),
            html.Div(
                [
                    section("The aggregated posterior against the marginal", html.Div(id=ids.LATENT_AGGREGATE)),
                    section("What each dimension carries", html.Div(id=ids.LATENT_BARS), aside=head.orders()),
                    section(
                        "Traversals",
                        html.P(
                            "The code of one image, one of its dimensions moved along q(z) in each row.",
                            className="muted",
                        ),
                        html.Div(id=ids.LATENT_INPUTS),
                        _panel("traversal"),
                        aside=head.spans(),
                    ),
                    section(
                        "Between two images",
                        html.P(
                            "From the code of one image to that of another: a press puts an image at the end, and what "
                            "was there at the start.",
                            className="muted",
                        ),
                        html.Div(id=ids.LATENT_PAIR),
                        _panel("interpolation"),
                        aside=head.paths(),
                    ),
                    section(
                        "Samples of q(z) beside samples of m(z)",
                        html.P(id=ids.LATENT_GAP, className="muted"),
                        _panel("samples"),
                        aside=head.another_seed(),
                    ),
                ],
                id=ids.LATENT_SECTIONS,
                className="latent-sections hidden",
            ),
        ],
        className="page latent",
    )


def _panel(name: str) -> html.Div:
    """Where one kind of decoding shows how far it is, and what it made."""
    return html.Div(
        [
            dcc.Store(id=ids.latent(name, "asked")),
            dcc.Store(id=ids.latent(name, "ended")),
            html.Div(
                [
                    html.Span(id=ids.latent(name, "told"), role="status"),
                    html.Button(
                        "Cancel",
                        type="button",
                        className="button quiet small latent-cancel",
                        **attributes(data_do="latent-cancel", data_target=name),
                    ),
                ],
                className="latent-told muted small",
            ),
            html.Div(id=ids.latent(name, "shown"), className="latent-shown"),
        ],
        id=ids.latent(name, "panel"),
        className="latent-panel",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    context.in_browser(
        "readLook",
        Output(ids.LATENT_POINT, "data"),
        Output(ids.LATENT_LOOK, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
        State(ids.LATENT_POINT, "data"),
        State(ids.LATENT_LOOK, "data"),
        first=True,
    )
    context.in_browser(
        "markLook",
        Output(ids.LATENT_MARKED, "data"),
        Input(ids.LATENT_LOOK, "data"),
        Input(ids.LATENT_BARS, "children"),
        Input(ids.LATENT_INPUTS, "children"),
        Input(ids.LATENT_PAIR, "children"),
    )
    _fill(context)
    _aggregate(context)
    _chooser(context)
    register_jobs(context)


PAGE = Page(title="Latent", path=PATH, layout=layout, register=register, in_menu=True)


def _fill(context: Context) -> None:
    @context.app.callback(
        Output(ids.LATENT_HEAD, "children"),
        Output(ids.LATENT_BARS, "children"),
        Output(ids.LATENT_INPUTS, "children"),
        Output(ids.LATENT_PAIR, "children"),
        Output(ids.LATENT_GAP, "children"),
        Output(ids.LATENT_SECTIONS, "className"),
        Input(ids.LATENT_POINT, "data"),
    )
    async def fill(point_id: str | None) -> Any:
        hidden = "latent-sections hidden"
        if not point_id:
            return [], [], [], [], [], hidden
        try:
            column = await column_of(context, point_id)
        except ApiError as error:
            return message("This point cannot be shown", complaint(error)), [], [], [], [], hidden
        if column is None:
            return head.unknown(point_id), [], [], [], [], hidden
        sheet = column.sheets.get("inputs")
        why = head.why_not(column, read_only=context.read_only)
        nothing = html.P(why, className="muted")
        dimensions = column.spec["architecture"]["latent_dim"]
        return (
            head.head(column),
            nothing if why == head.NO_VECTOR else bars(column.point, dimensions),
            nothing if why else head.inputs(sheet, "image", "Image whose code is moved: input"),
            nothing if why else head.inputs(sheet, "pair", "End of the way: input"),
            why or gap_words(column.point),
            "latent-sections nothing" if why else "latent-sections",
        )


def _aggregate(context: Context) -> None:
    @context.app.callback(
        Output(ids.LATENT_AGGREGATE, "children"),
        Input(ids.LATENT_POINT, "data"),
        Input(ids.SCHEME, "data"),
    )
    async def draw(point_id: str | None, scheme: str | None) -> Any:
        point = await context.point(point_id) if point_id and scheme else None
        if point is None:
            raise PreventUpdate
        found = aggregate(point, scheme=scheme)
        return found or html.P(
            "No codes are stored of this point: they are kept where z is a vector of numbers.", className="muted"
        )


def _chooser(context: Context) -> None:
    @context.app.callback(
        Output(ids.LATENT_CHOOSER, "children"),
        Input(ids.LATENT_LOOK, "data"),
        Input(ids.PINNED, "data"),
        State(ids.DATASET, "value"),
    )
    async def offer(look: dict[str, Any] | None, pinned: list[str] | None, dataset: str | None) -> Any:
        if look is None:
            raise PreventUpdate
        if look.get("point"):
            return []
        try:
            key = await whole_key(context, dataset or await default_dataset(context, None))
            tray = await compared(context, [each for each in pinned or [] if isinstance(each, str)])
            along = await compared(context, await _along(context, key))
        except ApiError as error:
            return message("The points cannot be listed", complaint(error))
        return head.chooser(tray.columns, along.columns, key)


async def _along(context: Context, dataset: str) -> list[str]:
    """Ids of the frontier's points, by rate, evenly thinned."""
    found = await scene(context, dataset, "none")
    view = View(dataset=dataset)
    along = staircase(shown(found.everything, view, chosen_evaluation(found.measured, view)))
    step = max(1, -(-len(along) // OFFERED))
    return [point.id for point in along[::step]]


async def column_of(context: Context, point_id: str) -> Column | None:
    """The point with its run and pictures; None where there is none."""
    return next(iter((await compared(context, [point_id])).columns), None)

"""One sweep: its progress as one unit, and its runs by the axes of the grid."""

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, kept
from frontend.client import ApiError, Json, segment
from frontend.components.parts import attributes, code, link, message, section
from frontend.components.plain import DESCRIPTION, described, plain
from frontend.components.sweeps import grid
from frontend.components.sweeps import sweep as sweeps
from frontend.context import Context, complaint, dataset_key, notice, now
from frontend.form import bodies
from frontend.page import Page, Visit
from frontend.words.formats import ago, plural


async def layout(context: Context, visit: Visit) -> html.Div:
    """The page, or that there is no such sweep."""
    try:
        sweep = await context.client.get(_path(visit.tail), {"brief": True})
    except ApiError as error:
        title = "No such sweep" if error.status == 404 else "This sweep cannot be shown"
        return message(title, complaint(error), [link("See the sweeps", "/sweeps")])
    return html.Div(
        [
            html.Div(
                [html.Div(id=ids.SWEEP_HEAD, className="sweep-head"), html.Div(id=ids.SWEEP_BAR)],
                className="sweep-head",
            ),
            section("Runs", plain(id=ids.SWEEP_GRID), aside=_controls(kept.value(visit.search, "shown"))),
            section(
                "The same again", code(_curl(sweep, visit.origin, context), "the line that posts this sweep again")
            ),
            dcc.Store(id=ids.SWEEP, data=visit.tail),
        ],
        className="page",
    )


def _controls(shown: str | None) -> html.Div:
    return html.Div(
        [
            dmc.SegmentedControl(
                id=ids.SWEEP_SHOWN,
                data=[{"value": value, "label": label} for value, label in grid.SHOWN],
                value=shown if shown in dict(grid.SHOWN) else "neg_elbo",
                size="xs",
                withItemsBorders=False,
                **attributes(aria_label="What the cells of the grid show"),
            ),
            html.Button(
                "CSV",
                id=ids.SWEEP_CSV,
                className="button quiet small",
                type="button",
                title="Every combination as a row",
            ),
        ],
        className="filters",
    )


def _curl(sweep: Json, origin: str, context: Context) -> str:
    posted = {"base": sweep["base"], "grid": sweep["grid"]}
    return bodies.curl(posted, origin, token=context.client.has_token, to="sweeps")


def register(context: Context) -> None:
    """The page's callbacks."""
    kept.keep(context, ids.SWEEP_SHOWN)

    # With every step; the buttons stand still, or a click would miss them.
    @context.app.callback(Output(ids.SWEEP_BAR, "children"), Input(ids.SWEEP, "data"), Input(ids.LIVE, "data"))
    async def fill_bar(sweep_id: str | None, _live: Json | None) -> Any:
        if not sweep_id:
            raise PreventUpdate
        try:
            return sweeps.progress(await context.client.get(_path(sweep_id), {"brief": True}))
        except ApiError as error:
            return complaint(error)

    @context.app.callback(Output(ids.SWEEP_HEAD, "children"), Input(ids.SWEEP, "data"), Input(ids.RUNS_MOVED, "data"))
    async def fill_head(sweep_id: str | None, _moved: int | None) -> Any:
        if not sweep_id:
            raise PreventUpdate
        try:
            sweep = await context.client.get(_path(sweep_id), {"brief": True})
            return _head(sweep, await _plane(context, sweep), read_only=context.read_only)
        except ApiError:
            return []  # the bar says why

    # Up to a thousand cells: drawn anew when a run changes its state, not with every step.
    @context.app.callback(
        Output(ids.SWEEP_GRID, DESCRIPTION),
        Input(ids.SWEEP, "data"),
        Input(ids.RUNS_MOVED, "data"),
        Input(ids.SWEEP_SHOWN, "value"),
    )
    async def fill_grid(sweep_id: str | None, _moved: int | None, shown: str | None) -> Any:
        if not sweep_id:
            raise PreventUpdate
        try:
            sweep, members = await _whole(context, sweep_id)
        except ApiError as error:
            return described(complaint(error))
        return described(grid.sweep_grid(sweep["grid"], members, shown or "neg_elbo"))

    @context.app.callback(
        Output(ids.DOWNLOAD, "data"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.SWEEP_CSV, "n_clicks"),
        State(ids.SWEEP, "data"),
        prevent_initial_call=True,
    )
    async def as_csv(clicks: int | None, sweep_id: str | None) -> Any:
        if not clicks or not sweep_id:
            raise PreventUpdate
        try:
            sweep, members = await _whole(context, sweep_id)
        except ApiError as error:
            return no_update, notice(complaint(error), kind="bad")
        content = grid.csv(sweep["grid"], members)
        return {"content": content, "filename": f"sweep-{sweep_id[:8]}.csv", "type": "text/csv"}, no_update


async def _whole(context: Context, sweep_id: str) -> tuple[Json, list[Json]]:
    """A sweep, and its runs."""
    sweep, members = await asyncio.gather(
        context.client.get(_path(sweep_id), {"brief": True}), context.client.get(_path(sweep_id, "/runs"))
    )
    return sweep, members["items"]


async def _plane(context: Context, sweep: Json) -> str | None:
    """The data set of a run that has landed somewhere; None while none has."""
    if not sweep["counts"]["succeeded"]:
        return None
    found = await context.client.get("/runs", {"sweep": sweep["id"], "status": "succeeded", "limit": 1})
    return next(map(dataset_key, found["items"]), None)


def _head(sweep: Json, key: str | None, *, read_only: bool) -> list[Any]:
    buttons = [] if read_only else sweeps.buttons(sweep, whole=True)
    plane = [link("On the plane", sweeps.plane_href(sweep, key), title="Only this sweep's points")] if key else []
    words = [
        plural(sweeps.combinations(sweep), "combination"),
        ago(sweep["created_at"], now()),
        sweeps.base_words(sweep),
    ]
    return [
        html.Div([html.H1(sweeps.title(sweep)), *sweeps.counts_line(sweep["counts"])], className="run-title"),
        html.P(sweeps.grid_words(sweep["grid"])),
        html.P(" \u00b7 ".join(each for each in words if each), className="muted small"),
        html.Div([*plane, *buttons], className="actions"),
    ]


def _path(sweep_id: str, action: str = "") -> str:
    return f"/sweeps/{segment(sweep_id)}{action}"


PAGE = Page(title="Sweep", path="/sweep/<id>", layout=layout, register=register, in_menu=False)

"""Explore: the plane, and what stands over it while it is empty."""

import asyncio
from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
from dash import Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json, run_path
from frontend.components.explore import empty, look, toolbar
from frontend.components.parts import link
from frontend.components.saving import dataset_query, taken
from frontend.context import Context, complaint, dataset_key
from frontend.fetch.scenes import default_dataset, remembered, scene, whole_key
from frontend.figures.plane.figure import plane
from frontend.figures.plane.guides import says_bound
from frontend.figures.plane.published import there_are
from frontend.figures.plane.records import evaluations, ids_of
from frontend.figures.plane.scene import Stage, stage
from frontend.pages.explore.file import behind
from frontend.pages.explore.note import note, region
from frontend.theme import palette
from frontend.views import query
from frontend.views.query import FULL, View
from frontend.words.formats import tuple_mark


def register_plane(context: Context) -> None:
    context.in_browser(
        "keepZoom", Output(ids.PLANE, "figure"), Input(ids.PLANE_NEXT, "data"), State(ids.PLANE, "figure")
    )

    context.in_browser(
        "brushed",
        Output(ids.UNBRUSH, "children"),
        Output(ids.UNBRUSH, "className"),
        Input(ids.BRUSHED, "data"),
        first=True,  # a page that is opened again has no brush, and what the browser kept of the last one goes
    )
    _register_foreign(context)

    @context.app.callback(
        Output(ids.PLANE_NEXT, "data"),
        Output(ids.PLANE_FRAME, "className"),
        Output(ids.PLANE_NOTE, "children"),
        Output(ids.RESOLVED, "data"),
        Output(ids.EMPTY, "children", allow_duplicate=True),
        Input(ids.FILTERS, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
        State(ids.SELECTED, "data"),
        State(ids.DATASET, "value"),
        prevent_initial_call="initial_duplicate",
    )
    async def draw_plane(
        filters: Json | None, moved: int | None, scheme: str | None, selected: str | None, before: str | None
    ) -> Any:
        if filters is None or scheme is None or moved is None:
            raise PreventUpdate  # what is drawn before the browser knows where the points stand is drawn twice
        view = query.from_filters(filters, selected)
        dataset = view.dataset or before or await remembered(context, filters, selected)
        try:
            dataset = await whole_key(context, dataset)
            found, differing = await asyncio.gather(
                scene(context, dataset, view.group, view), context.client.get("/points/fields", {"dataset": dataset})
            )
        except ApiError as error:
            if not _of_dataset(error):
                return no_update, "plane failed", complaint(error), no_update, []
            said = empty.unknown(dataset, await default_dataset(context, None))
            return no_update, "plane bare failed", complaint(error), no_update, said
        view = replace(view, dataset=dataset)
        on = stage(found, view, palette(scheme))
        figure = plane(
            on.records,
            on.groups,
            found.bound,
            view=on.view,
            scheme=scheme,
            everything=on.by_id,
            unplaced=on.unplaced,
            coded=on.looks,
        )
        missing = "filtered" if found.measured else "sweep" if view.sweep else "none"
        empty_kind = "" if on.records or on.unplaced else missing
        return (
            taken(figure, name=f"{dataset}-plane", **behind(found, on), export=dataset_query(dataset)),
            "plane bare" if empty_kind else "plane",
            [note(found, on), html.Span(region(found, on), className="plane-region", style=_told(figure))],
            {
                "dataset": dataset,
                "evaluation": on.evaluation,
                "evaluations": [[name, toolbar.evaluation_words(name)] for name in evaluations(found.measured)],
                "tuples": [[name, tuple_mark(name)] for name in sorted({r.architecture for r in found.measured})],
                "methods": [[name, name] for name in sorted({r.method for r in found.measured})],
                "look": look.options(view, found.measured, differing["fields"]),
                "published": there_are(dataset),
                "empty": empty_kind,
                "frontier": [id_ for point in on.along for id_ in ids_of(point)],
                "count": found.total if found.thinned else on.filtered if on.undrawn else _count(on),
            },
            no_update,  # what is resolved says it
        )

    context.in_browser(
        "whileEmpty", Output(ids.EMPTY_TICK, "data"), Input(ids.LIVE, "data"), State(ids.RESOLVED, "data")
    )

    @context.app.callback(Output(ids.EMPTY, "children"), Input(ids.RESOLVED, "data"), Input(ids.EMPTY_TICK, "data"))
    async def fill_empty(resolved: Json | None, _tick: int | None) -> Any:
        if not resolved:
            raise PreventUpdate  # what failed says so itself
        kind = resolved["empty"]
        if not kind:
            return []
        if kind in empty.HIDDEN:
            return empty.HIDDEN[kind]()
        dataset = resolved["dataset"]
        runs = context.client.get
        if context.read_only:
            anything = await runs("/runs", {"status": "succeeded", "limit": 1})
            return empty.nothing_to_read(dataset, others=bool(anything["items"]))
        running, queued, others = await asyncio.gather(
            runs("/runs", {"dataset": dataset, "status": "running", "limit": 10}),
            runs("/runs", {"dataset": dataset, "status": "queued", "limit": 200}),
            runs("/runs", {"status": "succeeded", "limit": 1}),
        )
        if running["items"] or queued["items"]:
            return empty.waiting(running["items"], len(queued["items"]))
        return empty.nothing_here(dataset) if others["items"] else empty.start()


def _of_dataset(error: ApiError) -> bool:
    """Whether the server knows no such data set."""
    return error.status in (404, 422) and any("dataset" in each["loc"] for each in error.errors)


def _told(figure: go.Figure) -> dict[str, str]:
    """The words under the plane show on every screen where the plot itself has no room for them."""
    return {} if says_bound(figure) else {"display": "block"}


def _count(on: Stage) -> int:
    """Rows of the table: a mean stands for the points of its seeds."""
    return sum(len(ids_of(point)) for point in on.records) + len(on.unplaced)


def _register_foreign(context: Context) -> None:
    """Says where a selected point is that is on another plane: an address can name any."""

    @context.app.callback(Output(ids.FOREIGN, "children"), Input(ids.SELECTED, "data"), Input(ids.RESOLVED, "data"))
    async def say_foreign(selected: str | None, resolved: Json | None) -> Any:
        point = await context.point(selected) if selected else None
        if point is None or not resolved:
            return []
        try:
            run = await context.client.get(run_path(point["run_id"]))
        except ApiError:
            return []
        limit = run["spec"]["dataset"].get("eval_limit")
        there, evaluation = dataset_key(run), FULL if limit is None else str(limit)
        if (there, evaluation) == (resolved["dataset"], resolved["evaluation"]):
            return []
        address = query.href(View(dataset=there, evaluation=evaluation, point=selected))
        images = "" if evaluation == resolved["evaluation"] else f", {toolbar.evaluation_words(evaluation)}"
        return [
            f"The selected point is not on this plane: it was measured on {there}{images}. ",
            link("Open it there", address),
        ]

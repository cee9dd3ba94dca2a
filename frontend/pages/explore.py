"""Explore: the plane, the selected point beside it, and the strip along the frontier."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, query
from frontend.client import ApiError, Json, point_path, run_path, segment
from frontend.components import empty, pane, strip, toolbar
from frontend.components.parts import attributes
from frontend.components.tiles import sheets
from frontend.figures.plane import Bound, Frontier, beyond, entropy_bound, frontiers, plane
from frontend.figures.records import PlanePoint, chosen_evaluation, evaluations, points, shown
from frontend.formats import plural, tuple_text
from frontend.pages.context import Context, complaint, dataset_key
from frontend.table import csv_of

CONFIG: Any = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage", "toggleSpikelines"],
    "doubleClick": "autosize",
}


@dataclass(frozen=True)
class Scene:
    """Everything the plane and the strip need of one data set."""

    dataset: str
    everything: list[PlanePoint]
    groups: list[Frontier]
    bound: Bound | None
    total: int
    thinned: bool


def layout(search: str | None) -> html.Div:
    """The page, its controls standing as the address says."""
    view = query.parse(search)
    return html.Div(
        [
            html.H1("Rate-distortion plane", className="visually-hidden"),
            html.Div(
                [
                    toolbar.toolbar(view),
                    html.Div(
                        [
                            dcc.Graph(
                                id=ids.PLANE,
                                config=CONFIG,
                                responsive=True,
                                style={"height": "100%", "width": "100%"},
                                figure={
                                    "data": [],
                                    "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}},
                                },
                            ),
                            html.Div(id=ids.EMPTY, className="over"),
                        ],
                        id=ids.PLANE_FRAME,
                        className="plane loading",
                        tabIndex=0,
                        role="group",
                        **attributes(
                            aria_label="Rate-distortion plane; arrow keys walk from point to point along the rate"
                        ),
                    ),
                    html.P(id=ids.PLANE_NOTE, className="muted small plane-note"),
                    html.Div(
                        [
                            dmc.Select(
                                id=ids.STRIP_IMAGE,
                                data=[{"value": str(i), "label": f"image {i + 1}"} for i in range(8)],
                                value="0",
                                size="xs",
                                className="filter strip-image",
                                **attributes(aria_label="Which test image and noise the strip shows"),
                            ),
                            html.Div(id=ids.STRIP),
                        ],
                        className="strip",
                    ),
                ],
                className="explore-main",
            ),
            html.Aside(
                html.Div(
                    [html.Div(pane.nothing_selected(), id=ids.PANE), html.Div(id=ids.DRAWN)], className="pane-stays"
                ),
                className="pane",
                **attributes(aria_label="The selected point"),
            ),
            dcc.Store(id=ids.RESOLVED),
            dcc.Store(id=ids.EMPTY_TICK),
            dcc.Store(id=ids.PLANE_NEXT),
            dcc.Store(id=ids.DRAW_JOB),
            dcc.Store(id=ids.MARKED),
            dcc.Store(id=ids.OFFERED),
            dcc.Interval(id=ids.DRAW_TICK, interval=500, disabled=True),
            dcc.Download(id=ids.DOWNLOAD),
        ],
        className="explore",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _address(context)
    _plane(context)
    _strip(context)
    _pane(context)
    _draw(context)
    _downloads(context)


# -- the address ------------------------------------------------------------------------------------------------------


def _address(context: Context) -> None:
    """Controls and clicks write the address; everything shown follows from it."""

    search = Output(ids.LOCATION, "search", allow_duplicate=True)
    here = State(ids.LOCATION, "search")
    resolved = State(ids.RESOLVED, "data")
    context.in_browser("chooseDataset", search, Input(ids.DATASET, "value"), here)
    context.in_browser("choosePoint", search, Input(ids.PLANE, "clickData"), here)
    context.in_browser(
        "chooseFilters",
        search,
        Input(ids.TUPLES, "value"),
        Input(ids.METHODS, "value"),
        Input(ids.EVALUATION, "value"),
        Input(ids.GROUP, "value"),
        Input(ids.AXES, "value"),
        Input(ids.OVERLAYS, "value"),
        resolved,
        here,
    )
    context.in_browser("offer", Output(ids.OFFERED, "data"), Input(ids.RESOLVED, "data"))
    context.in_browser("mark", Output(ids.MARKED, "data"), Input(ids.SELECTED, "data"), Input(ids.STRIP, "children"))


# -- the plane --------------------------------------------------------------------------------------------------------


async def default_dataset(context: Context, point: str | None) -> str:
    """The data set of the selected point, else of the newest run that has a point, else of the newest run."""
    if point:
        try:
            found = await context.client.get(point_path(point))
            return dataset_key(await context.client.get(run_path(found["run_id"])))
        except ApiError:
            pass
    for status in ("succeeded", None):
        runs = await context.client.get("/runs", {"limit": 1, "status": status})
        if runs["items"]:
            return dataset_key(runs["items"][0])
    return "digits/static"


async def scene(context: Context, dataset: str, group: str) -> Scene:
    """What the plane of a data set shows."""
    found, along = await asyncio.gather(
        context.client.get("/points", {"dataset": dataset}),
        context.client.get("/frontier", {"dataset": dataset, "group_by": group}),
    )
    return Scene(
        dataset, points(found["columns"]), frontiers(along), entropy_bound(along), found["total"], found["thinned"]
    )


def _plane(context: Context) -> None:
    context.in_browser(
        "keepZoom", Output(ids.PLANE, "figure"), Input(ids.PLANE_NEXT, "data"), State(ids.PLANE, "figure")
    )

    @context.app.callback(
        Output(ids.PLANE_NEXT, "data"),
        Output(ids.PLANE_FRAME, "className"),
        Output(ids.PLANE_NOTE, "children"),
        Output(ids.RESOLVED, "data"),
        Input(ids.FILTERS, "data"),
        Input(ids.POINTS_MOVED, "data"),
        Input(ids.SCHEME, "data"),
        State(ids.SELECTED, "data"),
        State(ids.DATASET, "value"),
    )
    async def draw_plane(
        filters: Json | None, _moved: int | None, scheme: str | None, selected: str | None, before: str | None
    ) -> Any:
        if filters is None or scheme is None:
            raise PreventUpdate
        view = query.from_filters(filters, selected)
        dataset = view.dataset or before or await default_dataset(context, selected)
        try:
            found = await scene(context, dataset, view.group)
        except ApiError as error:
            return no_update, "plane failed", complaint(error), no_update
        view = replace(view, dataset=dataset)
        records = shown(found.everything, view)
        evaluation = chosen_evaluation(found.everything, view)
        by_id = {record.id: record for record in found.everything}
        figure = plane(
            records,
            [group for group in found.groups if group.evaluation == evaluation],
            found.bound,
            view=view,
            scheme=scheme,
            everything=by_id,
            selected=by_id.get(selected or ""),
        )
        empty_kind = "" if records else "filtered" if found.everything else "none"
        return (
            figure,
            "plane bare" if empty_kind else "plane",
            note(found, records, evaluation, beyond(records, found.bound, view)),
            {
                "dataset": dataset,
                "evaluation": evaluation,
                "evaluations": [[name, toolbar.evaluation_words(name)] for name in evaluations(found.everything)],
                "tuples": [[name, tuple_text(name)] for name in sorted({r.architecture for r in found.everything})],
                "methods": [[name, name] for name in sorted({r.method for r in found.everything})],
                "empty": empty_kind,
            },
        )

    context.in_browser(
        "whileEmpty", Output(ids.EMPTY_TICK, "data"), Input(ids.LIVE, "data"), State(ids.RESOLVED, "data")
    )

    @context.app.callback(Output(ids.EMPTY, "children"), Input(ids.RESOLVED, "data"), Input(ids.EMPTY_TICK, "data"))
    async def fill_empty(resolved: Json | None, _tick: int | None) -> Any:
        kind = (resolved or {}).get("empty", "")
        if not resolved or not kind:
            return []
        if kind == "filtered":
            return empty.nothing_matches()
        dataset = resolved["dataset"]
        runs = context.client.get
        running, queued, others = await asyncio.gather(
            runs("/runs", {"dataset": dataset, "status": "running", "limit": 10}),
            runs("/runs", {"dataset": dataset, "status": "queued", "limit": 200}),
            runs("/runs", {"status": "succeeded", "limit": 1}),
        )
        if running["items"] or queued["items"]:
            return empty.waiting(running["items"], len(queued["items"]))
        return empty.nothing_here(dataset, others=True) if others["items"] else empty.start()


def note(found: Scene, records: Sequence[PlanePoint], evaluation: str, outside: int) -> str:
    """What the eye cannot see: what is left out, and why."""
    words = []
    if found.thinned:
        words.append(f"{len(found.everything)} of {found.total} points shown; every frontier is whole")
    without_place = found.total - len(found.everything)
    if without_place and not found.thinned:
        words.append(f"{without_place} without a finite rate {'has' if without_place == 1 else 'have'} no place here")
    same = sum(record.evaluation == evaluation for record in found.everything)
    if same < len(found.everything):
        words.append(f"{len(found.everything) - same} measured on other test images")
    hidden = same - len(records)
    if hidden:
        words.append(f"{hidden} hidden by the filters")
    if outside:
        words.append(
            f"{plural(outside, 'point')} far outside this view: zoom out to see {'it' if outside == 1 else 'them'}"
        )
    return " \u00b7 ".join(words)


# -- the strip --------------------------------------------------------------------------------------------------------


def _strip(context: Context) -> None:
    @context.app.callback(
        Output(ids.STRIP, "children"),
        Input(ids.RESOLVED, "data"),
        Input(ids.STRIP_IMAGE, "value"),
        State(ids.FILTERS, "data"),
        State(ids.SELECTED, "data"),
    )
    async def fill_strip(resolved: Json | None, image: str | None, filters: Json | None, selected: str | None) -> Any:
        if not resolved:
            raise PreventUpdate
        view = replace(query.from_filters(filters), dataset=resolved["dataset"])
        try:
            found = await scene(context, resolved["dataset"], "none")
        except ApiError:
            raise PreventUpdate from None
        by_id = {record.id: record for record in found.everything}
        along = [
            by_id[point]
            for group in found.groups
            if group.evaluation == resolved["evaluation"]
            for point in group.staircase
            if point in by_id
        ]
        if not along:
            return []
        kept = strip.thinned(along, selected)
        pictures = await asyncio.gather(*(context.sheets(point.id) for point in kept))
        columns = [strip.Column(point, sheet) for point, sheet in zip(kept, pictures, strict=True)]
        return strip.strip(columns, len(along), int(image or 0), view)


# -- the pane ---------------------------------------------------------------------------------------------------------


def _pane(context: Context) -> None:
    @context.app.callback(
        Output(ids.PANE, "children"),
        Output(ids.DRAWN, "children"),
        Output(ids.DRAW_JOB, "data"),
        Input(ids.SELECTED, "data"),
    )
    async def fill_pane(selected: str | None) -> Any:
        if not selected:
            return pane.nothing_selected(), [], None
        try:
            return await _content(context, selected), [], None
        except ApiError as error:
            return (pane.gone(selected) if error.status == 404 else pane.drawing(complaint(error))), [], None

    @context.app.callback(
        Output(ids.PANE, "children", allow_duplicate=True),
        Input(ids.POINTS_MOVED, "data"),
        State(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    async def notice_deletion(_moved: int | None, selected: str | None) -> Any:
        if selected:
            try:
                await context.client.get(point_path(selected))
            except ApiError as error:
                if error.status == 404:
                    return pane.gone(selected)
        raise PreventUpdate


async def _content(context: Context, point_id: str) -> html.Div:
    client = context.client
    point = await client.get(point_path(point_id))
    run, samples = await asyncio.gather(
        client.get(run_path(point["run_id"])), client.get(point_path(point_id, "/samples"))
    )
    along = await client.get("/frontier", {"dataset": dataset_key(run)})
    return pane.pane(point, run, samples, along.get("entropy_bound"))


# -- drawing more -----------------------------------------------------------------------------------------------------


def _draw(context: Context) -> None:
    @context.app.callback(
        Output(ids.DRAW_JOB, "data", allow_duplicate=True),
        Output(ids.DRAWN, "children", allow_duplicate=True),
        Input(ids.ACTION, "data"),
        prevent_initial_call=True,
    )
    async def ask_for_more(action: Json | None) -> Any:
        if not action or action["do"] != "draw":
            raise PreventUpdate
        try:
            job = await context.client.post(point_path(action["id"], "/jobs"), {"kind": "draw", "count": 8})
        except ApiError as error:
            return None, pane.drawing(complaint(error))
        return {"job": job["id"], "point": action["id"]}, pane.drawing("Drawing\u2026")

    @context.app.callback(Output(ids.DRAW_TICK, "disabled"), Input(ids.DRAW_JOB, "data"))
    async def wait_for_job(job: Json | None) -> bool:
        return not job

    @context.app.callback(
        Output(ids.DRAWN, "children", allow_duplicate=True),
        Output(ids.DRAW_JOB, "data", allow_duplicate=True),
        Input(ids.DRAW_TICK, "n_intervals"),
        State(ids.DRAW_JOB, "data"),
        State(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    async def look_after_job(_ticks: int, waiting: Json | None, selected: str | None) -> Any:
        if not waiting:
            raise PreventUpdate
        if waiting["point"] != selected:
            return no_update, None
        try:
            job = await context.client.get(f"/jobs/{segment(waiting['job'])}")
        except ApiError as error:
            return pane.drawing(complaint(error)), None
        if job["status"] in ("queued", "running"):
            raise PreventUpdate
        if job["status"] != "succeeded":
            failure = job.get("error") or {}
            return pane.drawing(failure.get("message") or f"The job was {job['status']}."), None
        return pane.drawn(sheets(job["result"]), "drawn just now"), None


# -- taking it along --------------------------------------------------------------------------------------------------


def _downloads(context: Context) -> None:
    for ident, name in ((ids.DOWNLOAD_SVG, "downloadSvg"), (ids.DOWNLOAD_PNG, "downloadPng")):
        context.in_browser(
            name,
            Output(ident, "n_clicks"),
            Input(ident, "n_clicks"),
            State(ids.PLANE_FRAME, "id"),
            State(ids.PLANE, "id"),
        )

    @context.app.callback(
        Output(ids.DOWNLOAD, "data"),
        Input(ids.DOWNLOAD_CSV, "n_clicks"),
        State(ids.RESOLVED, "data"),
        prevent_initial_call=True,
    )
    async def points_as_csv(clicks: int | None, resolved: Json | None) -> Any:
        if not clicks or not resolved:
            raise PreventUpdate
        found = await context.client.get("/points", {"dataset": resolved["dataset"], "limit": 1_000_000})
        name = resolved["dataset"].replace("/", "-")
        return {"content": csv_of(found["columns"]), "filename": f"points-{name}.csv", "type": "text/csv"}

"""Explore: the plane, what stands over it while it is empty, and the strip below."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, query
from frontend.client import ApiError, Json, point_path, run_path
from frontend.components import empty, strip, toolbar
from frontend.figures.frontiers import Bound, Frontier, entropy_bound, frontiers
from frontend.figures.plane import plane
from frontend.figures.records import PlanePoint, chosen_evaluation, evaluations, points, shown
from frontend.figures.window import beyond
from frontend.formats import plural, tuple_mark
from frontend.pages.context import Context, complaint, dataset_key

LAB = "toy"
"""The data set that has a page of its own."""


@dataclass(frozen=True)
class Scene:
    """Everything the plane and the strip need of one data set."""

    dataset: str
    everything: list[PlanePoint]
    groups: list[Frontier]
    bound: Bound | None
    total: int
    thinned: bool


async def default_dataset(context: Context, point: str | None) -> str:
    """The data set of the selected point, else of the newest run that has a point, else of the newest run.

    The Lab's data, which is a distribution with a page of its own, comes after every other.
    """
    if point:
        try:
            found = await context.client.get(point_path(point))
            return dataset_key(await context.client.get(run_path(found["run_id"])))
        except ApiError:
            pass
    pages = [await context.client.get("/runs", {"limit": 200, "status": status}) for status in ("succeeded", None)]
    keys = [dataset_key(run) for page in pages for run in page["items"]]
    return min(keys, key=lambda key: key.startswith(f"{LAB}/"), default="digits/static")


async def whole_key(context: Context, dataset: str) -> str:
    """``name/binarize``; a bare name means its default, which the catalogue lists first."""
    if "/" in dataset:
        return dataset
    found = await context.client.get("/catalogue")
    defaults = {entry["name"]: entry["schema"]["properties"]["binarize"]["enum"][0] for entry in found["datasets"]}
    return f"{dataset}/{defaults[dataset]}" if dataset in defaults else dataset


async def scene(context: Context, dataset: str, group: str) -> Scene:
    """What the plane of a data set shows."""
    found, along = await asyncio.gather(
        context.client.get("/points", {"dataset": dataset}),
        context.client.get("/frontier", {"dataset": dataset, "group_by": group}),
    )
    return Scene(
        dataset, points(found["columns"]), frontiers(along), entropy_bound(along), found["total"], found["thinned"]
    )


def register_plane(context: Context) -> None:
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
            dataset = await whole_key(context, dataset)
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
                "tuples": [[name, tuple_mark(name)] for name in sorted({r.architecture for r in found.everything})],
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


def register_strip(context: Context) -> None:
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

"""Lab: taking figures and tables along."""

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import Json
from frontend.figures.lab_records import ToyModel, ToyPoint, Truth
from frontend.pages.context import Context
from frontend.pages.lab_bench import bench, models
from frontend.table import csv_of


def register(context: Context, columns: Sequence[str]) -> None:
    """The callbacks of every download menu.

    Args:
        context: the app.
        columns: the models side by side.
    """
    figures = [(name, ids.lab(name, "frame"), ids.lab(name, "graph")) for name in columns]
    for name, frame, drawn in [*figures, ("plane", ids.LAB_PLANE_FRAME, ids.LAB_PLANE)]:
        for kind, function in (("svg", "downloadSvg"), ("png", "downloadPng")):
            button = ids.lab(name, kind)
            context.in_browser(
                function, Output(button, "n_clicks"), Input(button, "n_clicks"), State(frame, "id"), State(drawn, "id")
            )
    for name in columns:
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

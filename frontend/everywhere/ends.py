"""Autoencoder vs autodecoder: both ends and the middle of the current frontier, in one click."""

from dataclasses import replace
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json
from frontend.context import Context, complaint, notice
from frontend.fetch.along import along
from frontend.fetch.scenes import default_dataset, whole_key
from frontend.figures.plane.records import PlanePoint
from frontend.steer.ends import ends, missing
from frontend.views import query
from frontend.views.comparison import Comparison, search
from frontend.views.query import View


def register(context: Context) -> None:
    """The button, wherever it stands."""

    @context.app.callback(
        Output(ids.LOCATION, "pathname", allow_duplicate=True),
        Output(ids.LOCATION, "search", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store("ends"), "data"),
        State(ids.FILTERS, "data"),
        State(ids.DATASET, "value"),
        prevent_initial_call=True,
    )
    async def go(action: Json | None, filters: Json | None, dataset: str | None) -> Any:
        if not action:
            raise PreventUpdate
        view = query.from_filters(filters)
        try:
            key = await whole_key(context, view.dataset or dataset or await default_dataset(context, None))
            points = await ends_of(context, replace(view, dataset=key))
        except ApiError as error:
            return no_update, no_update, notice(complaint(error), kind="bad")
        if len(points) < 2:
            words = f"The frontier of {key} needs two points with these filters, and has {len(points)}: train one more."
            return no_update, no_update, notice(words)
        told = missing(points)
        shown = search(Comparison(points=tuple(point.id for point in points)))
        return "/compare", shown, notice(told, kind="caution") if told else no_update


async def ends_of(context: Context, view: View) -> list[PlanePoint]:
    """The ends and the middle of a view's frontier, by rate.

    Raises:
        ApiError: the server does not answer, or knows no such data set.
    """
    return ends(await along(context, replace(view, group="none")))

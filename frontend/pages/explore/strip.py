"""Explore: the strip below the plane, along the frontier of what the plane shows."""

import asyncio
from dataclasses import replace
from typing import Any

from dash import Input, Output, State
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components.explore import strip
from frontend.components.plain import DESCRIPTION, described
from frontend.context import Context
from frontend.fetch.along import along
from frontend.views import query


def register_strip(context: Context) -> None:
    """Fills the strip whenever the plane shows something else."""

    @context.app.callback(
        Output(ids.STRIP, DESCRIPTION),
        Input(ids.RESOLVED, "data"),
        Input(ids.STRIP_IMAGE, "value"),
        State(ids.FILTERS, "data"),
        State(ids.SELECTED, "data"),
    )
    async def fill_strip(resolved: Json | None, image: str | None, filters: Json | None, selected: str | None) -> Any:
        if not resolved:
            raise PreventUpdate
        view = replace(query.from_filters(filters), dataset=resolved["dataset"], evaluation=resolved["evaluation"])
        try:
            found = await along(context, view)
        except ApiError:
            raise PreventUpdate from None  # the plane's note says why
        if not found:
            return described(None)
        kept = strip.thinned(found, selected)
        pictures = await asyncio.gather(*(context.sheets(point.id) for point in kept))
        columns = [strip.Column(point, sheet) for point, sheet in zip(kept, pictures, strict=True)]
        asked = replace(query.from_filters(filters), dataset=resolved["dataset"], image=int(image or 0))
        return described(strip.strip(columns, len(found), asked.image, asked))

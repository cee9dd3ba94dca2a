"""Explore: what is being trained for the plane on show, while its points come in."""

import asyncio
from typing import Any

from dash import Input, Output
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components.explore import empty
from frontend.context import Context


def register_filling(context: Context) -> None:
    """The line under the plane follows the runs of its data set; it is empty while none goes on."""

    @context.app.callback(Output(ids.FILLING, "children"), Input(ids.LIVE, "data"), Input(ids.RESOLVED, "data"))
    async def fill(_live: Json | None, resolved: Json | None) -> Any:
        if not resolved or resolved.get("empty") == "none":  # what stands over an empty plane says it already
            return []
        try:
            running, queued = await asyncio.gather(
                context.client.get("/runs", {"dataset": resolved["dataset"], "status": "running", "limit": 10}),
                context.client.get("/runs", {"dataset": resolved["dataset"], "status": "queued", "limit": 200}),
            )
        except ApiError:
            raise PreventUpdate from None  # the banner says that the server is away
        return empty.filling(running["items"], len(queued["items"]))

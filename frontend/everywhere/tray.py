"""The tray of pinned points, which stands on every page."""

from typing import Any

from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError
from frontend.components import pins
from frontend.components.parts import attributes
from frontend.context import Context, notice
from frontend.fetch.compared import compared
from frontend.views.comparison import MOST
from frontend.words.formats import plural


def tray() -> html.Div:
    """The tray, empty until something is pinned."""
    return html.Div(
        [
            dcc.Store(id=ids.PINNED, storage_type="local", data=[]),
            dcc.Store(id=ids.PRESSED),
            dcc.Store(id=ids.TRAY_GONE),
            html.Section(id=ids.TRAY, className="tray", **attributes(aria_label="Pinned points")),
        ]
    )


def register(context: Context) -> None:
    """What the pin buttons do, wherever they stand."""
    context.in_browser("pin", Output(ids.PINNED, "data"), Input(verbs.store("pin"), "data"), State(ids.PINNED, "data"))
    context.in_browser(
        "press", Output(ids.PRESSED, "data"), Input(ids.PINNED, "data"), Input(ids.TRAY, "children"), first=True
    )

    @context.app.callback(
        Output(ids.TRAY_GONE, "data"),
        Input(ids.POINTS_MOVED, "data"),
        State(ids.PINNED, "data"),
        prevent_initial_call=True,
    )
    async def watch(moved: int | None, pinned: list[str] | None) -> Any:
        points = _ids(pinned)
        try:
            if await context.there(points) == points:
                raise PreventUpdate  # a point that is not pinned: the tray stays as it is
        except ApiError:
            raise PreventUpdate from None
        return moved

    @context.app.callback(
        Output(ids.TRAY, "children"),
        Output(ids.PINNED, "data", allow_duplicate=True),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(ids.PINNED, "data"),
        Input(ids.TRAY_GONE, "data"),
        prevent_initial_call="initial_duplicate",
    )
    async def fill(pinned: list[str] | None, _gone: int | None) -> Any:
        points = _ids(pinned)
        if not points:
            return [], no_update, no_update
        try:
            found = await compared(context, points)
        except ApiError:
            return no_update, no_update, no_update  # the banner says that the server is away
        if not found.unknown:
            return pins.tray(found.columns), no_update, no_update
        left = [point for point in points if point not in found.unknown]
        gone = plural(len(found.unknown), "pinned point was", "pinned points were")
        return pins.tray(found.columns), left, notice(f"{gone} deleted, and taken off the tray.")


def _ids(pinned: list[str] | None) -> list[str]:
    """Ids of points among what the browser kept."""
    return [point for point in pinned or [] if isinstance(point, str)][:MOST]

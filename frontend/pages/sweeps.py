"""Sweeps: the list of them."""

from typing import Any

from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids, kept
from frontend.client import ApiError
from frontend.components.parts import do
from frontend.components.plain import DESCRIPTION, described, plain
from frontend.components.sweeps import sweep
from frontend.context import Context, complaint, now
from frontend.page import Page, Visit

PAGE_SIZE = 25


async def layout(context: Context, _visit: Visit) -> html.Div:
    """The page before its list is there."""
    return html.Div(
        [
            html.Header(
                [
                    html.H1("Sweeps"),
                    *(
                        []
                        if context.read_only
                        else [do("New sweep", "new-sweep", title="The form, with several values")]
                    ),
                ],
                className="section-head",
            ),
            plain(id=ids.SWEEPS_LIST),
            html.Div(
                [
                    html.Button("Newer", id=ids.SWEEPS_NEWER, className="button quiet", type="button", disabled=True),
                    html.Button("Older", id=ids.SWEEPS_OLDER, className="button quiet", type="button", disabled=True),
                ],
                className="actions pages",
            ),
            dcc.Store(id=ids.SWEEPS_NEXT),
        ],
        className="page",
    )


def register(context: Context) -> None:
    """The page's callbacks."""
    _listing(context)


def _listing(context: Context) -> None:
    kept.turn_pages(context, ids.SWEEPS_OLDER, ids.SWEEPS_NEWER, ids.SWEEPS_NEXT)

    @context.app.callback(
        Output(ids.SWEEPS_LIST, DESCRIPTION),
        Output(ids.SWEEPS_NEWER, "disabled"),
        Output(ids.SWEEPS_OLDER, "disabled"),
        Output(ids.SWEEPS_NEXT, "data"),
        Input(ids.RUNS_MOVED, "data"),  # not with every step: a button that is replaced loses its click
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    async def fill(_moved: int | None, search: str | None, pathname: str | None) -> Any:
        if not PAGE.stands_at(pathname):
            raise PreventUpdate  # the address is another page's already
        trail = kept.trail(search)
        query = {"limit": PAGE_SIZE, "cursor": trail[-1] if trail else None, "brief": True}
        try:
            found = await context.client.get("/sweeps", query)
        except ApiError as error:
            return described(complaint(error)), not trail, True, None
        first = not trail
        shown = described(sweep.listed(found["items"], now(), read_only=context.read_only, first=first))
        return shown, first, found["next"] is None, found["next"]


PAGE = Page(title="Sweeps", path="/sweeps", layout=layout, register=register, in_menu=True)

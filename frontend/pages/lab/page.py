"""Lab: models whose truth is known, and claims of the papers made again on such. One part at a time, by the address."""

from typing import Any

from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.components.parts import attributes
from frontend.context import Context
from frontend.page import Page, Visit
from frontend.pages.lab import benches, toy
from frontend.pages.lab.parts import PARTS, TOY, asked

PATH = "/lab"
TITLES = {TOY: toy.TITLE, **{name: part.title for name, part in PARTS.items()}}
"""Every part, in the order of the page; the first is what the page shows without a choice."""


async def layout(_context: Context, visit: Visit) -> html.Div:
    """The part that the address asks for, before it is filled."""
    part = asked(visit.search)
    return html.Div(
        [
            html.Div([html.H1("Lab: models whose truth is known"), html.Div(parts(part), id=ids.LAB_PARTS)]),
            html.Div(body(part), id=ids.LAB_BODY, className="lab-part"),
            dcc.Store(id=ids.LAB_PART, data=part),
        ],
        className="page lab",
    )


def parts(current: str) -> html.Nav:
    """The links from part to part."""
    links = [
        dcc.Link(
            title,
            href=PATH if part == TOY else f"{PATH}?part={part}",
            className="nav-link current" if part == current else "nav-link",
        )
        for part, title in TITLES.items()
    ]
    return html.Nav(links, className="lab-parts", **attributes(aria_label="Parts of the Lab"))


def body(part: str) -> list[Any]:
    """What stands below the links."""
    return toy.body() if part == TOY else benches.body(part)


def register(context: Context) -> None:
    """The page's callbacks."""
    toy.register(context)
    benches.register(context)

    @context.app.callback(
        Output(ids.LAB_PARTS, "children"),
        Output(ids.LAB_BODY, "children"),
        Output(ids.LAB_PART, "data"),
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
        State(ids.LAB_PART, "data"),
        prevent_initial_call=True,
    )
    async def turn(search: str | None, pathname: str | None, shown: str) -> Any:
        part = asked(search)
        if pathname != PATH or part == shown:
            raise PreventUpdate
        return parts(part), body(part), part


PAGE = Page(title="Lab", path=PATH, layout=layout, register=register, in_menu=True)

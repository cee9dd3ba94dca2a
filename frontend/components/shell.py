"""What every page has around it: the header, the quiet banner, the notices."""

from collections.abc import Iterable
from typing import Protocol

import dash_mantine_components as dmc
from dash import dcc, html

from frontend import ids
from frontend.components.help import explained
from frontend.components.parts import attributes, do


class Listed(Protocol):
    """What the menu shows of a page."""

    @property
    def title(self) -> str: ...

    @property
    def path(self) -> str: ...


def header(pages: Iterable[Listed]) -> html.Header:
    """The header; which link is current and what stands in the status line, the callbacks say.

    Args:
        pages: what the menu lists.
    """
    return html.Header(
        [
            html.A("Skip to the content", href=f"#{ids.PAGE}", className="skip"),
            dcc.Link(
                [
                    html.Img(src="/assets/logo.svg", alt="", className="logo"),
                    html.Span("RD Frontier", className="brand-name"),
                ],
                href="/",
                className="brand",
            ),
            explained(_datasets(), "dataset"),
            html.Button(
                "Menu",
                id=ids.MENU,
                className="button quiet menu-button",
                type="button",
                **attributes(aria_expanded="false", aria_controls=ids.NAV),
            ),
            html.Nav(nav(pages, "/"), id=ids.NAV, **attributes(aria_label="Pages")),
            html.Div(id=ids.STATUS, className="status-line"),
            html.Button(
                "Help",
                className="button quiet",
                type="button",
                title="What the words and lines mean, and a tour",
                **attributes(data_open="help"),
            ),
            explained(
                html.Button(
                    html.Span(className="scheme-icon"),
                    id=ids.SCHEME_TOGGLE,
                    className="button icon",
                    type="button",
                    **attributes(aria_label="Switch between light and dark"),
                ),
                "scheme",
            ),
            html.Div(id=ids.NEW_RUN, className="new-run"),
        ],
        className="header",
    )


def new_run(*, read_only: bool, opened: str = "") -> html.Span:
    """The button that opens the form; on a server that changes nothing, a word that says so, and what it shows."""
    if read_only:
        words = f"This server shows {opened or 'a frontier'} and changes nothing"
        return html.Span(["Read only", html.Span(opened, className="opened")], className="badge", title=words)
    return explained(do("New run", "new", kind="primary"), "new-run")


def _datasets() -> dmc.Select:
    return dmc.Select(
        id=ids.DATASET,
        data=[],
        placeholder="data set",
        maxDropdownHeight=400,
        className="dataset",
        **attributes(aria_label="Data set"),
    )


def nav(pages: Iterable[Listed], pathname: str | None, plane: str = "/") -> list[dcc.Link | html.A]:
    """The links to the pages, the current one marked.

    Args:
        pages: what the menu lists.
        pathname: of the page on show.
        plane: the view of the plane to come back to.
    """
    return [
        *(
            dcc.Link(
                page.title,
                href=plane if page.path == "/" != pathname else page.path,
                className="nav-link current" if page.path == (pathname or "/") else "nav-link",
            )
            for page in pages
        ),
        rest_link(),
    ]


def rest_link() -> html.A:
    """The way to the REST documentation: a page of the server, not of this app."""
    return html.A("REST", href="/api/v1/docs", className="nav-link rest", title="Every call, to try out")


def banner() -> html.Div:
    """Says that the server is away; the browser shows it."""
    return html.Div(
        "The server does not answer. This page goes on by itself when it is back.",
        id=ids.BANNER,
        className="banner",
        role="status",
        hidden=True,
    )

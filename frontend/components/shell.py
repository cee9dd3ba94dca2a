"""What every page has around it: the header, the quiet banner, the notices."""

from collections.abc import Iterable
from typing import Protocol

import dash_mantine_components as dmc
from dash import dcc, html

from frontend import ids
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
                [html.Img(src="/assets/logo.svg", alt="", className="logo"), "RD Frontier"], href="/", className="brand"
            ),
            _datasets(),
            html.Nav(nav(pages, "/"), id=ids.NAV, **attributes(aria_label="Pages")),
            rest_link(),
            html.Div(id=ids.STATUS, className="status-line", role="status"),
            html.Button(
                html.Span(className="scheme-icon"),
                id=ids.SCHEME_TOGGLE,
                className="button icon",
                type="button",
                title="Light or dark",
                **attributes(aria_label="Switch between light and dark"),
            ),
            do("New run", "new", kind="primary"),
        ],
        className="header",
    )


def _datasets() -> dmc.Select:
    return dmc.Select(
        id=ids.DATASET,
        data=[],
        placeholder="data set",
        maxDropdownHeight=400,
        className="dataset",
        **attributes(aria_label="Data set"),
    )


def nav(pages: Iterable[Listed], pathname: str | None, plane: str = "/") -> list[dcc.Link]:
    """The links to the pages, the current one marked.

    Args:
        pages: what the menu lists.
        pathname: of the page on show.
        plane: the view of the plane to come back to.
    """
    return [
        dcc.Link(
            page.title,
            href=plane if page.path == "/" != pathname else page.path,
            className="nav-link current" if page.path == (pathname or "/") else "nav-link",
        )
        for page in pages
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

"""The table of pages: what the menu lists, and which page an address opens, over the real REST."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from dash import Dash
from records_of_rest import of_type, parts, text

from backend.app import create_app
from backend.settings import Settings
from frontend import ids
from frontend.app import MENU, route
from frontend.client import Client
from frontend.components import shell
from frontend.context import Context
from frontend.pages import PAGES, run
from frontend.pages.explore import page as explore
from frontend.pages.queue import page as queue

NOWHERE = "Nothing is at this address"


@pytest.fixture
def rest(sqlite_url: str, tmp_path: Path) -> Iterator[Context]:
    """What the pages work with, over a server without a run."""
    app = create_app(Settings(home=tmp_path, database_url=sqlite_url))
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")
    yield Context(Dash("test"), Client(http))
    app.state.database.dispose()


def opened(rest: Context, path: str | None, search: str | None = None) -> Any:
    asked = route(rest, path, search, f"http://localhost{path}")
    with ThreadPoolExecutor(1) as thread:  # the browser tests leave a running loop in this one
        return thread.submit(asyncio.run, asked).result()


def test_the_menu_lists_every_page_that_wants_it_and_marks_the_current_one():
    wanted = [(page.title, page.path) for page in PAGES if page.in_menu]
    assert ("Explore", "/") in wanted
    assert ("Queue", "/queue") in wanted
    links = shell.nav(MENU, "/queue")
    rest = ("REST", "/api/v1/docs")
    assert [(link.children, link.href) for link in links] == [*wanted, rest]
    assert [link.children for link in links if "current" in link.className] == ["Queue"]
    header = shell.header(MENU)
    assert set(wanted) <= {(link.children, link.href) for link in of_type(header, "Link") if link.className != "brand"}


def test_a_link_of_the_menu_leads_to_its_page_and_no_two_pages_share_an_address():
    for page in MENU:
        assert [each for each in PAGES if each.tail(page.path) is not None] == [page]


@pytest.mark.parametrize(
    ("path", "page", "tail"),
    [
        ("/", explore.PAGE, ""),
        ("/queue", queue.PAGE, ""),
        ("/run/r1", run.PAGE, "r1"),
        ("/run/a b", run.PAGE, "a b"),
        ("/run", None, None),
        ("/run/", None, None),
        ("/run/r1/log", None, None),
        ("/runs/r1", None, None),
        ("/queue/r1", None, None),
        ("/elsewhere", None, None),
    ],
)
def test_an_address_belongs_to_one_page_or_to_none(path, page, tail):
    found = [(each, each.tail(path)) for each in PAGES if each.tail(path) is not None]
    assert found == ([(page, tail)] if page else [])


@pytest.mark.parametrize(
    ("path", "ident"),
    [
        ("/", ids.PLANE_FRAME),
        (None, ids.PLANE_FRAME),
        ("/queue", ids.QUEUE_LIST),
        ("/queue/", ids.QUEUE_LIST),
    ],
)
def test_a_page_opens_at_its_address(rest, path, ident):
    assert ident in [getattr(part, "id", None) for part in parts(opened(rest, path))]


def test_a_page_is_told_the_search_of_its_address(rest):
    groups = [
        next(part for part in parts(opened(rest, "/", search)) if getattr(part, "id", None) == ids.GROUP).value
        for search in (None, "?group=method")
    ]
    assert groups[0] != groups[1] == "method"


def test_the_page_of_a_run_is_told_its_id(rest):
    words = text(opened(rest, "/run/no%20such"))
    assert "No such run" in words
    assert "no such" in words


@pytest.mark.parametrize("path", ["/elsewhere", "/queue/1", "/run", "/run/", "/run/r1/log"])
def test_an_unknown_address_says_so_and_where_to_go(rest, path):
    shown = opened(rest, path)
    assert NOWHERE in text(shown)
    assert path.rstrip("/") in text(shown)
    assert [link.href for link in of_type(shown, "Link")] == ["/", "/queue"]

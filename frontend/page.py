"""What a page is: a row of the table of pages."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dash.development.base_component import Component

from frontend.context import Context


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What the address said when a page was opened."""

    tail: str
    """What stood at the varying segment of the page's path; empty on a page without one."""

    search: str | None
    """The query, with its question mark."""

    origin: str
    """The server as the browser sees it."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page: where it is, what stands on it and what happens there."""

    title: str
    """Its name in the menu."""

    path: str
    """``/queue``; with a last segment in angle brackets, as in ``/run/<id>``, any one segment may stand there."""

    layout: Callable[[Context, Visit], Awaitable[Component]]
    """What stands on it."""

    register: Callable[[Context], None]
    """Adds its callbacks, once for each app."""

    in_menu: bool
    """Whether the header links to it."""

    def stands_at(self, pathname: str | None) -> bool:
        """Whether an address is this page's; a callback of the page hears of others' too, while it is being left."""
        return self.tail(plain_path(pathname or "/")) is not None

    def tail(self, path: str) -> str | None:
        """The varying segment of a path of this page, empty where there is none; None for any other path."""
        fixed, varies, _ = self.path.partition("<")
        if not varies:
            return "" if path == fixed else None
        tail = path.removeprefix(fixed)
        return tail if path.startswith(fixed) and tail and "/" not in tail else None


def plain_path(path: str) -> str:
    """A path without a slash at its end."""
    return path.rstrip("/") or "/"

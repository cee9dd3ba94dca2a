"""Controls and lists whose state is in the address, so that it can be shared and come back to: ``assets/kept.js``."""

from urllib.parse import parse_qs

from dash import Input, Output, State

from frontend import ids
from frontend.context import Context

SEARCH = Output(ids.LOCATION, "search", allow_duplicate=True)
HERE = State(ids.LOCATION, "search")


def keep(context: Context, control: str) -> None:
    """The address keeps the value of a control, and the control follows the address."""
    context.in_browser("keepValue", SEARCH, Input(control, "value"), HERE)


def turn_pages(context: Context, older: str, newer: str, following: str) -> None:
    """The buttons of a list write its page into the address.

    Args:
        context: of the pages.
        older: id of the button to the next page; it ends in ``-older``.
        newer: id of the button back.
        following: id of the store with the cursor of the next page.
    """
    context.in_browser(
        "turnPage", SEARCH, Input(older, "n_clicks"), Input(newer, "n_clicks"), State(following, "data"), HERE
    )


def value(search: str | None, key: str) -> str | None:
    """What an address says of one key."""
    return next(iter(parse_qs((search or "").lstrip("?")).get(key) or ()), None)


def trail(search: str | None) -> list[str]:
    """The cursors on the way to the page on show; empty on the first."""
    return [each for each in (value(search, "after") or "").split(",") if each]

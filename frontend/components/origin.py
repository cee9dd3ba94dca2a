"""What an imported run says of where it comes from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from frontend.words.formats import ago, clock

Json = Mapping[str, Any]


def origin(run: Json, now: datetime) -> list[html.P]:
    """Where a run was trained, if not here.

    Args:
        run: an answer of GET /runs/{id}.
        now: the time that "ago" counts from.
    """
    found = run.get("origin")
    if not found:
        return []
    words = f"imported {ago(found['imported_at'], now)}: trained elsewhere as run {found['run']}; its model is not here"
    file = f"the file was written {clock(found['exported_at'])} by version {found['program']}"
    return [html.P(words, className="muted small", title=file)]

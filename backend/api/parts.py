"""What the routers share: the app's parts as dependencies, pages and cursors."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.queue import Wakeups
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from backend.store.runs import Position
from backend.store.session import Database

PREFIX = "/api/v1"


def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]


def _artifacts(request: Request) -> ArtifactStore:
    return request.app.state.artifacts  # type: ignore[no-any-return]


def _wakeups(request: Request) -> Wakeups:
    return request.app.state.wakeups  # type: ignore[no-any-return]


def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


DatabaseOf = Annotated[Database, Depends(_database)]
ArtifactsOf = Annotated[ArtifactStore, Depends(_artifacts)]
WakeupsOf = Annotated[Wakeups, Depends(_wakeups)]
SettingsOf = Annotated[Settings, Depends(_settings)]

Limit = Annotated[int, Query(ge=1, le=200, description="items on the page")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
DatasetQuery = Annotated[
    str | None, Query(max_length=100, description="`name` or `name/binarize`; a bare name means its default")
]
Tuple = Annotated[str | None, Query(max_length=8, description="tuple such as `-+v`; a space is read as `+`")]


class Id(BaseModel):
    """The id of what was made."""

    id: str


def tuple_in(text: str | None) -> str | None:
    """A tuple from a query, where ``+`` arrives as a space; empty means any."""
    return text.replace(" ", "+") if text else None


def dataset_in(text: str | None, known: dict[str, DatasetFacts]) -> str | None:
    """A query's data set as ``name/binarize``; empty means any.

    Raises:
        Invalid: there is no such data set, or it is not binarised so.
    """
    if not text:
        return None
    name, slash, binarize = text.partition("/")
    if name not in known:
        raise Invalid([FieldProblem(("dataset",), f"no such data set; there are: {', '.join(known)}")])
    choices = known[name].binarizations
    if slash and binarize not in choices:
        raise Invalid([FieldProblem(("dataset",), f"{name} is binarised as: {', '.join(choices)}")])
    return f"{name}/{binarize or choices[0]}"


def write_cursor(position: Position | None) -> str | None:
    """A place in a newest-first list as an opaque text."""
    if position is None:
        return None
    text = f"{position.created_at.astimezone(UTC).isoformat()} {position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def read_cursor(cursor: str | None) -> Position | None:
    """The place that :func:`write_cursor` wrote.

    Raises:
        Invalid: it is none of ours.
    """
    if not cursor:
        return None
    try:
        at, _, run_id = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().partition(" ")
        position = Position(datetime.fromisoformat(at).astimezone(UTC), run_id)
    except (ValueError, OverflowError, binascii.Error):
        position = None
    if position is None or not position.id.isalnum():
        raise Invalid([FieldProblem(("cursor",), "is no cursor of this list: leave it out for the first page")])
    return position

"""What the routers share: the app's parts as dependencies, pages and cursors."""

import base64
import binascii
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from backend.errors import FieldProblem, Invalid, Unreadable
from backend.ids import ID
from backend.methods import CUSTOM, METHODS
from backend.queue import Wakeups
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from backend.store.runs import Position
from backend.store.session import Database

PREFIX = "/api/v1"


def multipart(properties: dict[str, dict[str, str]]) -> dict[str, object]:
    """What OpenAPI says of a call that takes a form with a file."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


# Async, though they await nothing: FastAPI would send each to a thread.
async def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]


async def _artifacts(request: Request) -> ArtifactStore:
    return request.app.state.artifacts  # type: ignore[no-any-return]


async def _wakeups(request: Request) -> Wakeups:
    return request.app.state.wakeups  # type: ignore[no-any-return]


async def _settings(request: Request) -> Settings:
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
MethodQuery = Annotated[str | None, Query(max_length=64, description="name of a method; `custom` is none of them")]
Tuple = Annotated[str | None, Query(max_length=8, description="tuple such as `-+v`; a space is read as `+`")]


class Id(BaseModel):
    """The id of what was made."""

    id: str


def known_queries(request: Request) -> None:
    """For lists: a filter that is misspelt would filter nothing.

    Raises:
        Invalid: names each query parameter that the call does not have.
    """
    route = request.scope["route"]
    known = [parameter.alias for parameter in route.dependant.query_params]
    problems = [
        FieldProblem((name,), f"this list has no such filter; it has: {', '.join(known)}")
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
    if problems:
        raise Invalid(problems)


def tuple_in(text: str | None) -> str | None:
    """A tuple from a query, where ``+`` arrives as a space; empty means any."""
    return text.replace(" ", "+") if text else None


def method_in(text: str | None) -> str | None:
    """A query's method; empty means any.

    Raises:
        Invalid: there is no such method.
    """
    known = [*METHODS, CUSTOM]
    if not text or text in known:
        return text or None
    close = get_close_matches(text, known, n=3)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(known)}"
    raise Invalid([FieldProblem(("method",), f"no such method; {hint}")])


@asynccontextmanager
async def form_of(request: Request, asked: str) -> AsyncIterator[FormData]:
    """A form with one file in it, as an upload is.

    Args:
        asked: the fields that it should have, as a person says them.

    Raises:
        Unreadable: the body is no form, or one with more in it than an upload has.
    """
    try:
        form = await request.form(max_files=1, max_fields=4)
    except HTTPException as error:
        msg = f"cannot be read ({error.detail}): send {asked} as multipart/form-data, as curl -F does"
        raise Unreadable([FieldProblem((), msg)]) from error
    try:
        yield form
    finally:
        await form.close()


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
    if position is None or not ID.fullmatch(position.id):
        raise Invalid([FieldProblem(("cursor",), "is no cursor of this list: leave it out for the first page")])
    return position

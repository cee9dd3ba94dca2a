"""Errors as ``application/problem+json`` (RFC 9457), for everything under /api."""

import errno
import itertools
import logging
import sqlite3
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from backend.errors import Conflict, DiskFull, FieldProblem, FrontierError, Invalid, NotFound, Unavailable

MEDIA_TYPE = "application/problem+json"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_POSTGRES_DISK_FULL = "53100"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_log = logging.getLogger(__name__)


_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": {"type": "string"},
                },
            },
        },
    },
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": description, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
    for status, description in (
        (400, "The request cannot be read"),
        (401, "A token is set and the request does not carry it"),
        (403, "A write from a foreign host or origin"),
        (404, "Not found"),
        (409, "The state does not allow it"),
        (413, "Too large"),
        (422, "Invalid input: `errors` names each field"),
        (503, "A part the request needs is down"),
    )
}
"""What any call may answer beside its success; for the OpenAPI."""


def install(app: FastAPI) -> None:
    """Let every error of the program leave as a problem."""
    app.add_exception_handler(FrontierError, _on_frontier_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(SQLAlchemyError, _on_database_error)
    app.add_exception_handler(OSError, _on_os_error)
    app.add_exception_handler(Exception, _on_anything)


class UnknownPath(BaseRoute):
    """Takes every path under /api that no route before it wants, so that no page is served there.

    A path that exists with other methods answers 405 and names them, any other 404.
    """

    def __init__(self, app: FastAPI) -> None:
        self._routes = app.router.routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        here = scope["type"] == "http" and (path == "/api" or path.startswith("/api/"))
        return (Match.FULL if here else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        before = list(itertools.takewhile(lambda route: route is not self, self._routes))
        allowed = [
            method
            for method in _METHODS
            if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in before)
        ]
        if not allowed:
            raise NotFound(f"nothing is at {scope['path']}; what there is stands in /api/v1/openapi.json")
        raise HTTPException(405, f"{scope['path']} knows only {', '.join(allowed)}", {"Allow": ", ".join(allowed)})


def problem(
    status: int, title: str, detail: str, errors: Sequence[FieldProblem] = (), headers: dict[str, str] | None = None
) -> Response:
    """One problem as a response; text that has no UTF-8 form is escaped."""
    content: dict[str, Any] = {
        "type": f"urn:rd-frontier:problem:{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": encodable(detail),
    }
    if errors:
        content["errors"] = [
            {
                "loc": [encodable(part) if isinstance(part, str) else part for part in each.loc],
                "msg": encodable(each.msg),
            }
            for each in errors
        ]
    return Response(orjson.dumps(content), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def encodable(text: str) -> str:
    """The text with lone surrogates written as escapes, so that it has a UTF-8 form."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def of_error(error: FrontierError) -> Response:
    """The problem that one of the program's own errors is."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else None
    fields = error.problems if isinstance(error, Invalid) else ()
    return problem(error.status, error.title, error.detail, fields, headers)


async def _on_frontier_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, FrontierError)
    return of_error(error)


async def _on_validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return of_error(Invalid([FieldProblem(_without_place(each["loc"]), each["msg"]) for each in error.errors()]))


async def _on_http_exception(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, title, str(error.detail), headers=headers)


async def _on_database_error(_request: Request, error: Exception) -> Response:
    _log.warning("database error", exc_info=error)
    if isinstance(error, PoolTimeout):
        return of_error(Unavailable("the database is busy: every connection is in use; try again"))
    if isinstance(error, IntegrityError):
        return of_error(Conflict("something this needs was changed or deleted meanwhile: look again"))
    if isinstance(error, DBAPIError) and _is_full(error):
        return of_error(DiskFull("the database"))
    if isinstance(error, DBAPIError):
        return of_error(Unavailable(f"the database cannot do this now: {str(error.orig).strip()}"))
    return of_error(Unavailable("the database cannot do this now; the server's log says more"))


def _is_full(error: DBAPIError) -> bool:
    """Whether SQLite or Postgres says that its disk has no room."""
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(error.orig, "sqlstate", None)
    return code in (sqlite3.SQLITE_FULL, _POSTGRES_DISK_FULL)


async def _on_os_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    if error.errno in _DISK_FULL:
        return of_error(DiskFull(str(error.filename or "the server")))
    return await _on_anything(request, error)


async def _on_anything(_request: Request, error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    return problem(500, "Internal error", f"this is a fault of the program ({type(error).__name__}); its log says more")


def _without_place(loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """The field without where it stood; a parameter is its name alone, though it may be given several times."""
    if loc and loc[0] == "query":
        return tuple(loc[1:2])
    return tuple(loc[1:]) if loc and loc[0] in ("body", "query", "path", "header") else tuple(loc)

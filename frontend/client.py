"""The REST API as the pages see it: JSON in, JSON out, one error class."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import orjson

PREFIX = "/api/v1"

Json = dict[str, Any]


class ApiError(Exception):
    """An answer that is not a success: what the problem document said."""

    def __init__(self, status: int, title: str, detail: str, errors: tuple[Json, ...] = ()) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        """``{loc, msg}`` of each field at fault."""


class Client:
    """Calls of /api/v1 by an ``httpx.AsyncClient``, in this process or across a network.

    Every method raises :class:`ApiError` for an answer of 400 or above, and for no answer at all (status 0).
    """

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @property
    def has_token(self) -> bool:
        """Whether the server wants a token of its callers."""
        return "authorization" in self._http.headers

    async def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The JSON behind a path; keys of the query without a value are left out."""
        return await self._call("GET", path, params={k: v for k, v in (query or {}).items() if v not in (None, "")})

    async def post(self, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        return await self._call("POST", path, json=body, params=query)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._call("PATCH", path, json=body)

    async def delete(self, path: str) -> None:
        await self._call("DELETE", path)

    async def _call(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            answer = await self._http.request(method, PREFIX + path, **arguments)
        except httpx.HTTPError as error:
            raise ApiError(0, "The server does not answer", str(error)) from error
        if answer.is_success:
            return orjson.loads(answer.content) if answer.content else None
        raise _problem(answer)


def _problem(answer: httpx.Response) -> ApiError:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return ApiError(answer.status_code, answer.reason_phrase, answer.text[:200])
    return ApiError(
        answer.status_code,
        str(body.get("title") or answer.reason_phrase),
        str(body.get("detail") or ""),
        tuple(body.get("errors") or ()),
    )


def segment(name: str) -> str:
    """An id as one segment of a path."""
    return quote(name, safe="")


def run_path(run_id: str, action: str = "") -> str:
    return f"/runs/{segment(run_id)}{action}"


def point_path(point_id: str, action: str = "") -> str:
    return f"/points/{segment(point_id)}{action}"

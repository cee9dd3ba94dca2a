"""The points as columns, kept in memory and followed by revision, and the answers made from them."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import orjson
from fastapi import Request, Response
from numpy.typing import NDArray

from backend.frontier import staircase
from backend.store import points
from backend.store.points import Columns
from backend.store.session import Database

_MOST_BYTES = 64 * 2**20
"""Of answers kept."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Answer:
    """A response body and the tag that names its content."""

    content: bytes
    etag: str


class Plane:
    """One process's copy of the plane. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._refreshing = Lock()
        self._columns = points.empty_columns()
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._remembering = Lock()

    def columns(self) -> Columns:
        """Every point as it is in the database now."""
        with self._refreshing:
            with self._database.read() as session:
                self._columns = points.refresh(session, self._columns)
            return self._columns

    def answer(self, columns: Columns, query: Hashable, build: Callable[[], dict[str, Any]]) -> Answer:
        """The answer to a query, built once for each revision of the points."""
        key = (columns.revision, query)
        with self._remembering:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        content = orjson.dumps(build(), option=orjson.OPT_SERIALIZE_NUMPY)
        made = Answer(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        with self._remembering:
            self._answers[key] = made
            while sum(len(answer.content) for answer in self._answers.values()) > _MOST_BYTES:
                self._answers.popitem(last=False)
        return made


def respond(request: Request, answer: Answer) -> Response:
    """The answer, or 304 where the client has it already."""
    headers = {"ETag": answer.etag, "Cache-Control": "no-cache"}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if answer.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(answer.content, media_type="application/json", headers=headers)


def thin(columns: Columns, wanted: Mask, most: int) -> NDArray[np.int64]:
    """Indices of about ``most`` of the wanted points, spread evenly along the rate.

    Every point stays that is on the staircase of its data set, architecture, method and network, and so every point of
    any staircase or hull that :mod:`backend.api.frontier` can name, however it groups.
    """
    chosen = np.flatnonzero(wanted)
    if chosen.size <= most:
        return chosen
    kept = np.zeros(len(columns), dtype=bool)
    rate, distortion = columns.table["rate"], columns.table["distortion"]
    for cell in cells(columns, chosen, ("dataset", "eval_limit", "architecture", "method", "network")).values():
        kept[cell[staircase(rate[cell], distortion[cell])]] = True
    others = chosen[~kept[chosen]]
    room = max(0, most - int(kept.sum()))
    by_rate = others[np.argsort(rate[others], kind="stable")]
    kept[by_rate[np.linspace(0, by_rate.size - 1, min(room, by_rate.size)).astype(np.int64)]] = True
    return np.flatnonzero(kept)


def cells(
    columns: Columns, indices: NDArray[np.int64], names: tuple[str, ...]
) -> dict[tuple[Any, ...], NDArray[np.int64]]:
    """Indices grouped by their values in some columns, in order of appearance."""
    keys = list(zip(*(columns.table[name][indices].tolist() for name in names), strict=True))
    numbers: dict[tuple[Any, ...], int] = {}
    cell = np.fromiter((numbers.setdefault(key, len(numbers)) for key in keys), dtype=np.int64, count=len(keys))
    order = np.argsort(cell, kind="stable")
    bounds = np.searchsorted(cell[order], np.arange(1, len(numbers)))
    return dict(zip(numbers, np.split(indices[order], bounds), strict=True)) if numbers else {}

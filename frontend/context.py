"""What every page's callbacks work with."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dash import ClientsideFunction, Dash

from frontend.client import ApiError, Client, Json, point_path
from frontend.components.tiles import Sheet, sheets

_KEPT = 2000
"""Small things that are remembered of each kind."""
_POINTS = 50
"""Whole points that are: one of a large z takes 150 kB."""


@dataclass
class Context:
    """The app, the API, and what never changes and so is asked for once."""

    app: Dash
    client: Client
    read_only: bool = False
    """Whether the server changes nothing, so that no page offers it; known from the first page on."""
    opened: str = ""
    """Name of the file that such a server shows."""
    _learnt: bool = False
    _sheets: OrderedDict[str, dict[str, Sheet]] = field(default_factory=OrderedDict)
    _points: OrderedDict[str, Json] = field(default_factory=OrderedDict)
    _places: OrderedDict[str, Json] = field(default_factory=OrderedDict)

    def in_browser(self, function: str, *arguments: Any, first: bool = False) -> None:
        """A callback that a function of a script in ``assets`` answers.

        Args:
            function: its name.
            arguments: outputs, inputs and states.
            first: whether it also runs once when the page appears.
        """
        called = ClientsideFunction("frontier", function)
        self.app.clientside_callback(called, *arguments, prevent_initial_call=not first)  # type: ignore[no-untyped-call]

    async def learn(self) -> None:
        """Ask the server, once, what it allows."""
        if self._learnt:
            return
        try:
            server = await self.client.get("/server")
        except ApiError:
            return  # it is away or wants a sign-in: the next page asks again
        self.read_only, self.opened, self._learnt = bool(server["read_only"]), server["opened"] or "", True

    async def catalogue(self) -> Json:
        """What there is to choose from; each data set with its state here."""
        found, datasets = await asyncio.gather(self.client.get("/catalogue"), self.client.get("/datasets"))
        here = {each["name"]: each for each in datasets["items"]}
        for entry in found["datasets"]:
            entry["here"] = here.get(entry["name"])
        return dict(found)

    async def point(self, point_id: str) -> Json | None:
        """A point as it was measured; None where it is gone."""
        if point_id not in self._points:
            try:
                found = await self.client.get(point_path(point_id))
            except ApiError:
                return None
            _keep(self._points, point_id, found, _POINTS)
        self._points.move_to_end(point_id)
        return self._points[point_id]

    async def where(self, point_id: str) -> Json | None:
        """Rate, distortion and label of a point; None where it is gone."""
        if point_id not in self._places:
            try:
                found = await self.client.get(point_path(point_id))
            except ApiError:
                return None
            _keep(self._places, point_id, {name: found.get(name) for name in ("rate", "distortion", "label")}, _KEPT)
        self._places.move_to_end(point_id)
        return self._places[point_id]

    async def there(self, points: Sequence[str]) -> list[str]:
        """Those of some points that are (still) there.

        Raises:
            ApiError: the server does not answer.
        """
        found = await asyncio.gather(*(self._is_there(point) for point in points))
        return [point for point, there in zip(points, found, strict=True) if there]

    async def _is_there(self, point_id: str) -> bool:
        try:
            await self.client.get(point_path(point_id))
        except ApiError as error:
            if error.status not in (404, 422):
                raise
            return False
        return True

    async def sheets(self, point_id: str) -> dict[str, Sheet]:
        """A point's pictures; they never change. Empty where the point is gone."""
        if point_id not in self._sheets:
            try:
                found = sheets(await self.client.get(point_path(point_id, "/samples")))
            except ApiError:
                return {}
            _keep(self._sheets, point_id, found, _KEPT)
        self._sheets.move_to_end(point_id)
        return self._sheets[point_id]


def _keep(kept: OrderedDict[str, Any], key: str, value: Any, most: int) -> None:
    """Remember one more; what was used longest ago goes."""
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)


def now() -> datetime:
    return datetime.now(UTC)


def notice(text: Any, *, kind: str = "info", title: str | None = None) -> list[dict[str, Any]]:
    """One notice for the corner of the page: a text, or a list of texts and links."""
    colour = {"info": "frontier", "good": "teal", "caution": "yellow", "bad": "red"}[kind]
    return [
        {
            "action": "show",
            "id": f"notice-{datetime.now(UTC).timestamp()}",
            "title": title,
            "message": text,
            "color": colour,
            "autoClose": {"bad": 8000, "caution": 15000}.get(kind, 6000),
        }
    ]


def complaint(error: ApiError) -> str:
    """What the server said, in one line."""
    return error.detail or error.title


def origin(address: str | None) -> str:
    """The server as the browser sees it, from the address of the page."""
    return "/".join((address or "http://localhost").split("/")[:3])


def dataset_key(run: Json) -> str:
    """``name/binarize`` of a run."""
    dataset = run["spec"]["dataset"]
    return f"{dataset['name']}/{dataset['binarize']}"

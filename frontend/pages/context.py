"""What every page's callbacks work with."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from dash import ClientsideFunction, Dash

from frontend.client import ApiError, Client, Json, point_path
from frontend.components.tiles import Sheet, sheets

_KEPT = 2000


@dataclass
class Context:
    """The app, the API, and what never changes and so is asked for once."""

    app: Dash
    client: Client
    _sheets: OrderedDict[str, dict[str, Sheet]] = field(default_factory=OrderedDict)
    _points: OrderedDict[str, Json] = field(default_factory=OrderedDict)

    def in_browser(self, function: str, *arguments: Any, first: bool = False) -> None:
        """A callback that a function of ``assets/frontier.js`` answers.

        Args:
            function: its name.
            arguments: outputs, inputs and states.
            first: whether it also runs once when the page appears.
        """
        called = ClientsideFunction("frontier", function)
        self.app.clientside_callback(called, *arguments, prevent_initial_call=not first)  # type: ignore[no-untyped-call]

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
                self._points[point_id] = await self.client.get(point_path(point_id))
            except ApiError:
                return None
            while len(self._points) > _KEPT:
                self._points.popitem(last=False)
        return self._points[point_id]

    async def sheets(self, point_id: str) -> dict[str, Sheet]:
        """A point's pictures; they never change. Empty where the point is gone."""
        if point_id not in self._sheets:
            try:
                found = sheets(await self.client.get(point_path(point_id, "/samples")))
            except ApiError:
                return {}
            self._sheets[point_id] = found
            while len(self._sheets) > _KEPT:
                self._sheets.popitem(last=False)
        return self._sheets[point_id]


def now() -> datetime:
    return datetime.now(UTC)


def notice(text: str, *, kind: str = "info", title: str | None = None) -> list[dict[str, Any]]:
    """One notice for the corner of the page."""
    colour = {"info": "frontier", "good": "teal", "bad": "red"}[kind]
    return [
        {
            "action": "show",
            "id": f"notice-{datetime.now(UTC).timestamp()}",
            "title": title,
            "message": text,
            "color": colour,
            "autoClose": 8000 if kind == "bad" else 4000,
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

"""Latent: codes that a person chose, decoded by short jobs; of each panel the last request wins."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, point_path, segment
from frontend.components.latent.head import why_not
from frontend.components.latent.results import RESULTS
from frontend.context import Context, complaint
from frontend.fetch.compared import compared
from frontend.views import latent
from frontend.views.latent import Look

_REMEMBERED = 1000


def traversal(look: Look) -> dict[str, Any]:
    """What is asked of the point."""
    chosen = {"dimensions": list(look.dims)} if look.dims else {"most": latent.ROWS}
    return {"what": "traversal", "image": look.image, "span": float(look.span), "count": latent.COUNT, **chosen}


def interpolation(look: Look) -> dict[str, Any]:
    return {"what": "interpolation", "images": list(look.pair), "steps": latent.COUNT, "path": look.path}


def samples(look: Look) -> dict[str, Any]:
    return {"what": "samples", "count": latent.SAMPLES, "seed": look.seed}


PANELS: dict[str, Callable[[Look], dict[str, Any]]] = {
    "traversal": traversal,
    "interpolation": interpolation,
    "samples": samples,
}
"""What each panel asks for."""


@dataclass
class Request:
    """What a panel of an open page asked for last."""

    asked: Json
    """``{panel, point, body}``."""
    answer: "asyncio.Task[Json]"
    """``{job, why}``, once the server has said so."""

    @property
    def job(self) -> str | None:
        return self.answer.result()["job"] if self.answer.done() else None


class Newest:
    """The newest request of each panel of each open page: an older one that is answered later gives way to it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Request] = OrderedDict()

    def of(self, visit: str, panel: str) -> Request | None:
        return self._kept.get((visit, panel))

    def put(self, visit: str, panel: str, request: Request) -> None:
        """Put a request in the place of the one before."""
        self._kept[visit, panel] = request
        self._kept.move_to_end((visit, panel))
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)


def register_jobs(context: Context) -> None:
    """Asking, following and showing, for every panel."""
    newest = Newest()
    for panel in PANELS:
        _ask(context, panel, newest)
        context.in_browser(
            "followDecoding", Output(ids.latent(panel, "panel"), "title"), Input(ids.latent(panel, "asked"), "data")
        )
        _show(context, panel)

    @context.app.callback(
        Output(ids.LATENT_MARKED, "data", allow_duplicate=True),
        Input(verbs.store("latent-cancel"), "data"),
        State(ids.LATENT_VISIT, "data"),
        prevent_initial_call=True,
    )
    async def cancel(action: Json | None, visit: str) -> Any:
        if action:
            request = newest.of(visit, action["id"])
            await _stop(context, request.job if request else None)
        raise PreventUpdate


def _ask(context: Context, panel: str, newest: Newest) -> None:
    @context.app.callback(
        Output(ids.latent(panel, "asked"), "data"),
        Input(ids.LATENT_LOOK, "data"),
        State(ids.latent(panel, "asked"), "data"),
        State(ids.LATENT_VISIT, "data"),
    )
    async def ask(keys: Json | None, before: Json | None, visit: str) -> Any:
        look = latent.from_keys(keys)
        if not look.point:
            raise PreventUpdate
        asked: Json = {"panel": panel, "point": look.point, "body": PANELS[panel](look)}
        answer = await newest_answer(context, newest, visit, asked)
        if answer is None or answer == before:
            raise PreventUpdate
        return answer


async def newest_answer(context: Context, newest: Newest, visit: str, asked: Json) -> Json | None:
    """Ask for a panel's pictures, in place of what it asked for before.

    Returns:
        The same with ``{job, why}``; None where a newer request came meanwhile, which cancels what is not wanted now.
    """
    request = newest.of(visit, asked["panel"])
    if request is None or request.asked != asked:
        replaced, request = request, Request(asked, asyncio.create_task(_queued(context, asked)))
        newest.put(visit, asked["panel"], request)
        await _stop(context, replaced.job if replaced else None)
    # Also where the same is on its way already: the renderer drops the answer to the call before this one.
    answer = {**asked, **await asyncio.shield(request.answer)}
    if newest.of(visit, asked["panel"]) is request:
        return answer
    await _stop(context, answer["job"])
    return None


def _show(context: Context, panel: str) -> None:
    @context.app.callback(
        Output(ids.latent(panel, "shown"), "children"),
        Output(ids.latent(panel, "told"), "children", allow_duplicate=True),
        Input(ids.latent(panel, "ended"), "data"),
        prevent_initial_call=True,
    )
    async def show(ended: Json | None) -> Any:
        if not ended:
            raise PreventUpdate
        try:
            job = await context.client.get(f"/jobs/{segment(ended['job'])}")
        except ApiError as error:
            return no_update, complaint(error)
        if job["status"] != "succeeded":
            failure = job.get("error") or {}
            return no_update, failure.get("message") or f"It was {job['status']}."
        return RESULTS[panel]({**job["result"], "asked": job["payload"]}, job["id"]), ""


async def _queued(context: Context, asked: Json) -> Json:
    """``{job, why}``: the job that decodes it, or why there is none."""
    try:
        if await _nothing_to_ask(context, asked["point"]):
            return {"job": None, "why": ""}
        job = await context.client.post(point_path(asked["point"], "/jobs"), {"kind": "decode", **asked["body"]})
    except ApiError as error:
        return {"job": None, "why": _said(error)}
    return {"job": job["id"], "why": ""}


async def _nothing_to_ask(context: Context, point_id: str) -> bool:
    """Whether the page itself says already why nothing is decoded."""
    found = (await compared(context, [point_id])).columns
    return not found or bool(why_not(found[0], read_only=context.read_only))


async def _stop(context: Context, job: str | None) -> None:
    """Nobody looks at it any more; where it has ended, all is well."""
    if job:
        with suppress(ApiError):
            await context.client.post(f"/jobs/{segment(job)}/cancel")


def _said(error: ApiError) -> str:
    """What the server refused, field by field where it says so."""
    return "; ".join(str(each.get("msg", "")) for each in error.errors) or complaint(error)

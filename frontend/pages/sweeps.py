"""Sweeps: the list of them, and what their buttons do wherever they stand."""

from collections.abc import Awaitable, Callable
from typing import Any

from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, segment
from frontend.components.parts import do
from frontend.components.plain import plain
from frontend.components.sweeps import sweep as sweeps
from frontend.context import Context, complaint, notice, now
from frontend.everywhere import kept
from frontend.page import Page, Visit
from frontend.words.formats import plural

Act = Callable[[Context, str], Awaitable[Any]]
"""What a button does to a sweep; the notice, and the address of the page to go to."""
PAGE_SIZE = 25


async def layout(context: Context, _visit: Visit) -> html.Div:
    """The page before its list is there."""
    return html.Div(
        [
            html.Header(
                [
                    html.H1("Sweeps"),
                    *(
                        []
                        if context.read_only
                        else [do("New sweep", "new-sweep", title="The form, with several values")]
                    ),
                ],
                className="section-head",
            ),
            html.Div(id=ids.SWEEPS_LIST),
            html.Div(
                [
                    html.Button("Newer", id=ids.SWEEPS_NEWER, className="button quiet", type="button", disabled=True),
                    html.Button("Older", id=ids.SWEEPS_OLDER, className="button quiet", type="button", disabled=True),
                ],
                className="actions pages",
            ),
            dcc.Store(id=ids.SWEEPS_NEXT),
        ],
        className="page",
    )


def register(context: Context) -> None:
    """The page's callbacks, and those of the buttons."""
    _listing(context)
    for verb, act in _ACTIONS.items():
        _button(context, verb, act)


def _listing(context: Context) -> None:
    kept.pages(context, ids.SWEEPS_OLDER, ids.SWEEPS_NEWER, ids.SWEEPS_NEXT)

    @context.app.callback(
        Output(ids.SWEEPS_LIST, "children"),
        Output(ids.SWEEPS_NEWER, "disabled"),
        Output(ids.SWEEPS_OLDER, "disabled"),
        Output(ids.SWEEPS_NEXT, "data"),
        Input(ids.RUNS_MOVED, "data"),  # not with every step: a button that is replaced loses its click
        Input(ids.LOCATION, "search"),
        State(ids.LOCATION, "pathname"),
    )
    async def fill(_moved: int | None, search: str | None, pathname: str | None) -> Any:
        if pathname != PAGE.path:
            raise PreventUpdate  # the address is another page's already
        trail = kept.trail(search)
        query = {"limit": PAGE_SIZE, "cursor": trail[-1] if trail else None, "brief": True}
        try:
            found = await context.client.get("/sweeps", query)
        except ApiError as error:
            return complaint(error), not trail, True, None
        first = not trail
        shown = plain(sweeps.listed(found["items"], now(), read_only=context.read_only, first=first))
        return shown, first, found["next"] is None, found["next"]


def _button(context: Context, verb: str, act: Act) -> None:
    @context.app.callback(
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Output(ids.LOCATION, "pathname", allow_duplicate=True),
        Input(verbs.store(verb), "data"),
        prevent_initial_call=True,
    )
    async def press(action: Json | None) -> Any:
        if not action:
            raise PreventUpdate
        try:
            return await act(context, action["id"])
        except ApiError as error:
            return notice(complaint(error), kind="bad"), no_update


async def _cancel(context: Context, sweep_id: str) -> Any:
    before = await context.client.get(f"/sweeps/{segment(sweep_id)}", {"brief": True})
    await context.client.post(f"/sweeps/{segment(sweep_id)}/cancel")
    count = before["counts"]["queued"] + before["counts"]["running"]
    return notice(f"{plural(count, 'run')} cancelled; what runs stops in a moment."), no_update


async def _retry(context: Context, sweep_id: str) -> Any:
    sweep = await context.client.post(f"/sweeps/{segment(sweep_id)}/retry")
    waiting = sweep["counts"]["queued"]
    return notice(f"{plural(waiting, 'run')} of this sweep wait; each goes on from its last checkpoint."), no_update


async def _resume(context: Context, sweep_id: str) -> Any:
    """Post the same sweep again: what is known by its digest is taken in as it is."""
    old = await context.client.get(f"/sweeps/{segment(sweep_id)}", {"brief": True})
    made = await context.client.post("/sweeps", {"base": old["base"], "grid": old["grid"]})
    counts = made["counts"]
    words = f"{plural(counts['queued'], 'run')} to train; {counts['succeeded']} known already and not run again."
    return notice(words, kind="good"), sweeps.sweep_href(made["id"])


_ACTIONS = {"cancel-sweep": _cancel, "retry-sweep": _retry, "resume-sweep": _resume}

PAGE = Page(title="Sweeps", path="/sweeps", layout=layout, register=register, in_menu=True)

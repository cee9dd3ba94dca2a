"""Explore: runs for the gaps of the frontier, and for a place that was double-clicked."""

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from frontend import ids
from frontend.client import ApiError, Json
from frontend.components.explore import gap_panel
from frontend.context import Context, complaint
from frontend.steer import gaps
from frontend.views.query import from_filters

MOST = 6
"""Runs offered at once."""


def register_gaps(context: Context) -> None:
    """The panel's callbacks."""
    _opening(context)
    _queueing(context)
    # Two callbacks: the boxes are not there while the panel is closed.
    marked = Output(ids.GAPS_MARKED, "data", allow_duplicate=True)
    context.in_browser("offerGaps", marked, Input(ids.GAPS_OFFERED, "data"), State(ids.RESOLVED, "data"))
    context.in_browser("leaveGaps", marked, Input(ids.RESOLVED, "data"))
    context.in_browser("chooseGaps", marked, Input(ids.GAPS_CHOSEN, "value"), State(ids.GAPS_OFFERED, "data"))


def _opening(context: Context) -> None:
    @context.app.callback(
        Output(ids.GAPS, "children"),
        Output(ids.GAPS_OFFERED, "data"),
        Input(ids.GAPS_ASKED, "data"),
        Input(ids.PLACE, "data"),
        State(ids.RESOLVED, "data"),
        State(ids.FILTERS, "data"),
        prevent_initial_call=True,
    )
    async def open_panel(asked: Json | None, place: Json | None, resolved: Json | None, filters: Json | None) -> Any:
        clicked = ctx.triggered_id == ids.PLACE
        if not clicked and asked and asked["do"] == "close-gaps":
            return [], None
        if not resolved or not (place if clicked else asked):
            raise PreventUpdate
        where = place if clicked else None
        only, wider = gaps.narrowed(from_filters(filters))
        plane = {"dataset": resolved["dataset"], "evaluation": resolved["evaluation"]}
        query = {**plane, **only, "limit": MOST}
        if where:
            # As precise as a click is.
            query |= {"rate": float(f"{max(0.0, where['rate']):.3g}"), "distortion": where["distortion"]}
        try:
            found = await context.client.get("/frontier/gaps", query)
        except ApiError as error:
            return gap_panel.refusal(complaint(error)), {**plane, "proposals": []}
        offered = {**plane, "place": where, "proposals": found["proposals"]}
        return gap_panel.panel(found, where, read_only=context.read_only, wider=wider), offered


def _queueing(context: Context) -> None:
    @context.app.callback(
        Output(ids.GAPS_COST, "children"),
        Output(ids.GAPS_QUEUE, "children"),
        Output(ids.GAPS_QUEUE, "disabled"),
        Input(ids.GAPS_CHOSEN, "value"),
        State(ids.GAPS_OFFERED, "data"),
        State(ids.WAITING, "data"),
    )
    async def tell_cost(chosen: Sequence[str] | None, offered: Json | None, waiting: Json | None) -> Any:
        picked = _picked(chosen, offered)
        words = gap_panel.cost_line(picked, (waiting or {}).get("count", 0))
        count = len(picked)
        return words, "Queue this run" if count == 1 else f"Queue {count} runs", not count

    @context.app.callback(
        Output(ids.GAPS_LIST, "className"),
        Output(ids.GAPS_TOLD, "children"),
        Output(ids.GAPS_OFFERED, "data", allow_duplicate=True),
        Input(ids.GAPS_QUEUE, "n_clicks"),
        State(ids.GAPS_CHOSEN, "value"),
        State(ids.GAPS_OFFERED, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.GAPS_QUEUE, "disabled"), True, False)],  # a double click queues once
    )
    async def queue(clicks: int | None, chosen: Sequence[str] | None, offered: Json | None) -> Any:
        picked = _picked(chosen, offered)
        if not clicks or not picked:
            raise PreventUpdate
        made: list[Json] = []
        try:
            for body in gaps.sweeps_of(picked):
                made.append(await context.client.post("/sweeps", body))
        except ApiError as error:
            return (
                no_update,
                [*([gap_panel.queued(made)] if made else []), gap_panel.complained(complaint(error))],
                no_update,
            )
        return "hidden", gap_panel.queued(made), None


def _picked(chosen: Sequence[str] | None, offered: Json | None) -> list[Json]:
    proposals = (offered or {}).get("proposals") or []
    return [proposals[int(place)] for place in sorted(chosen or (), key=int) if int(place) < len(proposals)]

"""The UI: a Dash app on the REST server, whose callbacks speak REST like any other client."""

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import dash_mantine_components as dmc
import httpx
from dash import Dash, Input, Output, State, dcc, html
from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from frontend import ids, theme, verbs
from frontend.client import Client, Json, segment
from frontend.components import help, shell, tour
from frontend.components.parts import attributes, link, message
from frontend.context import Context, origin
from frontend.everywhere import actions, ends, longer, sweeps, tray
from frontend.everywhere.new_run import drawer
from frontend.page import Visit, plain_path
from frontend.pages import PAGES
from frontend.views import query
from frontend.words.formats import duration

TITLE = "RD Frontier"
_log = logging.getLogger(__name__)
POLL_MS = 1000
ASSETS = Path(__file__).parent / "assets"
MENU = tuple(page for page in PAGES if page.in_menu)

INDEX = """<!doctype html>
<html lang="en">
<head>
{%metas%}
<title>{%title%}</title>
<link rel="icon" type="image/svg+xml" href="/assets/logo.svg">
<script>
(function () {
  var kept = null;
  try { kept = localStorage.getItem("rd-frontier-scheme"); } catch (error) { kept = null; }
  var dark = kept ? kept === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  var toured = true;
  try { toured = localStorage.getItem("rd-frontier-tour") !== null; } catch (error) { toured = true; }
  if (!toured) document.documentElement.setAttribute("data-tour", "offer");
})();
</script>
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""
"""The page around everything; its script sets the colour scheme, and whether there is a tour to offer, before the first
paint."""


def create_ui(server: FastAPI, http: httpx.AsyncClient) -> Dash:
    """Mount the pages on a server.

    Args:
        server: the app that answers REST; its routes stay as they are, every other path becomes a page.
        http: reaches the same REST API, in this process or elsewhere, with whatever credentials it wants.
    """
    server.add_api_route("/runs/{run_id}", _as_rest_has_it, include_in_schema=False)
    app = Dash(
        "frontend",
        server=server,  # type: ignore[arg-type]  # a FastAPI app is one, too
        assets_folder=str(ASSETS),
        title=TITLE,
        update_title="",
        index_string=INDEX,
        serve_locally=True,
        suppress_callback_exceptions=True,
        use_pages=False,
        pages_folder="",
        enable_mcp=False,
        on_error=_log_error,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    app.backend.websocket_capability = False  # no callback needs one, and they outlive their tab
    app.layout = layout()
    context = Context(app, Client(http))
    register(context)
    actions.register(context)
    longer.register(context)
    tray.register(context)
    ends.register(context)
    sweeps.register(context)
    drawer.register(context)
    for page in PAGES:
        page.register(context)
    app._setup_server()  # type: ignore[no-untyped-call]  # else a deep link served first lacks assets and callbacks
    return app


async def _as_rest_has_it(run_id: str) -> RedirectResponse:
    """The page of a run, for who takes its address from REST's."""
    return RedirectResponse(f"/run/{segment(run_id)}")


def _log_error(error: Exception) -> None:
    """A callback that fails changes nothing on the page; the server's log says why."""
    _log.error("a callback of the pages failed", exc_info=error)


def layout() -> dmc.MantineProvider:
    """What stands on every page."""
    return dmc.MantineProvider(
        [
            dcc.Location(id=ids.LOCATION, refresh="callback-nav"),
            dcc.Interval(id=ids.TICK, interval=POLL_MS),
            *[
                dcc.Store(id=ident)
                for ident in (
                    ids.LIVE, ids.RUNS_MOVED, ids.POINTS_MOVED, ids.RUN_MOVED, ids.WAITING, ids.ALIVE, ids.SCHEME,
                    ids.FILTERS, ids.SELECTED, ids.BESIDE, ids.CONFIRM_RUN, ids.QUEUE_MOVED, ids.QUEUE_PICKED,
                )
            ],
            *[dcc.Store(id=ident) for ident in dict.fromkeys(verbs.STORES.values())],
            html.Div(id=ids.VERBS, hidden=True, **attributes(data_stores=json.dumps(verbs.STORES))),
            dmc.NotificationContainer(id=ids.NOTICES, position="bottom-left", sendNotifications=[]),
            shell.banner(),
            shell.header(MENU),
            html.Main(id=ids.PAGE, tabIndex=-1),
            drawer.drawer(),
            actions.confirmation(),
            longer.dialog(),
            tray.tray(),
            help.drawer(),
            tour.tour(),
            dcc.Download(id=ids.DOWNLOAD),
            html.Div(id=ids.SPOKEN, className="visually-hidden", role="status"),
        ],
        id=ids.PROVIDER,
        theme=theme.MANTINE,
        defaultColorScheme="auto",
    )  # fmt: skip


async def route(context: Context, pathname: str | None, search: str | None, address: str | None) -> Any:
    """The page at a path."""
    await context.learn()
    path = plain_path(unquote(pathname or "/"))
    for page in PAGES:
        tail = page.tail(path)
        if tail is not None:
            return await page.layout(context, Visit(tail=tail, search=search, origin=origin(address)))
    return message("Nothing is at this address", path[:80], [link("Explore", "/"), link("See the queue", "/queue")])


def register(context: Context) -> None:
    """The callbacks of what stands on every page."""
    app = context.app

    @app.callback(
        Output(ids.PAGE, "children"),
        Output(ids.NAV, "children"),
        Output(ids.PAGE, "className"),
        Output(ids.NEW_RUN, "children"),
        Input(ids.LOCATION, "pathname"),
        State(ids.LOCATION, "search"),
        State(ids.LOCATION, "href"),
        State(ids.FILTERS, "data"),
        State(ids.SELECTED, "data"),
        State(ids.BESIDE, "data"),
    )
    async def show_page(
        pathname: str | None,
        search: str | None,
        address: str | None,
        filters: Json | None,
        selected: str | None,
        beside: Json | None,
    ) -> Any:
        name = "page-explore" if (pathname or "/") == "/" else "page-other"
        return (
            await route(context, pathname, search, address),
            shell.nav(MENU, pathname, query.href(query.from_filters({**(filters or {}), **(beside or {})}, selected))),
            name,
            shell.new_run(read_only=context.read_only, opened=context.opened),
        )

    @app.callback(Output(ids.DATASET, "data"), Input(ids.LOCATION, "pathname"))
    async def offer_datasets(_pathname: str | None) -> Any:
        return dataset_options(await context.client.get("/catalogue"))

    @app.callback(Output(ids.WAITING, "data"), Input(ids.RUNS_MOVED, "data"))
    async def count_waiting(_moved: int | None) -> Any:
        queued = await context.client.get("/runs", {"status": "queued", "limit": 200})
        return {"count": len(queued["items"]), "more": queued["next"] is not None}

    @app.callback(Output(ids.STATUS, "children"), Input(ids.LIVE, "data"), Input(ids.WAITING, "data"))
    async def say_status(_live: Json | None, waiting: Json | None) -> Any:
        running = await context.client.get("/runs", {"status": "running", "limit": 50})
        return status_line(running["items"], (waiting or {}).get("count", 0), more=(waiting or {}).get("more", False))

    context.in_browser(
        "poll",
        Output(ids.LIVE, "data"),
        Output(ids.RUNS_MOVED, "data"),
        Output(ids.POINTS_MOVED, "data"),
        Output(ids.ALIVE, "data"),
        Input(ids.TICK, "n_intervals"),
        State(ids.LIVE, "data"),
        State(ids.ALIVE, "data"),
        first=True,
    )
    context.in_browser("speak", Output(ids.SPOKEN, "children"), Input(ids.SELECTED, "data"))
    context.in_browser("away", Output(ids.BANNER, "hidden"), Input(ids.ALIVE, "data"))
    context.in_browser(
        "scheme",
        Output(ids.PROVIDER, "forceColorScheme"),
        Output(ids.SCHEME, "data"),
        Input(ids.SCHEME_TOGGLE, "n_clicks"),
        State(ids.SCHEME, "data"),
        first=True,
    )
    context.in_browser(
        "split",
        Output(ids.FILTERS, "data"),
        Output(ids.SELECTED, "data"),
        Output(ids.BESIDE, "data"),
        Input(ids.LOCATION, "search"),
        Input(ids.LOCATION, "pathname"),
        State(ids.FILTERS, "data"),
        State(ids.SELECTED, "data"),
        first=True,
    )


def dataset_options(catalogue: Json) -> list[dict[str, str]]:
    """Every data set in every binarisation: each is a plane of its own."""
    found = []
    for entry in catalogue["datasets"]:
        names = entry["schema"]["properties"]["binarize"]["enum"]
        for index, binarize in enumerate(names):
            title = entry["title"] if index == 0 else f"{entry['title']}: {binarize}"
            found.append({"value": f"{entry['name']}/{binarize}", "label": title})
    return found


def status_line(running: list[Json], waiting: int, *, more: bool) -> str:
    """``2 training · 5 waiting · about 4 min left``; empty while nothing goes on."""
    if not running and not waiting:
        return ""
    words = [f"{len(running)} training"] if running else []
    if waiting:
        words.append(f"{waiting}{'+' if more else ''} waiting")
    left = time_left(running, waiting)
    if left is not None and not more:
        words.append(f"about {duration(left)} left")
    return " \u00b7 ".join(words)


def time_left(running: list[Json], waiting: int) -> float | None:
    """Seconds until all is done, if those that wait take as long as those that run; None before that is known."""
    progress = [each["progress"] for each in running]
    known = [p for p in progress if p.get("eta_s") is not None and p.get("steps") and p.get("step")]
    if not known or len(known) < len(running):
        return None
    longest = max(float(p["eta_s"]) for p in known)
    if not waiting:
        return longest
    left = [1 - p["step"] / p["steps"] for p in known]
    whole = [float(p["eta_s"]) / share for p, share in zip(known, left, strict=True) if share > 0.02]
    return longest + waiting * sum(whole) / len(whole) / len(running) if whole else None

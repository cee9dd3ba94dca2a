"""Lab: computing a bench, following its job, showing what came out."""

from typing import Any

from dash import Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, segment
from frontend.components.graph import graph
from frontend.components.lab import bench as lab_bench
from frontend.components.parts import attributes, message, section
from frontend.components.saving import saving, taken
from frontend.context import Context, complaint
from frontend.pages.lab.parts import PARTS, Plot, Row

_STORES = (ids.BENCH_JOB, ids.BENCH_TRACKED, ids.BENCH_SEEN, ids.BENCH_FAR, ids.BENCH_ENDED)


def body(name: str) -> list[Any]:
    """What stands on it before the server has told how far it is."""
    return [
        html.Section(
            [
                html.Header(
                    [
                        html.H2(id=ids.BENCH_TITLE),
                        html.Div(id=ids.BENCH_BAR, className="lab-offer", role="status"),
                    ],
                    className="section-head",
                ),
                html.Div(id=ids.BENCH_REFUSED, role="alert"),
                html.Div(id=ids.BENCH_WORDS, className="lab-below"),
            ],
            className="section",
        ),
        html.Div(id=ids.BENCH_RESULT, className="lab-part"),
        dcc.Store(id=ids.BENCH, data=name),
        *[dcc.Store(id=ident) for ident in _STORES],
    ]


def register(context: Context) -> None:
    """Its callbacks."""
    _fill(context)
    _buttons(context)
    _follow(context)


async def find(context: Context, name: str) -> Json:
    """A bench, with how far it is.

    Raises:
        ApiError: the server does not answer, or knows none of that name.
    """
    for bench in await context.client.get("/lab/benches"):
        if bench["name"] == name:
            return dict(bench)
    raise ApiError(404, "Not found", f"This server does not compute {name}.")


def _fill(context: Context) -> None:
    @context.app.callback(
        Output(ids.BENCH_TITLE, "children"),
        Output(ids.BENCH_BAR, "children"),
        Output(ids.BENCH_WORDS, "children"),
        Output(ids.BENCH_RESULT, "children"),
        Output(ids.BENCH_JOB, "data"),
        Input(ids.BENCH, "data"),
        Input(ids.BENCH_ENDED, "data"),
        Input(ids.SCHEME, "data"),
    )
    async def fill(name: str, _ended: str | None, scheme: str | None) -> Any:
        if scheme is None:
            raise PreventUpdate
        try:
            bench = await find(context, name)
        except ApiError as error:
            return "", [], [], message("This cannot be shown", complaint(error)), None
        above = bench["title"], lab_bench.bar(bench), lab_bench.words(bench)
        return *above, shown(bench, scheme), bench["job"] and bench["job"]["id"]


def shown(bench: Json, scheme: str) -> list[Any]:
    """Its figures and tables."""
    if bench["result"] is None:
        return [lab_bench.nothing(bench)]
    return [_row(row, bench["result"], scheme) for row in PARTS[bench["name"]].rows]


def _row(row: Row, result: Json, scheme: str) -> html.Section:
    columns = [_column(plot, result, scheme) for plot in row.plots]
    side_by_side = html.Div(columns, className="lab-columns", style={"--columns": len(columns)}) if columns else None
    return section(row.title, side_by_side, row.below(result) if row.below else None)


def _column(plot: Plot, result: Json, scheme: str) -> html.Section:
    menu = saving(plot.name, frame=ids.bench(plot.name, "frame"))
    return html.Section(
        [
            html.Header([html.H3(plot.title), menu], className="lab-column-head"),
            html.Div(
                graph(ids.bench(plot.name, "graph"), taken(plot.draw(result, scheme=scheme), table=plot.table(result))),
                id=ids.bench(plot.name, "frame"),
                className=plot.kind,
                style={"height": f"{plot.height(result)}px"} if plot.height else None,
            ),
        ],
        className="lab-column",
        **attributes(aria_label=plot.title),
    )


def _buttons(context: Context) -> None:
    @context.app.callback(
        Output(ids.BENCH_BAR, "children", allow_duplicate=True),
        Output(ids.BENCH_RESULT, "children", allow_duplicate=True),
        Output(ids.BENCH_JOB, "data", allow_duplicate=True),
        Output(ids.BENCH_REFUSED, "children"),
        Input(verbs.store(lab_bench.RUN), "data"),
        State(ids.BENCH, "data"),
        prevent_initial_call=True,
    )
    async def press(action: Json | None, name: str | None) -> Any:
        if not action or not name:
            raise PreventUpdate
        try:
            if action["do"] == lab_bench.RUN:
                await context.client.post(f"/lab/benches/{segment(action['id'])}")
            else:
                await context.client.post(f"/jobs/{segment(action['id'])}/cancel")
            bench = await find(context, name)
        except ApiError as error:
            return no_update, no_update, no_update, html.P(complaint(error), className="failure")
        empty = no_update if bench["result"] is not None else [lab_bench.nothing(bench)]
        return lab_bench.bar(bench), empty, bench["job"] and bench["job"]["id"], None


def _follow(context: Context) -> None:
    """The browser follows the job and says when it ends; meanwhile how far it is."""
    context.in_browser("followBench", Output(ids.BENCH_TRACKED, "data"), Input(ids.BENCH_JOB, "data"))

    @context.app.callback(Output(ids.BENCH_FAR, "data"), Input(ids.BENCH_SEEN, "data"), prevent_initial_call=True)
    async def tell(seen: Json | None) -> Any:
        if not seen:
            raise PreventUpdate
        return {"of": seen["id"], "content": lab_bench.running(seen)}

    context.in_browser(
        "ifStill",
        Output(ids.BENCH_BAR, "children", allow_duplicate=True),
        Input(ids.BENCH_FAR, "data"),
        State(ids.BENCH_JOB, "data"),
    )

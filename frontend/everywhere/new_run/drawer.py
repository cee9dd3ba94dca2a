"""The new-run form: a drawer over any page."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, MATCH, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from frontend import ids, verbs
from frontend.client import ApiError, Json, run_path
from frontend.components.form import swept
from frontend.components.form.fields import form
from frontend.components.parts import do
from frontend.context import Context, complaint, notice, origin
from frontend.everywhere.new_run import submit, time
from frontend.form import axes, bodies, controls, forms, terms
from frontend.form.asked import Asked, asked
from frontend.form.defaults import PARTS, Values, defaults_of, is_structural, networks_of, preset_of
from frontend.words.runs import CUSTOM, short_title

_STORES = (
    ids.FORM_START, ids.FORM_WRITTEN, ids.FORM_ASKED, ids.FORM_TIMING, ids.FORM_KNOWN, ids.FORM_REFUSED, ids.FORM_LED,
    ids.FORM_TIMED, ids.FORM_LATE, ids.FORM_FOLLOWED,
)  # fmt: skip


def drawer() -> dmc.Drawer:
    """The drawer, empty until it opens."""
    return dmc.Drawer(
        [
            html.Div(id=ids.FORM_BODY, className="form"),
            swept.section(),
            html.Details(
                [
                    html.Summary("JSON and curl"),
                    _copyable(ids.FORM_PREVIEW),
                    _copyable(ids.FORM_CURL),
                ],
                open=True,
                className="advanced",
            ),
            html.Div(
                [
                    html.P(id=ids.FORM_ERROR, className="failure", role="alert"),
                    html.P(id=ids.FORM_TIME, className="form-time", role="status"),
                    html.Button("Queue this run", id=ids.FORM_SUBMIT, className="button primary wide", type="button"),
                ],
                className="form-foot",
            ),
            *[dcc.Store(id=ident) for ident in _STORES],
        ],
        id=ids.FORM,
        title="New run",
        position="right",
        size=520,
        closeButtonProps={"aria-label": "Close"},
        opened=False,
        keepMounted=True,
        padding="lg",
    )


def _copyable(ident: str) -> html.Div:
    return html.Div([html.Pre(id=ident, tabIndex=0), do("Copy", "copy")], className="code")


def _button(wanted: Asked) -> str:
    """What a click does: while a field is wrong it leads there, and queues nothing."""
    if wanted.faults:
        return "Mend the marked fields first"
    runs = bodies.runs_of(wanted.posted)
    return "Queue this run" if runs == 1 else f"Queue {runs} runs"


def register(context: Context) -> None:
    """The form's callbacks."""
    _opening(context)
    _shaping(context)
    _preview(context)
    submit.register(context)
    time.register(context)
    context.in_browser(
        "slide",
        Output(ids.slider(MATCH), "value"),
        Output(ids.field(MATCH), "value"),
        Input(ids.slider(MATCH), "value"),
        Input(ids.field(MATCH), "value"),
    )


def reshaped(catalogue: Json, before: Json, values: Values) -> Values:
    """The values after a structural choice changed: what stood at its old default moves to the new one."""
    former = forms.layout(catalogue, before)
    old = former.defaults
    touched = {path for path, value in values.items() if is_structural(path) and value != before.get(path)}
    moved = {path: value for path, value in values.items() if is_structural(path)}
    if "method" in touched:
        moved = {path: value for path, value in moved.items() if path not in former.terms.chosen}
        if moved["method"] == CUSTOM:
            own = terms.by_hand(catalogue, {**values, **before})
            moved |= {path: value for path, value in own.items() if is_structural(path)}
            values = {**values, **own}
    moved["preset"] = preset_of(catalogue, moved)
    kinds = [path for path in moved if path.endswith(".kind") and path not in touched]
    untouched = [path for path in kinds if moved[path] == old.get(path)]
    new = defaults_of(catalogue, {path: value for path, value in moved.items() if path not in untouched})
    moved |= {path: new[path] for path in untouched if path in new}
    moved = _with_networks(catalogue, moved)
    fresh = forms.layout(catalogue, moved)
    for path in fresh.fields:
        given = values.get(path)
        as_before = path not in values or (path in old and given == old[path])
        as_before |= "method" in touched and path in fresh.terms.chosen  # of another method, and of other terms
        moved[path] = fresh.defaults[path] if as_before else given
    return moved


def _with_networks(catalogue: Json, values: Values) -> Values:
    """The same, each part with a network that it takes."""
    found = {path: value for path, value in values.items() if not path.endswith(".network.kind")}
    default = defaults_of(catalogue, found)
    for part, axis in PARTS:
        path = f"architecture.{part}.network.kind"
        known = [entry["name"] for entry in networks_of(catalogue, axis, found.get(f"architecture.{part}.kind"))]
        if known:
            found[path] = values[path] if values.get(path) in known else default[path]
    return found


def structure_of(values: Json) -> dict[str, Any]:
    """The choices that decide which fields there are."""
    return {path: value for path, value in values.items() if is_structural(path)}


def _opening(context: Context) -> None:
    @context.app.callback(
        Output(ids.FORM, "opened"),
        Output(ids.FORM, "title"),
        Output(ids.FORM_BODY, "children"),
        Output(ids.FORM_START, "data"),
        Output(ids.FORM_REFUSED, "data"),
        Output(ids.swept_field(ALL), "value"),
        Output(ids.swept_values(ALL), "value"),
        Output(ids.FORM_SWEEP, "open"),
        Output(ids.NOTICES, "sendNotifications", allow_duplicate=True),
        Input(verbs.store("new"), "data"),
        State(ids.DATASET, "value"),
        prevent_initial_call=True,
    )
    async def open_form(action: Json | None, dataset: str | None) -> Any:
        if not action:
            raise PreventUpdate
        try:
            catalogue = await context.catalogue()
            if action["do"] == "clone":
                run = await context.client.get(run_path(action["id"]))
                values = bodies.of_run(catalogue, run)
                title = f"New run from {short_title(run)}"
            else:
                name = (action["id"] or dataset or "digits").partition("/")[0]
                values = bodies.start(catalogue, name)
                title = "New sweep" if action["do"] == "new-sweep" else "New run"
        except ApiError as error:
            kept = [no_update] * axes.COUNT
            return *[no_update] * 5, kept, kept, no_update, notice(complaint(error), kind="bad")
        shape = forms.layout(catalogue, values)
        several = action["do"] == "new-sweep"
        body, none = form(catalogue, shape, values), [None] * axes.COUNT
        return True, title, body, structure_of(values), None, none, [""] * axes.COUNT, several, no_update


def _shaping(context: Context) -> None:
    @context.app.callback(
        Output(ids.FORM_BODY, "children", allow_duplicate=True),
        Output(ids.FORM_START, "data", allow_duplicate=True),
        Input(ids.structure(ALL), "value"),
        State(ids.field(ALL), "value"),
        State(ids.FORM_START, "data"),
        State(ids.FORM_ADVANCED, "open"),
        prevent_initial_call=True,
    )
    async def reshape(structure: list[Any], fields: list[Any], before: Json | None, unfolded: bool | None) -> Any:
        if not before or not structure:
            raise PreventUpdate
        states = [ctx.inputs_list[0], ctx.states_list[0]]
        paths = [each["id"]["path"] for each in states[0]]
        now = dict(zip(paths, structure, strict=True))
        if all(before.get(path) == value for path, value in now.items()):
            raise PreventUpdate
        catalogue = await context.catalogue()
        values = controls.gathered(catalogue, structure, fields, states)
        values = reshaped(catalogue, before, {**structure_of(before), **values})
        shape = forms.layout(catalogue, values)
        return form(catalogue, shape, values, unfolded=bool(unfolded)), structure_of(values)


def _preview(context: Context) -> None:
    @context.app.callback(
        Output(ids.FORM_PREVIEW, "children"),
        Output(ids.FORM_CURL, "children"),
        Output(ids.FORM_SUBMIT, "children"),
        Output(ids.FORM_WRITTEN, "data"),
        Output(ids.swept_field(ALL), "data"),
        Output(ids.swept_values(ALL), "description"),
        Input(ids.structure(ALL), "value"),
        Input(ids.field(ALL), "value"),
        Input(ids.swept_field(ALL), "value"),
        Input(ids.swept_values(ALL), "value"),
        State(ids.LOCATION, "href"),
        prevent_initial_call=True,
    )
    async def preview(
        structure: list[Any], fields: list[Any], over: list[Any], texts: list[Any], address: str | None
    ) -> Any:
        if not structure:
            raise PreventUpdate
        catalogue = await context.catalogue()
        wanted = asked(catalogue, [structure, fields, over, texts], ctx.inputs_list)
        to, token = "sweeps" if "grid" in wanted.posted else "runs", context.client.has_token
        return (
            bodies.pretty(wanted.posted),
            bodies.curl(wanted.posted, origin(address), token=token, to=to),
            _button(wanted),
            wanted.record(time.question(wanted.written)),
            [swept.options(axes.keys_of(wanted.layout))] * axes.COUNT,
            [wanted.words(number) for number in range(axes.COUNT)],
        )

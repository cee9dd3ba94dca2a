"""What stands above the plane: filters at the left, what is drawn at the right."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.components.parts import attributes
from frontend.formats import tuple_mark
from frontend.query import View

GROUP_WORDS = (
    ("none", "one frontier"),
    ("architecture", "by tuple"),
    ("decoder", "by decoder"),
    ("encoder", "by encoder"),
    ("marginal", "by marginal"),
    ("method", "by method"),
)


def toolbar(view: View) -> html.Div:
    """The controls, standing as the address says."""
    return html.Div(
        [
            html.Div([_tuples(view), _methods(view), _evaluation(view)], className="toolbar-side"),
            html.Div([_axes(view), _overlays(view), _group(view), _downloads()], className="toolbar-side"),
        ],
        className="toolbar",
        role="group",
        **attributes(aria_label="What the plane shows"),
    )


def tuple_options(symbols: list[str]) -> list[dict[str, str]]:
    return [{"value": each, "label": tuple_mark(each)} for each in symbols]


def evaluation_words(name: str) -> str:
    return "all test images" if name == "all" else f"{name} test images"


def _many(ident: str, label: str, nothing: str, value: tuple[str, ...], kind: str) -> dmc.MultiSelect:
    return dmc.MultiSelect(
        id=ident,
        data=[{"value": each, "label": each} for each in value],
        value=list(value),
        placeholder="" if value else nothing,
        clearable=True,
        size="xs",
        className=f"filter {kind}",
        comboboxProps={"width": 200, "position": "bottom-start"},
        inputProps={"aria-label": label},
        **attributes(aria_label=label),
    )


def _tuples(view: View) -> dmc.MultiSelect:
    return _many(ids.TUPLES, "Tuples shown", "all tuples", view.tuples, "tuples")


def _methods(view: View) -> dmc.MultiSelect:
    return _many(ids.METHODS, "Methods shown", "all methods", view.methods, "methods")


def _evaluation(view: View) -> dmc.Select:
    value = view.evaluation or "all"
    return dmc.Select(
        id=ids.EVALUATION,
        data=[{"value": value, "label": evaluation_words(value)}],
        value=value,
        size="xs",
        className="filter hidden",
        **attributes(aria_label="Evaluation data"),
    )


def _axes(view: View) -> dmc.SegmentedControl:
    return dmc.SegmentedControl(
        id=ids.AXES,
        data=[{"value": "rd", "label": "R, D"}, {"value": "skew", "label": "R, R + D"}],
        value=view.axes,
        size="xs",
        withItemsBorders=False,
        **attributes(aria_label="Axes"),
    )


def _overlays(view: View) -> dmc.ChipGroup:
    chips: list[Any] = [
        dmc.Chip(name, value=name, size="xs", variant="outline", radius="sm") for name in ("staircase", "hull")
    ]
    return html.Div(dmc.ChipGroup(chips, id=ids.OVERLAYS, multiple=True, value=list(view.overlays)), className="chips")


def _group(view: View) -> dmc.Select:
    return dmc.Select(
        id=ids.GROUP,
        data=[{"value": value, "label": label} for value, label in GROUP_WORDS],
        value=view.group,
        size="xs",
        className="filter group",
        **attributes(aria_label="Frontiers"),
    )


def _downloads() -> dmc.Menu:
    return download_menu(
        [(ids.DOWNLOAD_SVG, "Figure as SVG"), (ids.DOWNLOAD_PNG, "Figure as PNG"), (ids.DOWNLOAD_CSV, "Points as CSV")]
    )


def download_menu(items: list[tuple[str, str]], ident: str | None = None) -> dmc.Menu:
    """The ways to take a figure along; with an id, its button can be disabled while there is none."""
    named: dict[str, Any] = {"id": ident} if ident else {}
    return dmc.Menu(
        [
            dmc.MenuTarget(html.Button("Download", className="button quiet small", type="button", **named)),
            dmc.MenuDropdown([dmc.MenuItem(label, id=ident, n_clicks=0) for ident, label in items]),
        ],
        position="bottom-end",
        shadow="md",
    )

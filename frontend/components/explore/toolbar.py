"""What stands above the plane: filters at the left, what is drawn at the right."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.components.explore.look import look_menu
from frontend.components.help import explained
from frontend.components.parts import attributes
from frontend.components.saving import export_item, saving
from frontend.views.query import View

GROUP_WORDS = (
    ("none", "one frontier"),
    ("architecture", "by tuple"),
    ("decoder", "by decoder"),
    ("encoder", "by encoder"),
    ("marginal", "by marginal"),
    ("method", "by method"),
    ("network", "by network"),
)


def toolbar(view: View) -> html.Div:
    """The controls, standing as the address says."""
    return html.Div(
        [
            html.Div(
                [
                    explained(_tuples(view), "tuples"),
                    explained(_methods(view), "methods"),
                    explained(_evaluation(view), "evaluation"),
                ],
                className="toolbar-side",
            ),
            html.Div(
                [
                    explained(_axes(view), "axes"),
                    explained(_overlays(view), "overlays"),
                    explained(_group(view), "group"),
                    look_menu(view),
                    explained(_downloads(), "download"),
                ],
                className="toolbar-side",
            ),
        ],
        className="toolbar",
        role="group",
        **attributes(aria_label="What the plane shows"),
    )


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


def tools() -> html.Div:
    """What stands under the plane at the right: choosing points, and the way back from a zoom."""
    return html.Div(
        [
            explained(
                html.Button("Fill the gap", className="link-button", type="button", **attributes(data_do="fill")),
                "fill",
                position="top",
            ),
            html.Button("Clear", id=ids.UNBRUSH, className="link-button hidden", type="button"),
            explained(
                html.Button(
                    "Select points", id=ids.BRUSH, className="link-button", type="button",
                    **attributes(aria_pressed="false"),
                ),
                "brush",
                position="top",
            ),
            explained(
                html.Button("Reset view", id=ids.RESET, className="link-button", type="button"),
                "reset-view",
                position="top",
            ),
        ],
        className="plane-tools",
    )  # fmt: skip


def _downloads() -> dmc.Menu:
    return saving("plane", frame=ids.PLANE_FRAME, more=[export_item(ids.PLANE_FRAME)])

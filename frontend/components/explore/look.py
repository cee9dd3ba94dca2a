"""The menu of how points look: what colour, shape and fill say, seeds or means, axes and layers."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.components.help import explained
from frontend.components.parts import attributes
from frontend.figures.plane.channels import DERIVED, NOTHING, path_title
from frontend.figures.plane.looks import FILLS, SHAPES
from frontend.figures.plane.records import Measured
from frontend.views.query import LOOK, View

SEED_WORDS = (
    ("each", "each seed"),
    ("se", "mean ± standard error"),
    ("sd", "mean ± standard deviation"),
)
_SAID_BETTER = ("seed", "architecture.encoder", "architecture.decoder", "architecture.marginal", "dataset.name")
"""Fields that a derived channel says already."""
_MOST = {"colour": None, "shape": len(SHAPES), "fill": FILLS}
"""Values that each can tell apart; colours have a scale besides."""


def look_menu(view: View) -> dmc.Popover:
    """The button, and what it opens."""
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                html.Button(
                    "Look", id=ids.LOOK, className="button quiet small", type="button",
                    title="Colour, shape, fill, seeds, axes and layers",
                )
            ),
            dmc.PopoverDropdown(
                html.Div(
                    [
                        _role("colour", ids.COLOUR, view.colour),
                        html.Div(
                            [_role("shape", ids.SHAPE, view.shape), _role("fill", ids.FILL, view.fill)],
                            className="look-pair",
                        ),
                        _seeds(view),
                        _chips(ids.LOGS, "Logarithmic", "log-axes", (("x", "R"), ("y", "D or R + D")), view.logs),
                        _chips(
                            ids.LAYERS, "Layers", "layers",
                            (("published", "published"), ("nondominated", "hide dominated")), view.layers,
                        ),
                    ],
                    className="look",
                )
            ),
        ],
        position="bottom-end",
        shadow="md",
        width=320,
        keepMounted=True,
        returnFocus=True,
        withinPortal=False,
        zIndex=60,
    )  # fmt: skip


def _role(role: str, ident: str, value: str) -> dmc.Select:
    return explained(
        dmc.Select(
            id=ident,
            label=role.capitalize(),
            data=[{"value": value, "label": title(value)}],
            value=value,
            size="xs",
            searchable=True,
            comboboxProps={"withinPortal": False, "width": 250, "position": "bottom-start"},
            **attributes(aria_label=f"What the {role} says"),
        ),
        f"look-{role}",
        position="left",
    )


def _seeds(view: View) -> Any:
    return explained(
        dmc.Select(
            id=ids.SEEDS,
            label="Seeds",
            data=[{"value": value, "label": words} for value, words in SEED_WORDS],
            value=view.seeds,
            size="xs",
            comboboxProps={"withinPortal": False},
            **attributes(aria_label="Each seed, or means over seeds"),
        ),
        "seeds",
        position="left",
    )


def _chips(ident: str, label: str, key: str, choices: Sequence[tuple[str, str]], value: Sequence[str]) -> html.Div:
    chips: list[Any] = [
        dmc.Chip(words, value=name, size="xs", variant="outline", radius="sm") for name, words in choices
    ]
    group = html.Div(
        dmc.ChipGroup(chips, id=ident, multiple=True, value=list(value)),
        className="chips",
        role="group",
        **attributes(aria_label=label),
    )
    return html.Div([explained(html.Span(label, className="look-label", tabIndex=0), key, position="left"), group])


def title(name: str) -> str:
    """What the menu calls a channel."""
    if name == NOTHING:
        return "nothing"
    return DERIVED[name].title if name in DERIVED else path_title(name)


def options(view: View, records: Sequence[Measured], fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What there is to choose for colour, shape and fill, as the menu's selects take it.

    Args:
        view: what is chosen, which stays a choice even where points do not differ in it.
        records: every point of the data set.
        fields: of the specification that the points differ in, as GET /points/fields tells them.
    """
    return {role: _choices(role, getattr(view, role), records, fields) for role in ("colour", "shape", "fill")}


def _choices(
    role: str, chosen: str, records: Sequence[Measured], fields: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    most = _MOST[role]
    derived = [LOOK[role], *(name for name in DERIVED if name != LOOK[role] and _fits(name, records, most))]
    paths = [
        field["path"]
        for field in fields
        if field["path"] not in _SAID_BETTER and (most is None or field["values"] <= most)
    ]
    groups = [
        ("Of the point", [*derived, NOTHING]),
        ("Of the specification, where points differ", paths),
        ("Asked for", [chosen] if chosen not in (*derived, NOTHING, *paths) else []),
    ]
    return [
        {"group": words, "items": [{"value": name, "label": title(name)} for name in names]}
        for words, names in groups
        if names
    ]


def _fits(name: str, records: Sequence[Measured], most: int | None) -> bool:
    """Whether a channel tells points apart, and not too many kinds of them."""
    if most is not None and DERIVED[name].number:
        return False
    different = {DERIVED[name].value(point) for point in records}
    return len(different) > 1 and (most is None or len(different) <= most)

"""The section of the new-run form where a field takes several values."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.components.form.fields import KNOB_TITLES
from frontend.components.formula import greek
from frontend.components.parts import attributes
from frontend.form import axes
from frontend.form.fields import Field
from frontend.words.explanations import EXPLANATIONS
from frontend.words.labels import spelled

_OFTEN = ("seed", "epochs", "latent_dim", "width", "learning_rate", "batch_size", "train_limit")
TUPLE_LABEL = "architecture tuple: encoder, decoder, marginal, as in -+v"
"""Holds every word that a person may look for it by."""


def section() -> html.Details:
    """The axes, empty."""
    rows = [_row(axes.path_of(number), number) for number in range(axes.COUNT)]
    return html.Details(
        [
            html.Summary("Sweep over several values"),
            html.P(EXPLANATIONS["sweep"].words, className="muted small"),
            html.Div(rows, className="swept"),
        ],
        id=ids.FORM_SWEEP,
        className="advanced",
    )


def _row(path: str, number: int) -> html.Div:
    which = ("First", "Second", "Third")[number]
    return html.Div(
        [
            dmc.Select(
                id=ids.swept_field(f"{path}.field"),
                data=[],
                placeholder="field",
                nothingFoundMessage="No field of that name",
                searchable=True,
                clearable=True,
                maxDropdownHeight=320,
                **attributes(aria_label=f"{which} field swept over"),
            ),
            dmc.TextInput(
                id=ids.swept_values(path),
                value="",
                placeholder="0.1, 0.5, 1   or   0.1..10, 7, log",
                inputWrapperOrder=["label", "input", "error", "description"],
                **attributes(aria_label=f"{which} values"),
            ),
        ],
        className="swept-row",
    )


def options(keys: Mapping[str, Field]) -> list[dict[str, Any]]:
    """The fields that can be chosen: what is swept most, then the rest."""
    often = [key for key in keys if "." not in key and key not in _OFTEN] + [key for key in _OFTEN if key in keys]
    first = [{"value": axes.TUPLE, "label": TUPLE_LABEL}, *(_option(key, keys[key]) for key in often)]
    rest = [_option(key, field) for key, field in keys.items() if key not in often]
    return [{"group": "Often", "items": first}, {"group": "Everything else", "items": rest}]


def _option(key: str, field: Field) -> dict[str, str]:
    return {"value": key, "label": spelled(greek(KNOB_TITLES.get(field.path, field.title)))}

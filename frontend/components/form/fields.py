"""The fields of the new-run form."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.components.formula import greek, minimises
from frontend.form.defaults import PARTS, Json, item, networks_of, preset_of, presets_of
from frontend.form.fields import NO, YES, Field, shown
from frontend.form.forms import SLIDERS, Layout
from frontend.form.terms import TERMS
from frontend.words.formats import compact, size
from frontend.words.runs import CUSTOM

PART_TITLES = {"encoder": "encoder e(z|x)", "decoder": "decoder d(x|z)", "marginal": "marginal m(z)"}
KNOB_TITLES = {
    "objective.rate.beta": "β, weight of the rate",
    "objective.rate.target_rate": "target rate R* (nats)",
    "objective.divergence.weight": "weight of the divergence",
    "objective.information.weight": "weight of the information",
}
"""Of the terms' own settings, where each is chosen by hand."""
TERM_TITLES = {
    "rate": "rate term",
    "divergence": "divergence of q(z) from m(z)",
    "information": "information term",
}
PAPERS = {
    "B": "Fixing a Broken ELBO",
    "I": "InfoVAE",
    "V": "VIMAE",
    "X": "InfoMax-VAE",
    "D": "Distribution Matching",
}
"""The papers by the letter that the catalogue cites them with."""


def form(catalogue: Json, layout: Layout, values: Mapping[str, Any], *, unfolded: bool = False) -> list[Any]:
    """All the fields, from the data set to the folded ones, which a person may have unfolded."""
    return [
        html.Div([_datasets(catalogue, values), *_scale(catalogue, values)], className="form-row"),
        *[
            html.Div(
                [_part(catalogue, part, axis, values), *_network(catalogue, part, axis, values)], className="form-row"
            )
            for part, axis in PARTS[:2]
        ],
        html.Div(
            [
                _part(catalogue, *PARTS[2], values),
                *[control(f, values.get(f.path, layout.defaults.get(f.path)), f.title) for f in layout.main],
            ],
            className="form-row marginal",
        ),
        _methods(catalogue, layout, values),
        *([] if item(catalogue, "methods", values.get("method")) else _terms(catalogue, values)),
        *_knobs(catalogue, layout, values),
        _advanced(catalogue, layout, values, unfolded),
    ]


def _datasets(catalogue: Json, values: Mapping[str, Any]) -> dmc.Select:
    return dmc.Select(
        id=ids.structure("dataset.name"),
        label="Data set",
        description=_absent(item(catalogue, "datasets", values.get("dataset.name"))),
        inputWrapperOrder=["label", "input", "error", "description"],
        data=_options(catalogue, "datasets"),
        value=values.get("dataset.name"),
    )


def _scale(catalogue: Json, values: Mapping[str, Any]) -> list[dmc.Select]:
    """The data set's own settings, or a named recipe in their place; nothing where there is no choice."""
    presets = presets_of(catalogue, values.get("dataset.name"))
    chosen = preset_of(catalogue, values)
    if not presets:
        return []
    return [
        dmc.Select(
            id=ids.structure("preset"),
            label="Scale",
            description=item(catalogue, "presets", chosen).get("note"),
            inputWrapperOrder=["label", "input", "error", "description"],
            data=[{"value": "", "label": "For this machine"}, *_labelled(presets)],
            value=chosen,
        )
    ]


def _absent(dataset: Json) -> str | None:
    """What happens first when the data set is not here."""
    here = dataset.get("here") or {}
    if here.get("state") != "absent":
        return None
    return f"Not here yet: the run downloads it first ({size(here.get('download_bytes'))})."


def _part(catalogue: Json, part: str, axis: str, values: Mapping[str, Any]) -> dmc.Select:
    path = f"architecture.{part}.kind"
    return dmc.Select(
        id=ids.structure(path), label=PART_TITLES[part], data=_options(catalogue, axis), value=values.get(path)
    )


def _network(catalogue: Json, part: str, axis: str, values: Mapping[str, Any]) -> list[dmc.Select]:
    """The networks that the part takes; nothing for a part that has none."""
    path = f"architecture.{part}.network.kind"
    known = networks_of(catalogue, axis, values.get(f"architecture.{part}.kind"))
    if not known:
        return []
    return [
        dmc.Select(id=ids.structure(path), label="its network", data=_labelled(known), value=values.get(path)),
    ]


def _likelihood(catalogue: Json, values: Mapping[str, Any]) -> dmc.Select:
    path = "architecture.likelihood.kind"
    return dmc.Select(
        id=ids.structure(path),
        label="likelihood",
        description="What the decoder's outputs parameterise.",
        inputWrapperOrder=["label", "input", "error", "description"],
        data=_options(catalogue, "likelihoods"),
        value=values.get(path),
    )


def _options(catalogue: Json, axis: str) -> list[dict[str, str]]:
    return _labelled(catalogue.get(axis) or ())


def _labelled(entries: Iterable[Json]) -> list[dict[str, str]]:
    found = []
    for entry in entries:
        symbol = str(entry.get("symbol") or "")
        mark = f" ({symbol.replace('-', chr(0x2212))})" if symbol and symbol != "?" else ""
        found.append({"value": entry["name"], "label": f"{greek(str(entry.get('title') or entry['name']))}{mark}"})
    return found


def _methods(catalogue: Json, layout: Layout, values: Mapping[str, Any]) -> html.Div:
    method = item(catalogue, "methods", values.get("method"))
    return html.Div(
        [
            dmc.Select(
                id=ids.structure("method"),
                label="Method",
                data=_by_paper(catalogue.get("methods") or ()),
                value=values.get("method") or CUSTOM,
                maxDropdownHeight=420,
            ),
            minimises(layout.formula, str(method.get("paper") or ""), _reservation(method, values)),
        ]
    )


def _reservation(method: Json, values: Mapping[str, Any]) -> str:
    """Says that the m(z) chosen is not the one that belongs to the method, where it is not."""
    own = (method.get("architecture") or {}).get("marginal", {}).get("kind")
    if own is None or values.get("architecture.marginal.kind") == own:
        return ""
    return f"with another m(z) than the method's own ({own}): the run is called {method['name']}, changed"


def _by_paper(methods: Iterable[Json]) -> list[dict[str, Any]]:
    """The methods under the paper that names them first, and what is made by hand."""
    groups: dict[str, list[Json]] = {}
    for method in methods:
        letter = str(method.get("paper") or "")[:1]
        groups.setdefault(f"{letter}: {PAPERS[letter]}" if letter in PAPERS else "Other", []).append(method)
    found: list[dict[str, Any]] = [{"group": group, "items": _labelled(each)} for group, each in groups.items()]
    return [*found, {"group": "By hand", "items": [{"value": CUSTOM, "label": "Custom: choose each term"}]}]


def _terms(catalogue: Json, values: Mapping[str, Any]) -> list[dmc.Select]:
    """Each term of the objective, to be chosen."""
    return [
        dmc.Select(
            id=ids.structure(f"objective.{term}.kind"),
            label=TERM_TITLES[term],
            data=_options(catalogue, axis),
            value=values.get(f"objective.{term}.kind"),
        )
        for term, axis in TERMS
    ]


def _knobs(catalogue: Json, layout: Layout, values: Mapping[str, Any]) -> list[Any]:
    """The settings of a method: numbers, and the kind of a term."""
    axes = dict(TERMS)
    found = []
    for field in layout.knobs:
        value = values.get(field.path, layout.defaults.get(field.path))
        term = layout.terms.chosen.get(field.path)
        if term is None:
            found.append(knob(field, value))
            continue
        options = [entry for entry in catalogue.get(axes[term]) or () if entry["name"] in field.choices]
        found.append(dmc.Select(id=ids.structure(field.path), label=field.title, data=_labelled(options), value=value))
    return found


def knob(field: Field, value: Any) -> html.Div | Any:
    """A method's knob: a logarithmic slider with the number beside it, where it spans powers of ten."""
    title = KNOB_TITLES.get(field.path, field.title)
    if field.path not in SLIDERS:
        return control(field, value, title, help_=True)
    low, high = SLIDERS[field.path]
    number = value if isinstance(value, int | float) else 1.0
    marks = [{"value": power, "label": compact(10.0**power)} for power in range(math.ceil(low), math.floor(high) + 1)]
    return html.Div(
        [
            html.Label(title, htmlFor=f"knob-{field.path}", className="knob-label"),
            html.Div(
                [
                    dmc.Slider(
                        id=ids.slider(field.path),
                        min=low,
                        max=high,
                        step=0.01,
                        value=min(max(math.log10(number), low), high) if number > 0 else low,
                        marks=marks,
                        label={"function": "powerOfTen"},
                        updatemode="drag",
                        size="sm",
                        className="knob-slider",
                        thumbLabel=title,
                    ),
                    control(field, value, None),
                ],
                className="knob",
            ),
            html.P(greek(field.help), className="knob-help muted small"),
        ]
    )


def _advanced(catalogue: Json, layout: Layout, values: Mapping[str, Any], unfolded: bool) -> html.Details:
    first = {"Architecture": [_likelihood(catalogue, values)]}
    sections = [
        html.Fieldset(
            [
                html.Legend(title),
                html.Div(
                    [
                        *first.get(title, ()),
                        *[
                            control(f, values.get(f.path, layout.defaults.get(f.path)), f.title, help_=True)
                            for f in fields
                        ],
                    ],
                    className="form-row",
                ),
            ]
        )
        for title, fields in layout.sections
    ]
    return html.Details(
        [html.Summary("Advanced: training, sizes, objective, data"), *sections],
        id=ids.FORM_ADVANCED,
        open=unfolded,
        className="advanced",
    )


def control(field: Field, value: Any, label: str | None, *, help_: bool = False) -> Any:
    """The input for one field."""
    common: dict[str, Any] = {
        "id": ids.field(field.path),
        "label": label,
        "description": (greek(field.help) or None) if help_ else None,
        "inputWrapperOrder": ["label", "input", "error", "description"],
        **({} if label else {"aria-label": KNOB_TITLES.get(field.path, field.title)}),
    }
    if field.kind in ("choice", "boolean"):
        choices = [YES, NO] if field.kind == "boolean" else list(field.choices)
        chosen = (YES if value else NO) if field.kind == "boolean" else value
        return dmc.Select(data=choices, value=chosen, **common)
    if field.kind == "text":
        return dmc.TextInput(value=value or "", **common)
    # Not a NumberInput, which turns a typed 1e-3 into -13; and without a pause, so that a click on the button right
    # after the last key sends what stands there.
    return dmc.TextInput(
        value=shown(value),
        placeholder="all" if field.nullable else None,
        inputProps={"inputMode": {"integer": "numeric", "integers": "text"}.get(field.kind, "decimal")},
        **common,
    )

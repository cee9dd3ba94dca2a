"""The fields of the new-run form."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend import ids
from frontend.defaults import PARTS, Json, item, networks_of, preset_of, presets_of
from frontend.formats import compact, size
from frontend.forms import CUSTOM, NO, SLIDERS, TERMS, YES, Field, Layout

PART_TITLES = {"encoder": "encoder e(z|x)", "decoder": "decoder d(x|z)", "marginal": "marginal m(z)"}
KNOB_TITLES = {
    "beta": "β, weight of the rate",
    "target_rate": "target rate R* (nats)",
    "lambda": "λ, weight of the divergence",
    "alpha": "α, weight of the information",
}


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
        *[knob(field, values.get(field.path, layout.defaults.get(field.path))) for field in layout.knobs],
        *_terms(catalogue, layout, values),
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
        found.append({"value": entry["name"], "label": f"{entry.get('title') or entry['name']}{mark}"})
    return found


def _methods(catalogue: Json, layout: Layout, values: Mapping[str, Any]) -> html.Div:
    options = [*_options(catalogue, "methods"), {"value": CUSTOM, "label": "Custom: choose each term"}]
    paper = item(catalogue, "methods", values.get("method")).get("paper") or ""
    formula = [html.Span("minimises ", className="muted"), html.Code(greek(layout.formula))] if layout.formula else []
    return html.Div(
        [
            dmc.Select(id=ids.structure("method"), label="Method", data=options, value=values.get("method")),
            html.P([*formula, html.Span(f"  paper {paper}" if paper else "", className="faint")], className="formula"),
        ]
    )


def greek(formula: str) -> str:
    """A formula with its letters."""
    for name, letter in (("beta", "β"), ("lambda", "λ"), ("alpha", "α")):
        formula = formula.replace(name, letter)
    return formula


def _terms(catalogue: Json, layout: Layout, values: Mapping[str, Any]) -> list[Any]:
    """Each term of the objective: free with the custom method, else the method's own."""
    custom = (values.get("method") or CUSTOM) == CUSTOM
    knobs = {field.path for field in layout.knobs}
    titles = {"rate": "rate term", "divergence": "divergence of q(z) from m(z)", "information": "information term"}
    shown = TERMS if custom else [pair for pair in TERMS if pair[0] == "divergence" and "divergence" not in knobs]
    found = []
    for term, axis in shown:
        path = f"objective.{term}.kind"
        options = _options(catalogue, axis)
        found.append(
            dmc.Select(
                id=ids.structure(path),
                label=titles[term],
                description=None if custom else "This method adds none beyond the one inside the rate.",
                data=options,
                value=values.get(path) if custom else "none",
                disabled=not custom,
            )
        )
    return [html.Div(found, className="form-row" if custom else "")]


def knob(field: Field, value: Any) -> html.Div | Any:
    """A method's knob: a logarithmic slider with the number beside it, where it spans powers of ten."""
    title = KNOB_TITLES.get(field.path.rpartition(".")[2], field.title)
    if field.path not in SLIDERS:
        return control(field, value, title)
    low, high = SLIDERS[field.path]
    number = float(value) if value not in (None, "") else 1.0
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
        "description": (field.help or None) if help_ else None,
        "inputWrapperOrder": ["label", "input", "error", "description"],
    }
    if field.kind in ("choice", "boolean"):
        choices = [YES, NO] if field.kind == "boolean" else list(field.choices)
        shown = (YES if value else NO) if field.kind == "boolean" else value
        return dmc.Select(data=choices, value=shown, **common)
    if field.kind == "text":
        return dmc.TextInput(value=value or "", **common)
    # Not a NumberInput, which turns a typed 1e-3 into -13; and without a pause, so that a click on the button right
    # after the last key sends what stands there.
    return dmc.TextInput(
        value="" if value is None else str(value),
        placeholder="all" if field.nullable else None,
        inputProps={"inputMode": "numeric" if field.kind == "integer" else "decimal"},
        **common,
    )

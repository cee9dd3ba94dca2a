"""The form: its fields come from the catalogue, and its body is one that REST takes."""

import itertools
import json
import math
import re
import shlex

import pytest
from dash._utils import to_json
from records_of_rest import of_type, text

from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.methods import METHODS, knobs_of, method_of
from frontend.components.form.fields import form
from frontend.components.formula import greek
from frontend.everywhere.new_run.drawer import reshaped
from frontend.form import bodies, controls, defaults, forms
from frontend.form.asked import asked
from frontend.form.fields import read

LAMBDA = [row.name for row in METHODS.values() if "lambda" in {knob.name for knob in row.knobs}]

HUGE = ("1e99", "-1e99", "1e400", "inf", "nan", "9" * 30, "9" * 5000, "-" + "9" * 5000, "0." + "1" * 5000)


@pytest.mark.parametrize(("dataset", "method"), list(itertools.product(DATASETS, [*METHODS, "custom"])))
def test_a_fresh_form_makes_a_body_that_rest_takes(catalogue, dataset, method):
    values = chosen_one_by_one(catalogue, dataset, {"method": method})
    if method == "custom":
        values["objective.rate.kind"] = "target"
    body = bodies.body(catalogue, values)
    if dataset == "toy" and method not in ("vae", "beta-vae", "target-rate", "autoencoder", "custom"):
        with pytest.raises(Invalid, match="categorical"):  # a one-hot z has no gradient for those terms
            expand(body, DATASETS)
        return
    expanded = expand(body, DATASETS)
    assert expanded.spec.dataset.name == dataset
    assert expanded.method == ("target-rate" if method == "custom" else method)


def test_a_fresh_form_says_only_what_is_its_own(catalogue):
    body = bodies.body(catalogue, bodies.start(catalogue, "mnist"))
    assert body == {"dataset": "mnist", "architecture": "---", "method": "beta-vae", "beta": 1.0}


@pytest.mark.parametrize(
    "body",
    [
        {"dataset": "digits"},
        {"dataset": "mnist/dynamic", "target_rate": 8.0, "seed": 5, "epochs": 3},
        {"dataset": {"name": "mnist", "eval_limit": 500, "train_limit": 1000}, "beta": 0.25, "width": 0.5},
        {"dataset": "digits", "network": "mlp", "latent_dim": 4, "batch_size": 32},
        {
            "dataset": "digits",
            "architecture": {"encoder": {"network": {"kind": "mlp", "units": 64}}, "decoder": {"network": "conv"}},
        },
        {"dataset": "digits", "method": "vae", "objective": {"rate": {"anneal_epochs": 2}}},
        {"dataset": "digits", "objective": {"rate": {"kind": "target", "form": "penalty", "weight": 3.0}}},
        {"dataset": "digits", "training": {"schedule": "constant", "normalize_gradients": False}},
        {"dataset": "mnist-static", "method": "autoencoder"},
        {"dataset": "mnist", "architecture": "-++"},
        {"dataset": "digits", "architecture": "+-v", "network": "mlp"},
        {"dataset": "digits", "architecture": "-+-", "network": "pixelcnn", "width": 0.25},
        {"dataset": "digits", "architecture": {"encoder": {"kind": "flow", "steps": 2, "context": True}}},
        {"dataset": "mnist", "architecture": {"decoder": {"kind": "pixelcnn", "network": {"kind": "pixelcnn"}}}},
        {"dataset": "mnist", "preset": "paper", "architecture": "++v", "beta": 0.1},
        {"dataset": "mnist", "preset": "paper-annealed"},
        {"dataset": "toy", "target_rate": 0.5, "seed": 3},
        {"dataset": "toy", "architecture": {"encoder": {"kind": "categorical", "weight_scale": 0.1}}},
        *[{"dataset": "digits", "method": method} for method in METHODS],
        *[{"dataset": "mnist", "method": method, "lambda": 3.7, "seed": 4} for method in LAMBDA],
        *[
            {"dataset": "digits", "method": "infovae", "alpha": alpha, "lambda": 2.3, "divergence": kind}
            for alpha in (0, 0.3, -0.7, 1)
            for kind in ("mmd", "stein", "adversarial", "kl")
        ],
        {"dataset": "digits", "method": "infovae", "divergence": {"kind": "mmd", "kernel": "imq"}},
        {"dataset": "digits", "method": "infovae", "objective": {"divergence": {"bandwidth": "median"}}},
        {"dataset": "digits", "method": "infomax-vae", "alpha": 0.1, "divergence": {"kind": "js", "units": 32}},
        {"dataset": "digits", "method": "infomax-vae", "divergence": "donsker_varadhan", "beta": 0.1},
        {"dataset": "digits", "method": "aae", "architecture": {"encoder": "deterministic"}},
        {"dataset": "digits", "method": "aae", "architecture": {"encoder": {"kind": "implicit", "noise_dim": 3}}},
        {"dataset": "digits", "method": "adversarial-vb", "objective": {"rate": {"steps": 2}}, "beta": 0.5},
        {"dataset": "digits", "method": "adversarial-vb", "architecture": "-+v"},
        {"dataset": "digits", "method": "vimae-l", "architecture": "--+"},
        {"dataset": "digits", "method": "vae", "objective": {"rate": {"beta": 0.3}}},
        {"dataset": "digits", "objective": {"divergence": {"kind": "kl", "weight": 2.0}, "information": "tv"}},
        {"dataset": "digits", "objective": {"rate": {"kind": "adversarial", "beta": 2.0, "layers": 1}}},
        {"dataset": "digits", "objective": {"rate": {"kind": "beta", "beta": 1 / 3}, "divergence": "mmd"}},
        {"dataset": "digits", "architecture": {"encoder": {"network": {"kind": "strided", "channels": [4, 8]}}}},
        {"dataset": "two-points", "method": "infovae", "lambda": 500.0},
    ],
)
def test_a_clone_makes_the_same_run(catalogue, body):
    expanded = expand(body, DATASETS)
    spec = expanded.spec.model_dump(mode="json")
    run = {"spec": spec, "method": expanded.method, "knobs": knobs_of(expanded.method, spec)}
    again = expand(bodies.body(catalogue, bodies.of_run(catalogue, run)), DATASETS)
    assert again.spec == expanded.spec
    assert again.method == (expanded.method if run["knobs"] is not None else method_of(expanded.spec))


NOT_IN_THE_FORM = ("dataset.name", "dataset.sha256", "training.continues")
"""Chosen by another control, filled in by the server, or asked for by "Train longer"."""


def test_every_plain_field_of_the_specification_can_be_set(catalogue):
    """A field added to the specification appears in the form without an edit here."""
    leaves = set()
    for method in [*METHODS, "custom"]:
        leaves |= set(forms.layout(catalogue, bodies.start(catalogue, "digits") | {"method": method}).fields)
    plain = set(defaults.flatten(expand({}, DATASETS).spec.model_dump(mode="json")))
    for part, axis in defaults.PARTS:
        for kind in defaults.names(catalogue, axis):
            entry = defaults.item(catalogue, axis, kind)
            plain |= set(defaults.flatten(entry["defaults"], f"architecture.{part}"))
            for network in defaults.networks_of(catalogue, axis, kind) or [{"name": None, "defaults": {}}]:
                plain |= set(defaults.flatten(network["defaults"], f"architecture.{part}.network"))
                chosen = {f"architecture.{part}.kind": kind, f"architecture.{part}.network.kind": network["name"]}
                leaves |= set(forms.layout(catalogue, bodies.start(catalogue, "digits") | chosen).fields)
    plain -= {path for path in plain if path.endswith(".kind") or path in NOT_IN_THE_FORM}
    plain -= {f"architecture.{part}.network" for part, _ in defaults.PARTS}
    plain -= {path for path in plain if path.startswith(("evaluation.", "objective.rate.beta"))}
    assert plain <= leaves
    assert {"beta", "target_rate", "objective.rate.form", "objective.rate.weight"} <= leaves


def chosen_one_by_one(catalogue, dataset, choices):
    """The values of a form after a person made these structural choices."""
    values = bodies.start(catalogue, dataset)
    values = reshaped(catalogue, values, {**forms.layout(catalogue, values).defaults, **values})
    for path, choice in choices.items():
        if choice is not None:
            values = reshaped(catalogue, values, {**values, path: choice})
    return values


@pytest.mark.parametrize("preset", ["", "paper-annealed"])
@pytest.mark.parametrize("dataset", ["digits", "mnist", "toy"])
def test_what_the_form_shows_is_what_the_run_has(catalogue, dataset, preset):
    """Whatever parts are chosen: no field of the form says one thing and the specification another."""
    axes = [[None, *defaults.names(catalogue, axis)] for _, axis in defaults.PARTS]
    seen, refused = 0, []
    for kinds in itertools.product(*axes):
        parts = {f"architecture.{part}.kind": kind for (part, _), kind in zip(defaults.PARTS, kinds, strict=True)}
        values = chosen_one_by_one(catalogue, dataset, {"preset": preset or None, **parts})
        try:
            expanded = expand(bodies.body(catalogue, values), DATASETS)
        except Invalid as error:
            refused += error.problems
            continue
        spec = defaults.flatten(expanded.spec.model_dump(mode="json"))
        shown = {path: value for path, value in values.items() if path in spec}
        assert shown == {path: spec[path] for path in shown}
        assert {path for path in spec if path.startswith("architecture.")} <= set(shown)
        seen += 1
    assert seen >= (8 if dataset == "toy" else 3 * 3 * 5)
    assert all(re.search("categorical|one-hot|pseudo-inputs|2 x 2|density", each.msg) for each in refused)


def test_a_part_of_another_kind_brings_its_networks(catalogue):
    pixel = chosen_one_by_one(catalogue, "digits", {"architecture.decoder.kind": "pixelcnn"})
    assert pixel["architecture.decoder.network.kind"] == "pixelcnnpp"
    back = reshaped(catalogue, pixel, {**pixel, "architecture.decoder.kind": "factorised"})
    assert back["architecture.decoder.network.kind"] == "conv"
    toy = chosen_one_by_one(catalogue, "toy", {})
    assert "architecture.decoder.network.kind" not in toy
    assert bodies.body(catalogue, toy) == {"dataset": "toy", "method": "beta-vae", "beta": 1.0}


def test_a_preset_is_offered_and_kept_only_where_the_data_set_takes_it(catalogue):
    chosen = chosen_one_by_one(catalogue, "digits", {"preset": "paper"})
    assert "Paper scale" in labels(form(catalogue, forms.layout(catalogue, chosen), chosen))
    toy = reshaped(catalogue, chosen, {**chosen, "dataset.name": "toy"})
    shown = form(catalogue, forms.layout(catalogue, toy), toy)
    assert "Paper scale" not in labels(shown)
    assert toy["training.epochs"] == DATASETS["toy"].defaults["training"]["epochs"]
    assert "preset" not in bodies.body(catalogue, toy)
    assert "preset" not in bodies.body(catalogue, {**toy, "preset": "paper"})
    back = reshaped(catalogue, toy, {**toy, "dataset.name": "digits"})
    assert "preset" not in bodies.body(catalogue, back)


def labels(shown):
    """What can be chosen in any of a form's menus."""
    options = [option for menu in of_type(shown, "Select") for option in menu.data if "group" not in option]
    return {option if isinstance(option, str) else option["label"] for option in options}


def test_a_network_that_all_takers_share_is_the_short_key(catalogue):
    both = {"architecture.encoder.network.kind": "mlp", "architecture.decoder.network.kind": "mlp"}
    values = chosen_one_by_one(catalogue, "digits", both)
    assert bodies.body(catalogue, values)["network"] == "mlp"
    alone = chosen_one_by_one(catalogue, "digits", {"architecture.encoder.network.kind": "mlp"})
    assert bodies.body(catalogue, alone)["architecture"]["encoder"] == {"kind": "gaussian", "network": "mlp"}
    beside = chosen_one_by_one(
        catalogue, "digits", {"architecture.decoder.kind": "pixelcnn", "architecture.encoder.network.kind": "mlp"}
    )
    assert bodies.body(catalogue, beside)["architecture"] == "-+-"
    assert bodies.body(catalogue, beside)["network"] == "mlp"


def test_several_seeds_are_a_sweep_that_counts_up(catalogue):
    written = {"dataset": "digits", "seed": 5}
    assert bodies.sweep(written, {}, 3) == {"base": {"dataset": "digits"}, "grid": {"seed": [5, 6, 7]}}
    assert bodies.seeds({"restarts": None}) == 1
    for wrong in (0, 2.5, "two", 1001):
        with pytest.raises(ValueError, match="whole number"):
            bodies.seeds({"restarts": wrong})
    errors = [{"loc": ["base", "epochs"], "msg": "no"}, {"loc": ["grid", "seed"], "msg": "abc: no"}]
    found, rest = bodies.field_errors(errors, ["training.epochs", "seed"])
    assert (found, rest) == ({"training.epochs": "no", "seed": "abc: no"}, [])


def test_help_and_range_come_from_the_schema(catalogue):
    field = forms.layout(catalogue, bodies.start(catalogue, "digits")).fields["training.learning_rate"]
    assert (field.kind, field.minimum, field.maximum) == ("number", 0, 1e6)
    assert field.help.startswith("Adam's step size")


def test_another_data_set_brings_its_defaults_but_keeps_what_was_typed(catalogue):
    before = bodies.start(catalogue, "digits")
    fields = forms.layout(catalogue, before)
    values = {**fields.defaults, **before, "training.batch_size": 17, "dataset.name": "mnist"}
    moved = reshaped(catalogue, before, values)
    assert moved["training.epochs"] == 10
    assert moved["training.batch_size"] == 17
    assert moved["architecture.encoder.network.kind"] == "mlp"


def test_another_method_brings_its_knob(catalogue):
    before = bodies.start(catalogue, "digits")
    moved = reshaped(catalogue, before, {**before, "method": "target-rate"})
    assert moved["target_rate"] == 10.0
    assert "beta" not in moved
    assert "target_rate" in bodies.body(catalogue, moved)


def test_each_method_shows_its_own_knobs_and_no_other(catalogue):
    for name, row in METHODS.items():
        values = chosen_one_by_one(catalogue, "digits", {"method": name})
        shape = forms.layout(catalogue, values)
        shown = form(catalogue, shape, values)
        assert [field.path for field in shape.knobs] == [knob.name for knob in row.knobs]
        assert set(controls_of(shown)) >= {*shape.fields, "method"}
        assert not [path for path in controls_of(shown) if path.startswith("objective.") and path.endswith(".kind")]
        written = bodies.body(catalogue, values)
        assert set(written) - {"dataset", "architecture", "method"} == {knob.name for knob in row.knobs}


def controls_of(shown):
    """The paths of a form's controls."""
    return [each.id["path"] for name in ("Select", "TextInput") for each in of_type(shown, name)]


def test_the_term_that_a_knob_chooses_brings_its_fields_and_keeps_the_weight(catalogue):
    values = chosen_one_by_one(catalogue, "digits", {"method": "infovae"})
    inner = [path for path in forms.layout(catalogue, values).fields if path.startswith("objective.divergence.")]
    assert inner == ["objective.divergence.kernel", "objective.divergence.bandwidth"]
    values = reshaped(catalogue, values, {**values, "divergence": "adversarial"})
    inner = [path for path in forms.layout(catalogue, values).fields if path.startswith("objective.divergence.")]
    assert {"objective.divergence.units", "objective.divergence.encoder_loss"} <= set(inner)
    written = bodies.body(catalogue, {**values, "lambda": 5, "objective.divergence.units": 64})
    assert written["divergence"] == {"kind": "adversarial", "units": 64}
    assert expand(written, DATASETS).spec.objective.divergence.weight == 4
    there = reshaped(catalogue, values, {**values, "method": "infomax-vae"})
    assert (there["divergence"], there["alpha"]) == ("kl", 10.0)
    back = reshaped(catalogue, there, {**there, "method": "infovae"})
    assert bodies.body(catalogue, back)["divergence"] == "mmd"


def test_by_hand_goes_on_from_the_terms_of_the_method(catalogue):
    values = chosen_one_by_one(catalogue, "digits", {"method": "marginal-kl"})
    values = reshaped(catalogue, values, {**values, "method": "custom"})
    assert bodies.body(catalogue, values)["objective"] == {
        "rate": {"kind": "beta", "beta": 1.0},
        "divergence": {"kind": "kl", "weight": 1.0},
    }
    values = reshaped(catalogue, values, {**values, "objective.information.kind": "pearson"})
    first = [field.path for field in forms.layout(catalogue, values).knobs]
    assert first == ["objective.rate.beta", "objective.divergence.weight", "objective.information.weight"]
    written = bodies.body(catalogue, {**values, "objective.information.weight": 2.5, "objective.rate.kind": "none"})
    assert written["objective"]["information"] == {"kind": "pearson", "weight": 2.5}
    assert written["objective"]["rate"] == "none"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *[(name, {}) for name in METHODS],
        ("beta-vae", {"beta": 0.1}),
        ("vimae-l", {"lambda": 3.0}),
        ("infovae", {"alpha": 0.9, "lambda": 5.0}),
        ("infovae", {"alpha": 1.0, "divergence": "adversarial"}),
        ("infomax-vae", {"alpha": 2.0, "divergence": "js"}),
    ],
)
def test_by_hand_minimises_what_the_method_did(catalogue, name, typed):
    values = chosen_one_by_one(catalogue, "digits", {"method": name})
    for path, value in typed.items():
        values = reshaped(catalogue, values, {**values, path: value})
    alike = reshaped(catalogue, values, {**values, "method": "custom"})
    named, by_hand = (expand(bodies.body(catalogue, each), DATASETS).spec for each in (values, alike))
    assert by_hand.objective == named.objective


def test_a_method_brings_the_parts_that_belong_to_it_and_takes_them_along_again(catalogue):
    values = chosen_one_by_one(catalogue, "digits", {"method": "vimae-l"})
    assert values["architecture.marginal.kind"] == "logistic"
    values = reshaped(catalogue, values, {**values, "method": "adversarial-vb"})
    assert values["architecture.marginal.kind"] == "normal"
    assert values["architecture.encoder.kind"] == "implicit"
    assert bodies.body(catalogue, values) == {"dataset": "digits", "method": "adversarial-vb", "beta": 1.0}
    chosen = reshaped(catalogue, values, {**values, "architecture.encoder.kind": "flow"})
    kept = reshaped(catalogue, chosen, {**chosen, "method": "vae"})
    assert kept["architecture.encoder.kind"] == "flow"


def test_a_formula_says_that_the_marginal_is_not_the_methods_own(catalogue):
    values = chosen_one_by_one(catalogue, "digits", {"method": "vimae-l"})
    for marginal, said in (("logistic", False), ("normal", True)):
        chosen = reshaped(catalogue, values, {**values, "architecture.marginal.kind": marginal})
        words = text(form(catalogue, forms.layout(catalogue, chosen), chosen))
        assert ("another m(z) than the method's own (logistic)" in words) is said


def test_what_a_rule_refuses_is_led_to_a_control_of_the_form(catalogue):
    values = chosen_one_by_one(catalogue, "digits", {"architecture.encoder.kind": "deterministic"})
    with pytest.raises(Invalid) as refused:
        expand(bodies.body(catalogue, values), DATASETS)
    errors = [{"loc": list(problem.loc), "msg": problem.msg} for problem in refused.value.problems]
    found, rest = bodies.field_errors(errors, controls_of(form(catalogue, forms.layout(catalogue, values), values)))
    assert (list(found), rest) == (["method"], [])


def test_the_curl_line_is_one_shell_command_with_the_body():
    body = {"dataset": "it's", "beta": 0.5}
    words = shlex.split(bodies.curl(body, "http://localhost:8050/"))
    assert words[:4] == ["curl", "-X", "POST", "http://localhost:8050/api/v1/runs"]
    assert json.loads(words[words.index("-d") + 1]) == body
    assert "Authorization: Bearer $FRONTIER_API_TOKEN" in bodies.curl(body, "http://h", token=True)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"dataset": "digits", "epochs": 0}, "training.epochs"),
        ({"dataset": "digits", "training": {"epochs": 0}}, "training.epochs"),
        ({"dataset": "digits", "method": "beta-vae", "beta": -1.0}, "beta"),
        ({"dataset": "nothing"}, "dataset.name"),
        ({"dataset": "digits", "train_limit": 10**9}, "dataset.train_limit"),
        ({"dataset": "digits", "architecture": "x--"}, "architecture.encoder.kind"),
        (
            {"dataset": "digits", "architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 0}}},
            "architecture.marginal.pseudo_inputs",
        ),
        ({"dataset": "digits", "width": 99.0}, "architecture.width"),
    ],
)
def test_errors_of_the_server_stand_at_the_field_they_name(catalogue, body, path):
    with pytest.raises(Invalid) as refused:
        expand(body, DATASETS)
    errors = [{"loc": list(problem.loc), "msg": problem.msg} for problem in refused.value.problems]
    values = bodies.start(catalogue, "digits") | {"architecture.marginal.kind": "vamp"}
    paths = [*values, *forms.layout(catalogue, values).fields]
    found, rest = bodies.field_errors(errors, paths)
    assert list(found) == [path]
    assert rest == []


def test_an_error_without_a_field_of_ours_is_not_lost():
    assert bodies.field_errors([{"loc": ["evaluation", "x"], "msg": "no"}], ["seed"]) == ({}, ["evaluation.x: no"])


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("training.epochs", "0"), ("training.epochs", "2.5"), ("training.epochs", ""), ("training.epochs", "x"),
        ("seed", ""), ("seed", "-1"), ("beta", "-1"), ("beta", ""), ("training.learning_rate", "0"),
        ("training.learning_rate", "1e9"), ("architecture.width", "0"), ("dataset.train_limit", "0"),
        ("seed", "3"), ("beta", "0.5"), ("dataset.train_limit", ""), ("training.epochs", "3.0"), ("beta", "0"),
        *((path, typed) for path in ("training.epochs", "beta") for typed in HUGE),
    ],
)  # fmt: skip
def test_a_fault_is_told_as_the_server_tells_it(catalogue, path, typed):
    values = bodies.start(catalogue, "digits")
    layout = forms.layout(catalogue, values)
    values |= {path: read(layout.fields[path], typed)}
    try:
        expand(bodies.body(catalogue, values), DATASETS)
        refused = {}
    except Invalid as error:
        errors = [{"loc": list(each.loc), "msg": each.msg} for each in error.problems]
        refused = controls.refusal(errors, values | {path: typed})["errors"]
    assert controls.faults(layout, values) == refused


def test_no_number_of_restarts_is_a_fault_and_none_given_is_one(catalogue):
    values = bodies.start(catalogue, "digits")
    layout = forms.layout(catalogue, values)
    assert controls.faults(layout, values | {"restarts": None}) == {}
    assert controls.faults(layout, values | {"restarts": 0}) == {"restarts": "should be a whole number from 1 to 1000"}
    names = controls.titles(layout, {"dataset.name": "", "architecture.encoder.network.kind": "", "seed": ""})
    assert list(names.values()) == ["data set", "encoder network", "seed"]


def test_controls_give_json_types(catalogue):
    fields = forms.layout(catalogue, bodies.start(catalogue, "digits")).fields
    assert read(fields["training.epochs"], 5.0) == 5
    assert isinstance(read(fields["training.epochs"], 5.0), int)
    assert read(fields["training.learning_rate"], "1e-3") == 0.001
    assert read(fields["training.learning_rate"], " −0.5 ") == -0.5
    assert read(fields["training.epochs"], "2.5") == 2.5  # for the API to refuse, at its field
    assert [read(fields["seed"], raw) for raw in ("abc", "nan", "1e999")] == ["abc", "nan", "1e999"]
    assert read(fields["training.normalize_gradients"], "no") is False
    assert read(fields["dataset.train_limit"], "") is None


@pytest.mark.parametrize("path", ["beta", "training.epochs", "seed", "restarts"])
@pytest.mark.parametrize("typed", HUGE)
def test_the_preview_shows_any_number_that_is_typed(catalogue, path, typed):
    values = bodies.start(catalogue, "digits")
    shape = forms.layout(catalogue, values)
    structure = {key: value for key, value in values.items() if key not in shape.fields}
    groups = [list(structure.values()), [typed], [], []]
    states = [[{"id": {"path": key}} for key in keys] for keys in (structure, [path], [], [])]
    wanted = asked(catalogue, groups, states)
    to_json(wanted.record("q"))  # what Dash answers with
    if path != "restarts":  # is in no body
        number = float(typed)
        told = f"{number!r}" if math.isfinite(number) else typed
        assert told in bodies.pretty(wanted.posted)
    assert path in wanted.faults or typed.startswith("0.")
    shown = form(catalogue, shape, {**values, path: read(shape.fields[path], typed)})
    to_json([part.to_plotly_json() for part in shown])


def test_the_form_shows_formula_and_slider(catalogue):
    values = bodies.start(catalogue, "digits")
    shown = form(catalogue, forms.layout(catalogue, values), values)
    assert "D + β R" in " ".join(text(shown).split())
    (slider,) = of_type(shown, "Slider")
    assert slider.value == 0.0
    assert greek("D + lambda MMD - alpha I") == "D + λ MMD - α I"

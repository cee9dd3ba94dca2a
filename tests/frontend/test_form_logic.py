"""The form: its fields come from the catalogue, and its body is one that REST takes."""

import itertools
import json
import shlex

import pytest
from records_of_rest import of_type, text

from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.methods import METHODS
from frontend import bodies, forms
from frontend.components.form import form, greek, read
from frontend.pages.new_run import reshaped


@pytest.mark.parametrize(("dataset", "method"), list(itertools.product(DATASETS, [*METHODS, "custom"])))
def test_a_fresh_form_makes_a_body_that_rest_takes(catalogue, dataset, method):
    values = {**bodies.start(catalogue, dataset), "method": method}
    if method == "custom":
        values["objective.rate.kind"] = "target"
    expanded = expand(bodies.body(catalogue, values), DATASETS)
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
    ],
)
def test_a_clone_makes_the_same_run(catalogue, body):
    expanded = expand(body, DATASETS)
    run = {"spec": expanded.spec.model_dump(mode="json"), "method": expanded.method}
    again = expand(bodies.body(catalogue, bodies.of_run(catalogue, run)), DATASETS)
    assert again.spec == expanded.spec
    assert again.method == expanded.method


def test_every_plain_field_of_the_specification_can_be_set(catalogue):
    """A field added to the specification appears in the form without an edit here."""
    leaves = set()
    for method, network in itertools.product([*METHODS, "custom"], ["conv", "mlp"]):
        values = bodies.start(catalogue, "digits") | {
            "method": method,
            "architecture.encoder.network.kind": network,
            "architecture.decoder.network.kind": network,
        }
        leaves |= set(forms.layout(catalogue, values).fields)
    spec = forms.flatten(expand({"dataset": "digits", "network": "mlp"}, DATASETS).spec.model_dump(mode="json"))
    plain = {path for path in spec if not path.endswith(".kind") and path not in ("dataset.name", "dataset.sha256")}
    plain -= {path for path in plain if path.startswith(("evaluation.", "objective.rate.beta"))}
    assert plain <= leaves
    assert {"beta", "target_rate", "objective.rate.form", "objective.rate.weight"} <= leaves


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
        ({"dataset": "digits", "architecture": "+--"}, "architecture.encoder.kind"),
        ({"dataset": "digits", "width": 99.0}, "architecture.width"),
    ],
)
def test_errors_of_the_server_stand_at_the_field_they_name(catalogue, body, path):
    with pytest.raises(Invalid) as refused:
        expand(body, DATASETS)
    errors = [{"loc": list(problem.loc), "msg": problem.msg} for problem in refused.value.problems]
    values = {**bodies.start(catalogue, "digits")}
    paths = [*values, *forms.layout(catalogue, values).fields]
    found, rest = bodies.field_errors(errors, paths)
    assert list(found) == [path]
    assert rest == []


def test_an_error_without_a_field_of_ours_is_not_lost():
    assert bodies.field_errors([{"loc": ["evaluation", "x"], "msg": "no"}], ["seed"]) == ({}, ["evaluation.x: no"])


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


def test_the_form_shows_formula_and_slider(catalogue):
    values = bodies.start(catalogue, "digits")
    shown = form(catalogue, forms.layout(catalogue, values), values)
    assert "D + β R" in text(shown)
    (slider,) = of_type(shown, "Slider")
    assert slider.value == 0.0
    assert greek("D + lambda MMD - alpha I") == "D + λ MMD - α I"

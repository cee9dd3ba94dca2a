"""Writing a specification out: precedence, short keys, and errors in the writer's own words."""

from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from backend.catalogue import spec_schema
from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.spec import UNIONS, kinds


def vamp(pseudo_inputs: int = 10, **parts: Any) -> dict[str, Any]:
    return {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": pseudo_inputs}, **parts}}


def problems(body: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        expand(body, DATASETS)
    return {".".join(map(str, problem.loc)): problem.msg for problem in caught.value.problems}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"dataset": "mnist", "architecture": "---", "beta": 0.5},
        {"dataset": "mnist/dynamic", "network": "conv", "width": 16},
        {"objective": {"rate": "none"}},
        {"method": "target-rate", "target_rate": 8},
        {"architecture": {"encoder": "gaussian", "decoder": {"network": "mlp"}}, "divergence": "none"},
        {"objective": {"rate": {"anneal_epochs": 3}}, "beta": 0.5, "epochs": 5},
        {"preset": "paper", "architecture": "-+v", "network": {"kind": "pixelcnn", "layers": 3}},
    ],
)
def test_what_is_written_out_stands_for_itself_and_fits_the_schema(body: dict[str, Any]) -> None:
    first = expand(body, DATASETS)
    full = first.spec.model_dump(mode="json")
    again = expand(full, DATASETS)
    assert again.spec == first.spec
    assert again.spec.digest == first.spec.digest
    for written in (body, full):
        jsonschema.Draft202012Validator(spec_schema()).validate(written)


def test_precedence_is_explicit_then_method_then_data_set_then_field() -> None:
    assert expand({}, DATASETS).spec.training.learning_rate == DATASETS["digits"].defaults["training"]["learning_rate"]
    by_method = expand({"method": "beta-vae"}, DATASETS)
    assert by_method.spec.objective.rate.beta == 4.0
    explicit = expand({"method": "beta-vae", "objective": {"rate": {"beta": 0.3}}, "epochs": 1}, DATASETS)
    assert explicit.method == "beta-vae"
    assert explicit.spec.objective.rate.beta == 0.3
    assert explicit.spec.training.epochs == 1


def test_a_part_of_another_kind_inherits_nothing() -> None:
    spec = expand({"dataset": "mnist", "architecture": {"encoder": {"network": {"kind": "conv"}}}}, DATASETS).spec
    assert spec.architecture.encoder.network.model_dump() == {"kind": "conv"}
    assert spec.architecture.decoder.network.kind == "mlp"


def test_a_network_goes_to_every_part_that_takes_it() -> None:
    both = expand({"architecture": "---", "network": "mlp"}, DATASETS).spec.architecture
    assert (both.encoder.network.kind, both.decoder.network.kind) == ("mlp", "mlp")
    encoder = expand({"architecture": "-+-", "network": "mlp"}, DATASETS).spec.architecture
    assert (encoder.encoder.network.kind, encoder.decoder.network.kind) == ("mlp", "pixelcnnpp")
    decoder = expand({"architecture": "++-", "network": "pixelcnn"}, DATASETS).spec.architecture
    assert (decoder.encoder.network.kind, decoder.decoder.network.kind) == ("conv", "pixelcnn")
    full = {"architecture": {"decoder": "pixelcnn"}, "network": {"kind": "pixelcnn", "layers": 3}}
    assert expand(full, DATASETS).spec.architecture.decoder.network.layers == 3


def test_the_preset_of_the_paper_is_its_recipe_on_any_data_set() -> None:
    for dataset in ("digits", "mnist-static"):
        spec = expand({"dataset": dataset, "preset": "paper", "architecture": "++v", "beta": 0.5}, DATASETS).spec
        parts = spec.architecture
        assert (parts.latent_dim, parts.width, parts.marginal.pseudo_inputs) == (64, 1.0, 500)
        assert parts.encoder.network.kind == "conv"
        assert (parts.encoder.steps, parts.encoder.layers, parts.encoder.units) == (4, 3, 640)
        assert (parts.decoder.network.features, parts.decoder.network.resnets) == (64, 2)
        assert (spec.training.epochs, spec.training.learning_rate, spec.training.schedule) == (200, 3e-4, "paper")
        assert spec.objective.rate.anneal_epochs == 0
    annealed = expand({"preset": "paper-annealed", "method": "vae"}, DATASETS)
    assert (annealed.method, annealed.spec.objective.rate.anneal_epochs) == ("vae", 100)
    assert expand({"preset": "paper", "epochs": 2}, DATASETS).spec.training.epochs == 2


def test_json_has_one_kind_of_number() -> None:
    assert expand({"epochs": 2.0, "beta": 2}, DATASETS).spec == expand({"epochs": 2, "beta": 2.0}, DATASETS).spec


@pytest.mark.parametrize(
    ("objective", "method"),
    [
        ({}, "vae"),
        ({"rate": {"kind": "beta", "beta": 0.5}}, "beta-vae"),
        ({"rate": {"kind": "beta", "beta": 1, "anneal_epochs": 1}}, "vae"),
        ({"rate": {"kind": "target", "target_rate": 3}}, "target-rate"),
        ({"rate": {"kind": "none"}}, "autoencoder"),
    ],
)
def test_a_run_is_named_by_the_first_method_that_matches(objective: dict[str, Any], method: str) -> None:
    assert expand({"objective": objective}, DATASETS).method == method


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (None, "", "JSON object"),
        ({"bata": 1}, "bata", "did you mean beta"),
        ({"beta": 0}, "beta", "greater than 0"),
        ({"beta": float("nan")}, "beta", "finite"),
        ({"learning_rate": float("inf")}, "learning_rate", "finite"),
        ({"beta": 1, "target_rate": 2}, "target_rate", "exclude"),
        ({"target_rate": -1}, "target_rate", "greater than or equal to 0"),
        ({"architecture": "-x-"}, "architecture", "symbol 2 is 'x'"),
        ({"architecture": "--"}, "architecture", "three symbols"),
        ({"architecture": "?--"}, "architecture", '{"architecture": {"encoder": {"kind": "implicit"}}}'),
        ({"epochs": 0}, "epochs", "greater than or equal to 1"),
        ({"epochs": 10**9}, "epochs", "less than or equal to 100000"),
        ({"epochs": 2.5}, "epochs", "integer"),
        ({"train_limit": 1258}, "train_limit", "1257 training images"),
        ({"dataset": {"eval_limit": 361}}, "dataset.eval_limit", "360 test images"),
        ({"dataset": "nope"}, "dataset", "there are: digits"),
        ({"dataset": "digits/none"}, "dataset", "choose static"),
        ({"dataset": {"sha256": "0" * 64}}, "dataset.sha256", "leave it out"),
        ({"epochs": 3, "training": {"epochs": 3}}, "epochs", "keep one"),
        ({"beta": 1, "objective": {"rate": "none"}}, "beta", "does not fit"),
        ({"method": "vae", "beta": 2}, "beta", "no knobs"),
        ({"method": "nope"}, "method", "choose from: vae"),
        ({"training": {"epoch": 3}}, "training.epoch", "did you mean epochs"),
        ({"architecture": {"network": "mlp"}}, "architecture.network", "it has: encoder"),
        ({"preset": "papr"}, "preset", "choose from: paper"),
        ({"network": "pixelcnn"}, "network", "choose from: conv, mlp"),
        ({"network": {"kind": "mlp", "unit": 3}}, "network", "did you mean units"),
        ({"network": 3}, "network", "choose from"),
        ({"network": "mlp", "architecture": {"decoder": {"network": "conv"}}}, "network", "keep one"),
        ({"preset": "paper-annealed", "epochs": 50}, "preset", "lower objective.rate.anneal_epochs, or raise"),
        (
            {"preset": "paper-annealed", "epochs": 50, "objective": {"rate": {"anneal_epochs": 51}}},
            "objective.rate.anneal_epochs",
            "51 epochs never ends in 50",
        ),
        ({"preset": "paper-annealed", "target_rate": 3}, "preset", "objective.rate here is target"),
        ({"preset": "paper-annealed", "method": "autoencoder"}, "preset", "objective.rate here is none"),
        ({"preset": "paper-annealed", "objective": {"rate": "target"}}, "preset", "a rate term of kind beta"),
        ({"dataset": "toy", "preset": "paper"}, "preset", "own defaults are the paper's recipe"),
        ({"dataset": "toy", "preset": "paper-annealed"}, "preset", "leave preset out"),
        (
            {"dataset": "toy", "network": "mlp"},
            "network",
            "this architecture takes no network; encoders that take mlp: gaussian, flow, deterministic, implicit; "
            "decoders that take mlp: factorised",
        ),
        ({"network": "pixelcnn"}, "network", "decoders that take pixelcnn: pixelcnn"),
        ({"alpha": 0.5}, "alpha", "objective.information has no weight"),
        ({"lambda": 3}, "lambda", "objective.divergence has no weight"),
        ({"alpha": 0.5}, "alpha", "of which there is none: choose a kind of objective.information, or a method"),
        ({"objective": {"rate": {"anneal_epochs": 9}}, "epochs": 3}, "objective.rate.anneal_epochs", "never ends"),
        ({"architecture": "--v", "train_limit": 32}, "architecture", "of which there are 32"),
        (vamp(pseudo_inputs=1258), "architecture.marginal.pseudo_inputs", "lower architecture.marginal.pseudo_inputs"),
        (vamp(pseudo_inputs=0), "architecture.marginal.pseudo_inputs", "greater than or equal to 1"),
        (vamp(encoder={"kind": "flow", "context": True}), "architecture.encoder.context", "leave context false"),
        ({"architecture": {"marginal": {"kind": "flow", "steps": 0}}}, "architecture.marginal.steps", "equal to 1"),
        ({"architecture": {"marginal": {"kind": "flow", "units": -3}}}, "architecture.marginal.units", "equal to 1"),
        ({"architecture": "+--", "width": 0}, "width", "greater than 0"),
        ({"architecture": "+-+", "latent_dim": 10_001}, "latent_dim", "less than or equal to 10000"),
    ],
)
def test_an_error_names_the_field_as_the_writer_did(body: Any, field: str, words: str) -> None:
    found = problems(body)
    assert list(found) == [field]
    assert words in found[field]


def test_a_preset_leaves_what_the_writer_says_about_its_own_fields() -> None:
    body = {"preset": "paper-annealed", "epochs": 50, "objective": {"rate": {"anneal_epochs": 20}}}
    assert expand(body, DATASETS).spec.objective.rate.anneal_epochs == 20
    target = {"preset": "paper", "target_rate": 3}
    assert expand(target, DATASETS).spec.objective.rate.kind == "target"


PLACES = {
    "encoders": ("architecture", "encoder"),
    "decoders": ("architecture", "decoder"),
    "marginals": ("architecture", "marginal"),
    "networks": ("architecture", "encoder", "network"),
    "autoregressive_networks": ("architecture", "decoder", "network"),
    "likelihoods": ("architecture", "likelihood"),
    "rate_terms": ("objective", "rate"),
    "divergences": ("objective", "divergence"),
    "information_terms": ("objective", "information"),
    "estimators": ("evaluation", "estimators", 0),
}
"""Where a part of each union stands in a specification."""


@pytest.mark.parametrize(("union", "kind"), [(union, kind) for union in UNIONS for kind in kinds(union)])
def test_a_bad_field_of_any_part_is_named_by_the_path_it_was_written_at(union: str, kind: str) -> None:
    path = PLACES[union]
    around = {"kind": "pixelcnn"} if union == "autoregressive_networks" else {}
    for field in [*(name for name in kinds(union)[kind].model_fields if name not in ("kind", "network")), "nonsense"]:
        body: Any = {"kind": kind, field: {}}
        for key in reversed(path):
            body = [body] if key == 0 else {**(around if key == "network" else {}), key: body}
        found = problems(body)
        assert list(found) == [".".join(map(str, (*path, field)))]
        if field == "nonsense":
            assert found[".".join(map(str, (*path, field)))].startswith(f"{'.'.join(map(str, path))} has no nonsense")


def test_only_data_whose_source_is_known_takes_information_with_it() -> None:
    asked = {"evaluation": {"estimators": ["active_units", "source_information"]}}
    found = problems(asked)
    assert list(found) == ["evaluation.estimators.1"]
    assert found["evaluation.estimators.1"].endswith("data with a known source: toy")
    known = {"digits": replace(DATASETS["digits"], source_known=True)}
    assert expand(asked, known).spec.evaluation.estimators[1].kind == "source_information"


@pytest.mark.parametrize("dataset", DATASETS)
def test_what_a_data_set_has_for_a_kind_of_part_leads_to_a_run(dataset: str) -> None:
    for part, kind in DATASETS[dataset].kind_defaults:
        plain = {"encoder": "gaussian", "decoder": "factorised", "marginal": "normal"}
        method = {"deterministic": "autoencoder", "implicit": "adversarial-vb"}.get(kind, "vae")
        assert expand({"dataset": dataset, "method": method, "architecture": {**plain, part: kind}}, DATASETS)


@pytest.mark.parametrize("latent_dim", [1, 10_000])
@pytest.mark.parametrize("symbols", ["+--", "--+", "--v", "--l", "+-+"])
def test_any_number_of_latents_is_accepted_with_every_encoder_and_marginal(symbols: str, latent_dim: int) -> None:
    spec = expand({"architecture": symbols, "latent_dim": latent_dim}, DATASETS).spec
    assert spec.architecture.symbols == symbols
    assert spec.architecture.latent_dim == latent_dim


def test_as_many_pseudo_inputs_as_training_images_are_accepted() -> None:
    spec = expand({**vamp(pseudo_inputs=320), "train_limit": 320}, DATASETS).spec
    assert spec.architecture.marginal.pseudo_inputs == 320


@pytest.mark.parametrize("network", ["pixelcnnpp", "pixelcnn"])
@pytest.mark.parametrize(("height", "width"), [(1, 8), (8, 1)])
def test_an_autoregressive_decoder_needs_two_rows_and_two_columns(height: int, width: int, network: str) -> None:
    line = replace(DATASETS["digits"], name="line", height=height, width=width)
    decoder = {"kind": "pixelcnn", "network": network}
    with pytest.raises(Invalid) as caught:
        expand({"dataset": "line", "architecture": {"decoder": decoder}}, {"line": line})
    (problem,) = caught.value.problems
    assert problem.loc == ("architecture", "decoder")
    assert f"{height} x {width}" in problem.msg
    square = replace(line, height=2, width=2)
    assert expand({"dataset": "line", "architecture": {"decoder": decoder}}, {"line": square})

"""What an objective cannot have: a density that is not there, a gradient, or enough images in a batch."""

from dataclasses import replace
from typing import Any

import pytest

from backend.datasets import DATASETS
from backend.errors import Invalid
from backend.expand import expand
from backend.methods import METHODS
from backend.spec import kinds

REAL = replace(DATASETS["digits"], name="real", values="real")
KNOWN = {**DATASETS, "real": REAL}


WITHOUT_RATE = "(methods autoencoder, mmd-vae, stein-vae, aae, vimae-l, vimae-n, wae-mmd)"


def problems(body: dict[str, Any]) -> dict[str, str]:
    """What is said of each field at fault; nothing where there is none."""
    try:
        expand(body, KNOWN)
    except Invalid as error:
        return {".".join(map(str, problem.loc)): problem.msg for problem in error.problems}
    return {}


def model(encoder: str, *, marginal: str = "normal", **terms: Any) -> dict[str, Any]:
    rate = terms.pop("rate", "none")
    return {"architecture": {"encoder": encoder, "marginal": marginal}, "objective": {"rate": rate, **terms}}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        (model("deterministic", rate="beta"), "objective.rate", "KL(e(z|x) || m(z)) is infinite"),
        (model("deterministic", rate="target"), "objective.rate", "no density"),
        (model("deterministic", rate="adversarial"), "objective.rate", "choose the encoder implicit, gaussian or flow"),
        ({"method": "vae", "architecture": {"encoder": "deterministic"}}, "objective.rate", WITHOUT_RATE),
        ({"beta": 2.0, "architecture": {"encoder": "deterministic"}}, "objective.rate", "or the encoder gaussian"),
        (model("deterministic", divergence="kl"), "objective.divergence", "MMD and Jensen-Shannon stay finite"),
        (
            {"method": "infovae", "alpha": 1, "divergence": "kl", "architecture": {"encoder": "deterministic"}},
            "divergence",
            "q(z) is one point for each image",
        ),
        (model("deterministic", marginal="vamp"), "architecture.marginal", "no density to mix"),
        (model("implicit", rate="beta"), "objective.rate", "method adversarial-vb"),
        (model("implicit", rate="target"), "objective.rate", "needs log e(z|x)"),
        (model("implicit", marginal="vamp"), "architecture.marginal", "choose normal, flow or logistic"),
        ({"dataset": "toy", "method": "mmd-vae"}, "objective.divergence", "no gradient goes through a draw"),
        ({"dataset": "toy", "method": "infomax-vae"}, "objective.information", "would not train it"),
        ({"dataset": "toy", "objective": {"rate": "adversarial"}}, "objective.rate", "draws a one-hot z"),
    ],
)
def test_a_term_without_the_density_or_gradient_it_needs_is_refused(body: Any, field: str, words: str) -> None:
    found = problems(body)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize(
    "body",
    [
        model("deterministic"),
        *[model("deterministic", divergence=kind) for kind in ("mmd", "stein", "adversarial")],
        model("deterministic", divergence="mmd", marginal="flow", information="js"),
        model("implicit"),
        model("implicit", rate="adversarial", information="kl"),
        *[model("implicit", divergence=kind) for kind in ("mmd", "stein", "adversarial", "kl")],
        model("gaussian", rate="adversarial", marginal="vamp", divergence="stein"),
        {"dataset": "toy", "method": "target-rate"},
        {"dataset": "toy", "method": "autoencoder"},
    ],
)
def test_what_stays_finite_and_has_a_gradient_is_accepted(body: dict[str, Any]) -> None:
    assert expand(body, KNOWN)


@pytest.mark.parametrize(
    ("body", "least", "words"),
    [
        ({"method": "mmd-vae"}, 2, "divides by n - 1"),
        ({"method": "stein-vae"}, 2, "codes of different images"),
        ({"method": "infomax-vae"}, 11, "a batch of 10 or fewer is not suitable (X, appendix E"),
        ({"objective": {"information": "tv", "divergence": "mmd"}}, 11, "shuffling z"),
        ({"architecture": {"decoder": {"network": "dcgan"}}}, 2, "batch normalisation"),
    ],
)
def test_a_batch_too_small_for_what_is_computed_in_it_is_refused(body: dict[str, Any], least: int, words: str) -> None:
    for short, field in (("batch_size", "training.batch_size"), ("train_limit", "dataset.train_limit")):
        found = problems({**body, short: least - 1})
        assert list(found) == [short]
        assert words in found[short]
        assert f"raise {field} to {least}" in found[short]
        assert expand({**body, short: least}, KNOWN)


def test_what_keeps_a_batch_small_is_named() -> None:
    few = replace(DATASETS["digits"], splits={**DATASETS["digits"].splits, "train": 7})
    with pytest.raises(Invalid) as caught:
        expand({"dataset": "few", "method": "infomax-vae", "batch_size": 4}, {"few": replace(few, name="few")})
    (problem,) = caught.value.problems
    assert problem.loc == ("dataset",)
    assert "few has 7 to train on, 11 or more are needed" in problem.msg
    found = problems({"method": "infomax-vae", "batch_size": 4, "train_limit": 5})
    assert set(found) == {"batch_size", "train_limit"}


def test_one_image_is_batch_enough_for_everything_else() -> None:
    for body in ({}, {"method": "aae"}, {"method": "marginal-kl"}, {"method": "adversarial-vb"}):
        assert expand({**body, "batch_size": 1}, KNOWN)


def test_a_gaussian_likelihood_is_for_real_valued_data_and_needed_there() -> None:
    gaussian = {"likelihood": "gaussian"}
    found = problems({"architecture": gaussian})
    assert "a Gaussian likelihood is a density" in found["architecture.likelihood"]
    found = problems({"dataset": "real"})
    assert "choose gaussian" in found["architecture.likelihood"]
    assert expand({"dataset": "real", "architecture": gaussian}, KNOWN)
    found = problems({"dataset": "real", "architecture": {**gaussian, "decoder": "pixelcnn"}})
    assert found == {"architecture.decoder": "a decoder of kind pixelcnn has no Gaussian likelihood: choose factorised"}


@pytest.mark.parametrize("encoder", ["gaussian", "flow"])
def test_a_mixture_of_posteriors_is_made_by_the_encoder_that_it_is_held_against(encoder: str) -> None:
    parts = {"encoder": {"kind": encoder, "network": "dcgan"}, "marginal": "vamp"}
    found = problems({"architecture": parts})
    assert list(found) == ["architecture.encoder.network"]
    assert "m(z) would be a mixture of another encoder" in found["architecture.encoder.network"]
    for other in ("normal", "flow", "logistic"):
        assert not problems({"architecture": {**parts, "marginal": other}})
    strided = {"encoder": {"kind": encoder, "network": "strided"}, "decoder": {"network": "dcgan"}}
    assert not problems({"architecture": {**parts, **strided}})


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_method_has_a_run_on_every_data_set_but_those_of_one_hot_latents(dataset: str) -> None:
    refused = {name: problems({"dataset": dataset, "method": name}) for name in METHODS}
    accepted = {name for name, found in refused.items() if not found}
    assert accepted == ({"vae", "beta-vae", "target-rate", "autoencoder"} if dataset == "toy" else set(METHODS))
    assert all("categorical" in msg for found in refused.values() for msg in found.values())


@pytest.mark.parametrize("union", ["rate_terms", "divergences", "information_terms"])
def test_a_refusal_names_a_way_out_that_is_accepted(union: str) -> None:
    """Whatever term is chosen for an encoder without a density, its ``none`` is one."""
    term = {"rate_terms": "rate", "divergences": "divergence", "information_terms": "information"}[union]
    for kind in kinds(union):
        for encoder in ("deterministic", "implicit"):
            body = model(encoder, **{term: kind})
            assert set(problems(body)) <= {f"objective.{term}"}
            assert not problems(model(encoder))

"""The named methods: what each expands to, how a run is named by one, and what their knobs refuse."""

import itertools
from typing import Any

import jsonschema
import pytest

from backend.catalogue import catalogue, spec_schema
from backend.datasets import DATASETS
from backend.errors import FieldProblem, Invalid
from backend.expand import Expanded, expand
from backend.methods import METHODS, knobs_of, method_of

NONE = {"kind": "none"}


def expanded(**body: Any) -> Expanded:
    return expand({"dataset": "digits", **body}, DATASETS)


def problems(**body: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        expanded(**body)
    return {".".join(map(str, problem.loc)): problem.msg for problem in caught.value.problems}


def beta(value: float) -> dict[str, Any]:
    return {"kind": "beta", "beta": value}


def mmd(weight: float, kernel: str = "rbf") -> dict[str, Any]:
    return {"kind": "mmd", "weight": weight, "kernel": kernel}


EXPANSIONS: dict[str, Any] = {
    "vae": ({}, (beta(1.0), NONE, NONE)),
    "beta-vae": ({"beta": 4.0}, (beta(4.0), NONE, NONE)),
    "target-rate": (
        {"target_rate": 10.0},
        ({"kind": "target", "target_rate": 10.0, "form": "constrained"}, NONE, NONE),
    ),
    "autoencoder": ({}, (NONE, NONE, NONE)),
    "mmd-vae": ({"lambda": 1000.0}, (NONE, mmd(1000.0), NONE)),
    "stein-vae": ({"lambda": 1.0}, (NONE, {"kind": "stein", "weight": 1.0}, NONE)),
    "aae": ({"lambda": 1.0}, (NONE, {"kind": "adversarial", "weight": 1.0, "layers": 3, "units": 1000}, NONE)),
    "vimae-l": ({"lambda": 10.0}, (NONE, mmd(10.0, "imq"), NONE)),
    "vimae-n": ({"lambda": 10.0}, (NONE, mmd(10.0, "imq"), NONE)),
    "wae-mmd": ({"lambda": 10.0}, (NONE, mmd(10.0, "imq"), NONE)),
    "marginal-kl": ({"lambda": 1.0}, (beta(1.0), {"kind": "kl", "weight": 1.0}, NONE)),
    "infovae": ({"alpha": 0.0, "lambda": 1000.0, "divergence": "mmd"}, (beta(1.0), mmd(999.0), NONE)),
    "infomax-vae": (
        {"alpha": 10.0, "beta": 1.0, "divergence": "kl"},
        (beta(1.0), NONE, {"kind": "kl", "weight": 10.0, "learning_rate": 1e-4}),
    ),
    "adversarial-vb": ({"beta": 1.0}, ({"kind": "adversarial", "beta": 1.0}, NONE, NONE)),
}
"""Each method's knobs with the defaults of its paper, and the terms they stand for (SCIENCE, section 3)."""


@pytest.mark.parametrize("name", METHODS)
def test_a_method_expands_to_its_terms_by_its_papers_defaults(name: str) -> None:
    knobs, terms = EXPANSIONS[name]
    found = expanded(method=name)
    assert {knob.name: knob.default for knob in METHODS[name].knobs} == knobs
    written = found.spec.objective.model_dump()
    for term, expected in zip(("rate", "divergence", "information"), terms, strict=True):
        assert expected.items() <= written[term].items()
    assert expanded(method=name, **knobs).spec == found.spec


@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_found_again_in_its_specification(name: str) -> None:
    found = expanded(method=name)
    assert found.method == name
    # infovae at its own defaults has no other row; wae-mmd under a normal marginal is what V calls vimae-n
    assert method_of(found.spec) == {"wae-mmd": "vimae-n"}.get(name, name)
    assert knobs_of(name, found.spec.model_dump(mode="json")) == EXPANSIONS[name][0]


def test_the_marginal_tells_the_methods_of_one_objective_apart() -> None:
    objective = {"rate": "none", "divergence": mmd(3.0, "imq")}
    named = {
        symbols: expanded(architecture=symbols, objective=objective).method for symbols in ("---", "--l", "--+", "--v")
    }
    assert named == {"---": "vimae-n", "--l": "vimae-l", "--+": "wae-mmd", "--v": "wae-mmd"}


def test_a_part_belongs_to_a_method_until_the_writer_says_otherwise() -> None:
    assert expanded(method="vimae-l").spec.architecture.symbols == "--l"
    assert expanded(method="adversarial-vb").spec.architecture.encoder.kind == "implicit"
    other = expanded(method="adversarial-vb", architecture="---")
    assert (other.spec.architecture.symbols, other.method) == ("---", "adversarial-vb")


@pytest.mark.parametrize("kind", [k for knob in METHODS["infovae"].knobs for k in knob.choices])
def test_infovae_holds_its_weights_whatever_the_divergence(kind: str) -> None:
    for alpha, scale in ((0, 1000), (0.9, 0.35), (-0.5, 1.5), (1, 2.5)):
        found = expanded(method="infovae", alpha=alpha, divergence=kind, **{"lambda": scale})
        objective = found.spec.objective
        assert getattr(objective.rate, "beta", 0) == pytest.approx(1 - alpha)
        assert objective.divergence.weight == pytest.approx(alpha + scale - 1)
        spec = found.spec.model_dump(mode="json")
        assert knobs_of("infovae", spec) == {"alpha": alpha, "lambda": scale, "divergence": kind}


def test_a_term_in_full_keeps_the_weight_that_the_knobs_give() -> None:
    imq = {"kind": "mmd", "kernel": "imq"}
    bodies: list[dict[str, Any]] = [
        {"divergence": imq},
        {"divergence": {"kernel": "imq"}},
        {"objective": {"divergence": {"kernel": "imq"}}},
        {"objective": {"divergence": imq}},
    ]
    specs = {expanded(method="infovae", alpha=0.5, **{"lambda": 7}, **body).spec for body in bodies}
    (spec,) = specs
    assert spec.objective.divergence == expanded(objective={"divergence": mmd(6.5, "imq")}).spec.objective.divergence
    critic = expanded(method="infomax-vae", divergence={"kind": "js", "units": 32, "steps": 2}).spec.objective
    assert (critic.information.kind, critic.information.units, critic.information.weight) == ("js", 32, 10.0)


def test_a_kind_and_its_fields_may_stand_apart() -> None:
    apart: Any = {"divergence": "pearson", "objective": {"information": {"units": 16}}}
    together = expanded(method="infomax-vae", divergence={"kind": "pearson", "units": 16}).spec
    assert expanded(method="infomax-vae", **apart).spec == together
    by_hand = expanded(divergence="mmd", objective={"divergence": {"kernel": "imq"}}).spec.objective.divergence
    assert (by_hand.kind, by_hand.kernel) == ("mmd", "imq")
    mlp = expanded(network="mlp", architecture={"decoder": {"network": {"layers": 3}}}).spec.architecture
    assert (mlp.encoder.network.kind, mlp.decoder.network.kind, mlp.decoder.network.layers) == ("mlp", "mlp", 3)
    apart["objective"]["information"]["units"] = -1
    assert list(problems(method="infomax-vae", **apart)) == ["objective.information.units"]


def test_knobs_of_what_no_knob_makes_are_none() -> None:
    spec = expanded(method="vae", objective={"rate": {"beta": 0.3}}).spec.model_dump(mode="json")
    assert knobs_of("vae", spec) is None
    assert knobs_of("custom", spec) is None
    assert knobs_of("beta-vae", spec) == {"beta": 0.3}


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"alpha": 1.5}, "alpha", "closed-form KL"),
        ({"alpha": 0.2, "lambda": 0.5}, "lambda", "(I, equation 6): raise lambda to 0.8"),
        ({"alpha": -5000}, "alpha", "raise lambda to 5001"),
        ({"lambda": -1}, "lambda", "would be rewarded"),
        ({"alpha": -1e300}, "alpha", "alpha >= -999999"),
        ({"lambda": 1e7}, "lambda", "lambda <= 1000000"),
        ({"divergence": "none"}, "divergence", "choose from: mmd, stein, adversarial, kl"),
        ({"divergence": "js"}, "divergence", "choose from: mmd"),
        ({"divergence": {"kind": "mmd", "weight": 3}}, "divergence.weight", "leave weight out"),
        ({"divergence": {"kind": "mmd", "kernel": "box"}}, "divergence", "kernel: Input should be 'rbf' or 'imq'"),
        ({"divergence": {"kind": "mmd", "layers": 2}}, "divergence", "objective.divergence has no layers"),
        ({"divergence": "mmd", "objective": {"divergence": {"kind": "mmd"}}}, "divergence", "keep one"),
        ({"lambda": 3, "objective": {"divergence": {"weight": 3}}}, "lambda", "keep one"),
        ({"alpha": 0.5, "objective": {"rate": {"beta": 0.5}}}, "alpha", "stands for objective.rate.beta"),
        ({"objective": {"rate": {"anneal_epochs": -1}}, "alpha": 0}, "objective.rate.anneal_epochs", "greater than"),
        ({"beta": 2}, "beta", "its knobs: alpha, lambda, divergence"),
    ],
)  # fmt: skip
def test_infovae_refuses_by_the_writers_name_and_the_papers_reason(
    body: dict[str, Any], field: str, words: str
) -> None:
    found = problems(method="infovae", **body)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize("alpha", [1, 0.9, -3])
def test_the_least_lambda_is_accepted_at_every_alpha(alpha: float) -> None:
    assert expanded(method="infovae", alpha=alpha, **{"lambda": 1 - alpha}).spec.objective.divergence.weight == 0


WRONG: list[Any] = [None, True, "x", "", [], {}, [1], {"kind": 5}, {"kind": []}, {"kind": None}, {"weight": 1}]
WRONG += [float("nan"), 1e400, -1e30, 10**400, -0.0, 0, 2**53, "mmd", {"kind": "kl"}, {"kind": "mmd", "weight": "x"}]


@pytest.mark.parametrize(("name", "knob"), [(row.name, knob.name) for row in METHODS.values() for knob in row.knobs])
def test_any_json_value_in_a_knob_is_taken_or_refused_by_its_name(name: str, knob: str) -> None:
    for value in WRONG:
        found: tuple[FieldProblem, ...] = ()
        try:
            expanded(method=name, **{knob: value})
        except Invalid as error:
            found = error.problems
        assert {problem.loc[0] for problem in found} <= {knob}


def test_a_method_of_another_type_or_name_is_refused() -> None:
    for wrong in (None, 3, [], {}, "infovae-mmd"):
        assert list(problems(method=wrong)) == ["method"]


def test_the_catalogue_tells_of_each_knob_what_it_decides_and_what_it_may_be() -> None:
    entries = {entry["name"]: entry for entry in catalogue(DATASETS)["methods"]}
    assert list(entries) == list(METHODS)
    for name, entry in entries.items():
        knobs = {knob["name"]: knob for knob in entry["knobs"]}
        assert {knob: each["default"] for knob, each in knobs.items()} == EXPANSIONS[name][0]
        assert all(knob["schema"]["title"] and knob["schema"]["description"] for knob in knobs.values())
    infovae, infomax = (
        {knob["name"]: knob for knob in entries[name]["knobs"]}["divergence"] for name in ("infovae", "infomax-vae")
    )
    assert (infovae["path"], infovae["schema"]["enum"]) == (
        "objective.divergence",
        ["mmd", "stein", "adversarial", "kl"],
    )
    assert infomax["path"] == "objective.information"
    assert "donsker_varadhan" in infomax["schema"]["enum"]


def test_the_published_schema_takes_what_each_method_takes() -> None:
    schema = jsonschema.Draft202012Validator(spec_schema())
    bodies = [{"method": name, **knobs} for name, (knobs, _) in EXPANSIONS.items()]
    bodies += [{"method": "infovae", "alpha": -0.5, "divergence": {"kind": "mmd", "kernel": "imq"}}]
    bodies += [{"method": "infomax-vae", "divergence": {"kind": "js", "units": 9}}]
    for body in bodies:
        schema.validate(body)


def test_every_pair_of_terms_that_the_rules_allow_can_be_made_by_hand() -> None:
    rates, divergences = ("none", "beta", "target", "adversarial"), ("none", "mmd", "stein", "adversarial", "kl")
    informations = ("none", *(kind for knob in METHODS["infomax-vae"].knobs for kind in knob.choices))
    for rate, divergence, information in itertools.product(rates, divergences, informations):
        objective = {"rate": rate, "divergence": divergence, "information": information}
        found = expanded(objective=objective)
        assert {name: part["kind"] for name, part in found.spec.objective.model_dump().items()} == objective

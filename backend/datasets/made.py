"""Data sets that are made from a formula."""

from typing import Any

from backend import toy
from backend.datasets.facts import DatasetFacts, EntropyBound


def _toy_networks(part: str, kind: str) -> dict[str, Any]:
    """The sixty numbers of a categorical part bear steps that no network does, and thirty states need no large one."""
    return {
        "architecture": {part: {"kind": kind, "network": {"kind": "mlp", "units": 64}}},
        "training": {"learning_rate": 1e-3, "normalize_gradients": True},
    }


TOY = DatasetFacts(
    name="toy",
    title="Toy model with a known truth",
    height=1,
    width=toy.STATES,
    channels=1,
    splits={"train": toy.STATES, "validation": toy.STATES, "test": toy.STATES},
    values="one-hot",
    checksums={"definition": toy.DEFINITION},
    sources=("made from its formula (B, appendix E)",),
    published_entropy=EntropyBound(value=toy.source().entropy, source="H itself, from the formula", exact=True),
    defaults={
        "architecture": {
            "encoder": {"kind": "categorical"},
            "decoder": {"kind": "categorical"},
            "marginal": {"kind": "categorical"},
            "likelihood": {"kind": "categorical"},
            "latent_dim": toy.LATENTS,
        },
        "training": {
            "epochs": 3000,
            "batch_size": toy.STATES,
            "learning_rate": 0.1,
            "normalize_gradients": False,  # gradients without noise get small, and R comes to rest
        },
        "evaluation": {"estimators": ["mutual_information", "source_information"]},
    },
    kind_defaults={
        ("encoder", "gaussian"): _toy_networks("encoder", "gaussian"),
        ("encoder", "flow"): _toy_networks("encoder", "flow"),
        ("decoder", "factorised"): _toy_networks("decoder", "factorised"),
        ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 10}}},
    },
    distribution=True,
    source_known=True,
    note="Thirty states with their probabilities, as if the data were infinite: means over it are exact.",
)

_SMALL = {"network": {"kind": "mlp", "layers": 3, "units": 200, "activation": "relu"}}

TWO_POINTS = DatasetFacts(
    name="two-points",
    title="Two points, -1 and 1",
    height=1,
    width=1,
    channels=1,
    splits={"train": 1000, "validation": 200, "test": 1000},
    values="real",
    checksums={
        "train": "a397a563ae79e726a32a764b5336d80c7b7f34c8e721acdd429c328a739a0779",
        "validation": "b93d3105e4863a1e3cab2571bdff746d1364bf6c65a4d8ab043389c43ed622a2",
        "test": "a397a563ae79e726a32a764b5336d80c7b7f34c8e721acdd429c328a739a0779",
    },
    classes=2,
    sources=("made from its definition (I, section 3.1)",),
    published_entropy=EntropyBound(
        value=None,
        source="none: the differential entropy of finitely many points is minus infinity, and D = H - R bounds nothing",
    ),
    defaults={
        "architecture": {
            "encoder": _SMALL,
            "decoder": _SMALL,
            "likelihood": {"kind": "gaussian"},
            "latent_dim": 1,
        },
        "training": {
            "epochs": 600,
            "batch_size": 200,
            "learning_rate": 1e-3,
            "schedule": "constant",
            "normalize_gradients": False,  # the paper's are not
        },
    },
    kind_defaults={
        ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 64, **_SMALL}}},
        ("encoder", "deterministic"): {"architecture": {"encoder": {"kind": "deterministic", **_SMALL}}},
        ("encoder", "implicit"): {"architecture": {"encoder": {"kind": "implicit", **_SMALL}}},
        ("marginal", "flow"): {"architecture": {"marginal": {"kind": "flow", "units": 64}}},
        ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 10}}},
    },
    note="Stored as 0 and 1, half each; encoder and likelihood read them as -1 and 1. D may fall below 0 without end.",
)

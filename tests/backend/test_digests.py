"""A digest names a stored run for ever: these ten never change, whatever is added to the specification."""

import json

import pytest

from backend.datasets import DATASETS
from backend.expand import expand
from backend.spec import RunSpec

PINNED = [
    ({}, "194259188878490069afbf419a62d78154f4f15bb6b87a9a0650e24d8c5e258e"),
    ({"seed": 7}, "2fa56b72d6e958fa107e77b2f375e88bbf6a363003759d79b01f5a07761ba660"),
    (
        {
            "dataset": {
                "name": "mnist",
                "binarize": "dynamic",
                "train_limit": 5000,
                "sha256": "abababababababababababababababababababababababababababababababab",
            }
        },
        "415fe65a03fbaad2f11d80a600eead9c2f5930d6045e5233d1423a1df0c9ee5c",
    ),
    (
        {"dataset": {"name": "mnist-static", "binarize": "none", "eval_limit": 100}},
        "02c1a7b39a867dc4aa76e033b52552f753ce1cc31087172c0fd699ecad4642ac",
    ),
    (
        {
            "architecture": {
                "latent_dim": 2,
                "width": 0.25,
                "encoder": {"kind": "gaussian", "network": {"kind": "mlp", "layers": 3, "units": 100}},
            }
        },
        "378e69cfd07b8dc7168a296c48cafcabe020ec47678e5818206035625812a10f",
    ),
    (
        {
            "architecture": {
                "encoder": {"kind": "gaussian", "network": {"kind": "mlp"}},
                "decoder": {"kind": "factorised", "network": {"kind": "mlp"}},
            }
        },
        "f27a77ec592f3793b5c47b4c326845dffc482051944121b3378e1cbc100a2b55",
    ),
    (
        {"objective": {"rate": {"kind": "beta", "beta": 0.15, "anneal_epochs": 5}}},
        "f30acce24986c6d7aed04936ad1da0f1b14f06f7ae4bae990218a1f521ec8b3f",
    ),
    (
        {"objective": {"rate": {"kind": "target", "target_rate": 8.0, "form": "penalty", "weight": 2.0}}},
        "650912151b23f15becb6a7f90f98649f1ab201b227dd92b803a432ab9f8b54d3",
    ),
    ({"objective": {"rate": {"kind": "none"}}}, "5f21a4a8036cb1a486cef19932d409b7cbc17a4d4f42e23186f00fd602b544ce"),
    (
        {
            "training": {
                "epochs": 3,
                "batch_size": 32,
                "learning_rate": 0.0005,
                "schedule": "constant",
                "normalize_gradients": False,
            },
            "evaluation": {"estimators": ["active_units"]},
        },
        "de7bed8da810e3d3765300d0baea9266d835d90b3f58e7f81744775a2a72c06e",
    ),
]


@pytest.mark.parametrize(("written", "digest"), PINNED)
def test_the_digest_of_a_specification_never_changes(written, digest):
    assert RunSpec.model_validate_json(json.dumps(written)).digest == digest


def test_ten_are_pinned_and_they_differ():
    assert len({digest for _, digest in PINNED}) == 10


def test_how_it_was_written_does_not_matter():
    short = expand({"dataset": "digits", "architecture": "---", "beta": 2}, DATASETS).spec
    full = expand(json.loads(short.model_dump_json()), DATASETS).spec
    shuffled = expand(dict(reversed(json.loads(short.model_dump_json()).items())), DATASETS).spec
    assert short.digest == full.digest == shuffled.digest


def test_every_field_counts():
    base = RunSpec()
    for change in ({"seed": 1}, {"training": {"epochs": 11}}, {"dataset": {"sha256": "0" * 64}}):
        assert RunSpec.model_validate_json(json.dumps(change)).digest != base.digest

"""A digest names a stored run for ever: these ten never change."""

import pytest

from backend.datasets import DATASETS
from backend.expand import expand

PINNED = [
    ({}, "0106caa028ebbf87a405bcf0432df0e5cf80ea4a978f2c9bec9a63b015aa413e"),
    (
        {"dataset": "digits", "architecture": "---", "beta": 0.5},
        "42cf3e2631464c077c8fa9c3a0bda3f4ef1c1523a5b4fe1756ccdf6e3499e06d",
    ),
    (
        {"dataset": "digits", "architecture": "---", "target_rate": 8.0, "epochs": 5},
        "216aa232a9bac9d57486f71ed8259877609ebfc720e1361e2a490a84f94d401e",
    ),
    ({"dataset": "mnist"}, "43519948fdc57cb5ba37627d57a3e2d3004173ab9c0c985fb3cd992e48e3e365"),
    ({"dataset": "mnist/dynamic", "seed": 7}, "6d256c90ae6a9647a639ba17c97c8ebf6cf032e181b683989f203d411d764af6"),
    (
        {"dataset": "mnist-static", "method": "beta-vae", "beta": 0.15},
        "9e74c5b283a91028ed516d1acaa2ee8b6fd67979509fa6623b8e98f10934dc1e",
    ),
    (
        {"dataset": "mnist", "network": "conv", "width": 0.5, "train_limit": 5000},
        "46d726a1b57f6fe1c2f8d886880eb559f68f4984c918426690324a9728b1ab39",
    ),
    ({"method": "autoencoder", "latent_dim": 2}, "be729f170e7d3e64eb589d06c0ce2a288a7b190a4a57e4bb24d490e09ab5a066"),
    (
        {
            "dataset": {"name": "digits", "binarize": "threshold", "eval_limit": 100},
            "objective": {"rate": {"kind": "target", "target_rate": 5, "form": "penalty", "weight": 2}},
        },
        "7b7d762fb9291d97f550e87fe5e8447257f2f8a0b96cae2ffac8b8f940b45003",
    ),
    (
        {
            "training": {
                "schedule": "constant",
                "normalize_gradients": False,
                "learning_rate": 0.0005,
                "batch_size": 32,
                "epochs": 3,
            },
            "evaluation": {"estimators": ["active_units"]},
            "architecture": {"encoder": {"network": {"kind": "mlp", "layers": 3, "units": 100}}},
        },
        "8ee61608954bc766eb3d77eefbecbcd19731f78ebb38825eb3989411af82e022",
    ),
]


@pytest.mark.parametrize(("body", "digest"), PINNED)
def test_digest_of_a_body_never_changes(body, digest):
    assert expand(body, DATASETS).spec.digest == digest

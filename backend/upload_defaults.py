"""The default run of an uploaded data set: dense networks, which take any shape, in minutes on a small machine."""

from typing import Any

_STEPS = 3000
"""Training steps of the default run; about a quarter of a minute for small images on two cores."""
_CAUSAL_PIXELS = 30_000_000
"""Pixels that an autoregressive decoder is trained on by default: some two minutes of one core."""


def defaults(train: int, pixels: int) -> dict[str, Any]:
    """The default run of an upload: dense networks, which take any shape, and about as many steps for any size.

    Args:
        train: training images.
        pixels: numbers in an image.
    """
    batch = max(1, min(128, train // 4))
    steps = max(300, min(_STEPS, _STEPS * 784 // pixels))
    network = {"network": {"kind": "mlp"}}
    return {
        "architecture": {"encoder": network, "decoder": network, "latent_dim": max(2, min(64, pixels // 4))},
        "training": {
            "epochs": max(1, min(1000, steps * batch // train)),
            "batch_size": batch,
            "learning_rate": 1e-3,
        },
    }


def kind_defaults(train: int, pixels: int) -> dict[tuple[str, str], dict[str, Any]]:
    """What single kinds of part change of :func:`defaults`: sizes that a small machine trains in minutes.

    Args:
        train: training images.
        pixels: numbers in an image.
    """
    dense = {"network": {"kind": "mlp"}}
    causal = {"kind": "pixelcnnpp", "features": 16, "resnets": 1}
    return {
        ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 256, **dense}}},
        ("marginal", "flow"): {"architecture": {"marginal": {"kind": "flow", "units": 256}}},
        ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": min(50, train)}}},
        ("decoder", "pixelcnn"): {
            "architecture": {"decoder": {"kind": "pixelcnn", "network": causal}},
            "training": {"epochs": max(1, min(20, _CAUSAL_PIXELS // (train * pixels)))},
        },
    }

"""The default run of an uploaded data set: dense networks, which take any shape, in minutes on a small machine."""

from typing import Any

from backend.spec import MlpNetwork

_STEPS = 3000
"""Training steps of the default run; about a quarter of a minute for small images on two cores."""
_CAUSAL_PIXELS = 30_000_000
"""Pixels that an autoregressive decoder is trained on by default: some two minutes of one core."""
_CAUSAL_PIXELS_AT_ONCE = 4_000_000
"""Pixels in a step of that: what it keeps for the gradient is some seven hundred numbers for each."""
_WEIGHTS = 2**27
"""Weights of a dense layer at the image: half a gibibyte in float32, and the encoder's gate doubles it."""


def defaults(train: int, pixels: int) -> dict[str, Any]:
    """The default run of an upload: dense networks, which take any shape, and about as many steps for any size.

    Args:
        train: training images.
        pixels: numbers in an image.
    """
    batch = _batch(train)
    steps = max(300, min(_STEPS, _STEPS * 784 // pixels))
    return {
        "architecture": {
            "encoder": _dense(pixels),
            "decoder": _dense(pixels),
            "latent_dim": max(2, min(64, pixels // 4)),
        },
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
    causal = {"kind": "pixelcnnpp", "features": 16, "resnets": 1}
    training = {"epochs": max(1, min(20, _CAUSAL_PIXELS // (train * pixels)))}
    batch = max(1, _CAUSAL_PIXELS_AT_ONCE // pixels)
    if batch < _batch(train):
        training["batch_size"] = batch
    return {
        ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 256, **_dense(pixels)}}},
        ("encoder", "deterministic"): {"architecture": {"encoder": {"kind": "deterministic", **_dense(pixels)}}},
        ("encoder", "implicit"): {"architecture": {"encoder": {"kind": "implicit", **_dense(pixels)}}},
        ("marginal", "flow"): {"architecture": {"marginal": {"kind": "flow", "units": 256}}},
        ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": min(50, train)}}},
        ("decoder", "pixelcnn"): {
            "architecture": {"decoder": {"kind": "pixelcnn", "network": causal}},
            "training": training,
        },
    }


def _batch(train: int) -> int:
    return max(1, min(128, train // 4))


def _dense(pixels: int) -> dict[str, Any]:
    """A dense network at the image: of the class's units, and of fewer where the image is too large for them."""
    fitting = _WEIGHTS // pixels
    return {"network": {"kind": "mlp", **({"units": fitting} if fitting < MlpNetwork().units else {})}}

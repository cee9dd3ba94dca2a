"""Scikit-learn's digits."""

from backend.datasets.facts import DatasetFacts

DIGITS = DatasetFacts(
    name="digits",
    title="Digits 8x8 (scikit-learn)",
    height=8,
    width=8,
    channels=1,
    splits={"train": 1257, "validation": 180, "test": 360},
    values="grey",
    checksums={
        "images": "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3",
        "labels": "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0",
    },
    classes=10,
    sources=("scikit-learn",),
    defaults={
        "architecture": {"latent_dim": 16, "width": 0.5},
        "training": {"epochs": 40, "batch_size": 64, "learning_rate": 2e-3},
    },
    kind_defaults={
        ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 256}}},
        ("marginal", "flow"): {"architecture": {"marginal": {"kind": "flow", "units": 256}}},
        ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 50}}},
        # an autoregressive decoder knows 1257 images by heart after a few epochs
        ("decoder", "pixelcnn"): {
            "architecture": {"decoder": {"kind": "pixelcnn", "network": {"kind": "pixelcnnpp", "features": 32}}},
            "training": {"epochs": 8},
        },
    },
    note="Ships with scikit-learn; split by a fixed seed.",
)

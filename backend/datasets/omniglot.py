"""Handwritten characters of fifty alphabets: as Burda et al. cut them, and as Lake et al. published them."""

from collections.abc import Mapping
from typing import Any

from backend.datasets.facts import DatasetFacts
from backend.datasets.mnist import BY_KIND, DEFAULTS

_DEFAULTS: Mapping[str, Any] = {**DEFAULTS, "training": {**DEFAULTS["training"], "epochs": 20}}
"""About as many steps as on MNIST, which has twice the images."""
_LAKE = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/images_{}.zip"

OMNIGLOT = DatasetFacts(
    name="omniglot",
    title="Omniglot (Burda), binarised here",
    height=28,
    width=28,
    channels=1,
    splits={"train": 23_000, "validation": 1345, "test": 8070},
    values="grey",
    checksums={"chardata.mat": "md5:21ecaf34373511aa7691cf2e0802aa3d"},
    sources=("https://raw.githubusercontent.com/yburda/iwae/master/datasets/OMNIGLOT/chardata.mat",),
    download_bytes=8_500_000,  # nobody publishes it: what as many such images take in that form
    defaults=_DEFAULTS,
    kind_defaults=BY_KIND,
    note="The set of the literature's figures (Burda et al. 2016); its labels are not read. Which 1345 of its 24,345 "
    "training images are held out for validation is our choice, and so is the static draw.",
)

OMNIGLOT_LAKE = DatasetFacts(
    name="omniglot-lake",
    title="Omniglot (Lake) at 28 x 28, binarised here",
    height=28,
    width=28,
    channels=1,
    splits={"train": 18_000, "validation": 1280, "test": 13_180},
    values="grey",
    checksums={
        "background": "cdf0bed5f11913859afc8af9e1efa46a76b8985f411052c48e7d535cee5004af",
        "evaluation": "5684aa831c69e526cb26d1e80de1b39969fbd3e5d6b7bab879623aff6be6ff0c",
    },
    sources=tuple(_LAKE.format(part) for part in ("background", "evaluation")),
    download_bytes=15_927_098,
    defaults=_DEFAULTS,
    kind_defaults=BY_KIND,
    note="Lake et al. 2015, 105 x 105 pixels of ink brought to 28 x 28 by area means: not the omniglot of the "
    "literature's figures. Tested on other alphabets than it is trained on; the validation split is our choice.",
)

"""How uncertain a decoder is of each pixel of an image."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from backend.results import Estimate
from worker.decoders.contract import Decoder
from worker.estimators.contract import mean_estimate

MOST = math.log(2)
"""Nats of a fair coin: no binary pixel is less certain."""


@dataclass(frozen=True)
class PixelEntropy:
    """Maps of images, and their sums.

    Args:
        picture: H(x_i | x_<i, z) / log 2, the mean over channels, in [0, 1], shape [N, 1, H, W].
        numbers: ``scale``, nats; ``nats`` of each image; ``entropy`` and ``distortion``, their means with errors.
    """

    picture: Tensor
    numbers: Mapping[str, Any]


def pixel_entropy(decoder: Decoder, x: Tensor, z: Tensor) -> PixelEntropy:
    """H(x_i | x_<i, z) of each pixel at its image, and beside the sum -log d(x|z), which the image did cost.

    An image that costs more than the entropy is one that the decoder did not expect.

    Args:
        decoder: of binary pixels.
        x: images, shape [N, C, H, W].
        z: their codes, shape [N, latent_dim].

    Raises:
        ValueError: the likelihood gives a pixel no entropy of its own.
    """
    found = decoder.entropy(x, z)
    if found is None:
        raise ValueError("this likelihood gives a pixel no entropy of its own")
    nats = found.double().flatten(1).sum(1)
    return PixelEntropy(
        found.mean(1, keepdim=True) / MOST,
        {
            "scale": [0.0, MOST],
            "nats": nats.tolist(),
            "entropy": _mean(nats).model_dump(mode="json"),
            "distortion": _mean(-decoder(x, z).double()).model_dump(mode="json"),
        },
    )


def _mean(each: Tensor) -> Estimate:
    settings = {"examples": len(each), "samples": 1}
    if len(each) == 1:
        return Estimate(value=float(each), bound="exact", settings=settings)
    return mean_estimate(each, bound="exact", settings=settings)

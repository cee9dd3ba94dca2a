"""Images as tensors on the device of the run, and how a batch is made from them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from worker.networks.contract import ImageShape
from worker.rng import Noise


@dataclass(frozen=True, kw_only=True)
class Split:
    """Images of one split.

    Args:
        images: shape [N, C, H, W]; uint8 0 and 1, or grey levels where a batch draws its own binary pixels.
        labels: classes, shape [N], or None.
        white: the grey level that is 1 with certainty; None where the images are binary.
    """

    images: Tensor
    labels: Tensor | None = None
    white: float | None = None

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, index: Tensor, noise: Noise) -> Tensor:
        """Binary images in float32, shape [B, C, H, W].

        Args:
            index: which images, shape [B].
            noise: for the draw of grey images; binary ones take nothing from it.
        """
        chosen = self.images[index].to(torch.float32)
        if self.white is None:
            return chosen
        return (noise.uniform(*chosen.shape) * self.white < chosen).to(torch.float32)


@dataclass(frozen=True, kw_only=True)
class Data:
    """A data set as a run uses it: binarised, cut to its limits, on the device."""

    name: str
    """What a picture's inputs and noise depend on; the same for every binarisation, which can be compared by eye."""
    shape: ImageShape
    train: Split
    validation: Split
    test: Split
    """What is measured: binary always."""
    shown: Split
    """The whole test split, whatever the evaluation limit: what the inputs of pictures are drawn from."""

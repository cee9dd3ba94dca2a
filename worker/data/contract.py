"""Images as tensors on the device of the run, and how a batch is made from them."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from worker.networks.contract import ImageShape
from worker.rng import Noise


@dataclass(frozen=True)
class Batch:
    """What one step sees.

    Args:
        x: images in [0, 1], shape [B, C, H, W].
        importance: how much each counts, shape [B]; None is 1 for all.
    """

    x: Tensor
    importance: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class Split:
    """Images of one split.

    Args:
        images: shape [N, C, H, W]; uint8 0 and 1, real numbers in [0, 1], or grey levels where a batch draws its own
            binary pixels.
        labels: classes, shape [N], or None.
        white: the grey level that is 1 with certainty; None where the images stay as they are.
        weights: probability of each image, float64, adding up to 1, shape [N], where the split is a distribution
            itself and not a sample of it; None where every image counts the same.
    """

    images: Tensor
    labels: Tensor | None = None
    white: float | None = None
    weights: Tensor | None = None

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, index: Tensor, noise: Noise) -> Tensor:
        """Images in float32, shape [B, C, H, W]: grey ones drawn anew as 0 and 1, others as they are.

        Args:
            index: which images, shape [B].
            noise: for the draw of grey images; others take nothing from it.
        """
        chosen = self.images[index].to(torch.float32)
        if self.white is None:
            return chosen
        return (noise.uniform(*chosen.shape) * self.white < chosen).to(torch.float32)

    def draw(self, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
        """Which images stand for the split: so many different ones, or of a distribution as many draws.

        Returns:
            their places, shape [count]; fewer where a sample has fewer.
        """
        if self.weights is None:
            return generator.permutation(len(self))[:count]
        return generator.choice(len(self), size=count, p=self.weights.cpu().numpy())

    def importance(self, index: Tensor) -> Tensor | None:
        """How much each of some images counts, 1 on average over the split, float32, shape [B]; None is 1 for all.

        The plain mean of values times their importance is the mean under the weights: exact over the whole split,
        unbiased over a part that was drawn from it.
        """
        return None if self.weights is None else (len(self) * self.weights[index]).to(torch.float32)


@dataclass(frozen=True, kw_only=True)
class Data:
    """A data set as a run uses it: binarised, cut to its limits, on the device."""

    name: str
    """What a picture's inputs and noise depend on; the same for every binarisation, which can be compared by eye."""
    shape: ImageShape
    train: Split
    validation: Split
    test: Split
    """What is measured: no level that is still to be drawn."""
    shown: Split
    """The whole test split, whatever the evaluation limit: what the inputs of pictures are drawn from."""

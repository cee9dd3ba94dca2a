"""Real-valued pixels."""

import math

import torch
from torch import Tensor, nn

from backend.spec import GaussianLikelihood

SMALLEST_SCALE = 1e-4
"""Added to sigma: where the data lies on few points, D falls without bound as sigma goes to 0."""
FIRST_SCALE = 0.1
"""Of sigma, well below 1, the spread of data on -1 and 1: a code is used only where the data varies by more than
sigma^2 (as in probabilistic PCA), and at sigma = 1 not using it is a stationary point. On two-points an InfoVAE's sigma
still grows to that from 0.15, before the networks have found a code."""
SMALLEST_UNIFORM = 2.0**-25
"""A uniform number of 0 would be drawn at minus infinity; float32 has none nearer to 1 than twice this."""


class Gaussian(nn.Module):
    """d(x_i|mu_i) = N(2 x_i - 1; mu_i, sigma^2) with one learned sigma, which starts at 0.1.

    ``-log d = 0.5 (2 x_i - 1 - mu_i)^2 / sigma^2 + log sigma + 0.5 log 2 pi``, nats, a density for x counted from -1
    to 1: it may be negative (I, section 3.1 and appendix A).
    """

    outputs = 1

    def __init__(self, config: GaussianLikelihood) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE - SMALLEST_SCALE)))

    @property
    def scale(self) -> Tensor:
        """sigma, shape []."""
        return self.log_scale.exp() + SMALLEST_SCALE

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        standard = (2 * x - 1 - outputs) / self.scale
        return -(0.5 * standard.square() + self.scale.log() + 0.5 * math.log(2 * math.pi)).flatten(1).sum(1)

    def mean(self, outputs: Tensor) -> Tensor:
        return 0.5 * (outputs + 1)

    def entropy(self, outputs: Tensor) -> None:
        """Its differential entropy is the same in every pixel of every image, and may be negative."""

    def sample(self, outputs: Tensor, uniforms: Tensor) -> Tensor:
        """By the normal quantile of the uniforms, in the units of images, where some lie below 0 or above 1."""
        standard = torch.special.ndtri(uniforms.clamp_min(SMALLEST_UNIFORM))
        drawn: Tensor = outputs + self.scale * standard
        return 0.5 * (drawn + 1)

"""The VampPrior (B, appendix F.3; Tomczak and Welling 2017)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backend.spec import Architecture, VampMarginal
from worker.data.contract import Split
from worker.distributions import Draw, Posterior, has_density
from worker.encoders.contract import Encoder
from worker.marginals.contract import Marginal
from worker.networks.contract import ImageShape
from worker.rng import Noise, StepNoise

SOFTENED = 0.05
"""Black and white pixels start this far inside (0, 1): a sigmoid has no gradient at its ends."""


@dataclass(frozen=True)
class MixtureOfPosteriors:
    """m(z) = sum_i w_i e(z|phi_i).

    Densities are taken in float64: the product over all pairs loses about ``max(mu^2 / sigma^2)`` units in the last
    place, which float32 does not have where posteriors are narrow, and it costs little beside the encoder.

    Args:
        components: e(z|phi_i), a batch of K that shares its base.
        log_weights: log w_i, nats, shape [K].
    """

    components: Posterior
    log_weights: Tensor

    def sample(self, rows: int, noise: Noise) -> Tensor:
        """A component for each row by one uniform number, then z from it."""
        ends = self.log_weights.double().exp().cumsum(0)  # the last is 1 only up to rounding
        drawn = torch.searchsorted(ends, noise.uniform(rows).double() * ends[-1], right=True)
        return self.components[drawn].rsample(noise).z

    def invert(self, z: Tensor) -> Draw:
        return self.components.invert(z)

    def log_prob(self, draw: Draw) -> Tensor:
        pairs = self.components.double().pairwise_log_prob(draw.double())
        return torch.logsumexp(pairs + self.log_weights.double(), dim=1).to(draw.z.dtype)


class Vamp(Marginal):
    """m(z) = sum_i w_i e(z|phi_i): learned pseudo-inputs ``phi_i = sigmoid(p_i)`` and weights ``w = softmax(l)``.

    The weights are B's addition. Pseudo-inputs start from distinct training images.
    """

    def __init__(self, config: VampMarginal, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        size = (config.pseudo_inputs, shape.channels, shape.height, shape.width)
        self.pixels = nn.Parameter(torch.randn(size))
        self.weights = nn.Parameter(torch.zeros(config.pseudo_inputs))

    def forward(self, encoder: Encoder) -> MixtureOfPosteriors:
        components = encoder(self.pixels.sigmoid())
        if not has_density(components):
            raise ValueError("a VampPrior is made of densities, which this encoder does not have")
        return MixtureOfPosteriors(components, self.weights.log_softmax(0))

    def start_from(self, split: Split, noise: StepNoise) -> None:
        chosen = noise.order(len(split))[: len(self.pixels)]
        with torch.no_grad():
            self.pixels.copy_(split.batch(chosen, noise).clamp(SOFTENED, 1 - SOFTENED).logit())

"""The diagonal Gaussian encoder (B, appendix F)."""

import torch.nn.functional as F
from torch import Tensor, nn

from backend.spec import Architecture, FlowEncoder, GaussianEncoder
from worker.distributions import DiagonalGaussian
from worker.encoders.contract import Encoder
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape

SMALLEST_SCALE = 1e-6
"""Added to the scale: softplus underflows to 0 in float32, where no density exists."""


class Gaussian(Encoder):
    """e(z|x) = N(z; mu(x), diag(sigma(x)^2)) with ``sigma = softplus(linear)``.

    The paper's text reads the softplus as a variance, its listing leaves it open; a scale is ours.
    """

    def __init__(self, config: GaussianEncoder | FlowEncoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.network = NETWORKS[config.network.kind].to_features(config.network, shape, architecture.width)
        self.loc = nn.Linear(self.network.features, architecture.latent_dim)
        self.scale = nn.Linear(self.network.features, architecture.latent_dim)

    def forward(self, x: Tensor) -> DiagonalGaussian:
        return self.of(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """What the network sees in images in [0, 1], shape [B, features]."""
        features: Tensor = self.network(2 * x - 1)
        return features

    def of(self, features: Tensor) -> DiagonalGaussian:
        """The distribution that features stand for."""
        return DiagonalGaussian(self.loc(features), F.softplus(self.scale(features)) + SMALLEST_SCALE)

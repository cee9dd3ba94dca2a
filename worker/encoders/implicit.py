"""The encoder that makes z of an image and noise, without a density (D, section 6.1; Mescheder et al. 2017)."""

import torch
from torch import Tensor, nn

from backend.spec import Architecture, ImplicitEncoder
from worker.distributions import ImplicitSampler
from worker.encoders.contract import Encoder
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape
from worker.networks.gated import gated_linear


class Implicit(Encoder):
    """z = g(f(x), eps), eps ~ N(0, I): a gated layer of features and eps, as wide as the features, then a linear one.

    Neither paper says how the noise joins the image; this is ours. An image is read once however often z is drawn.
    """

    def __init__(self, config: ImplicitEncoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.noise_dim = config.noise_dim
        self.network = NETWORKS[config.network.kind].to_features(config.network, shape, architecture.width)
        features = self.network.features
        self.join = gated_linear(features + config.noise_dim, features)
        self.loc = nn.Linear(features, architecture.latent_dim)

    def forward(self, x: Tensor) -> ImplicitSampler:
        features = self.network(2 * x - 1)
        return ImplicitSampler(features, self._carry, self.noise_dim, features.dtype)

    def _carry(self, features: Tensor, eps: Tensor) -> Tensor:
        z: Tensor = self.loc(self.join(torch.cat((features, eps), dim=1)))
        return z

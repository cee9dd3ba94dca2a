"""The encoder of an autoencoder: one latent for each image (I, section 2; Tolstikhin et al. 2018)."""

from torch import Tensor, nn

from backend.spec import Architecture, DeterministicEncoder
from worker.distributions import PointMass
from worker.encoders.contract import Encoder
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape


class Deterministic(Encoder):
    """z = g(x), linear in the features of the network."""

    def __init__(self, config: DeterministicEncoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.network = NETWORKS[config.network.kind].to_features(config.network, shape, architecture.width)
        self.loc = nn.Linear(self.network.features, architecture.latent_dim)

    def forward(self, x: Tensor) -> PointMass:
        return PointMass(self.loc(self.network(2 * x - 1)))

"""The fixed standard normal marginal (B, appendix F.3)."""

from backend.spec import Architecture, NormalMarginal
from worker.distributions import StandardNormal
from worker.encoders.contract import Encoder
from worker.marginals.contract import Marginal
from worker.networks.contract import ImageShape


class Normal(Marginal):
    """m(z) = N(z; 0, I); nothing is learned."""

    def __init__(self, config: NormalMarginal, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.distribution = StandardNormal(architecture.latent_dim)

    def forward(self, encoder: Encoder) -> StandardNormal:
        return self.distribution

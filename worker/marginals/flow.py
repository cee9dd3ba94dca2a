"""The marginal with masked autoregressive flow (B, appendix F.3; Papamakarios et al. 2017)."""

from backend.spec import Architecture, FlowMarginal
from worker.encoders.contract import Encoder
from worker.flows import Flow as Steps
from worker.flows.distributions import FlowDistribution
from worker.marginals.contract import Marginal
from worker.networks.contract import ImageShape, scaled


class Flow(Marginal):
    """m(z) = N(f(z); 0, I); f is learned."""

    def __init__(self, config: FlowMarginal, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.flow = Steps(
            architecture.latent_dim,
            steps=config.steps,
            units=scaled(config.units, architecture.width),
            layers=config.layers,
        )
        self.distribution = FlowDistribution(self.flow, architecture.latent_dim)

    def forward(self, encoder: Encoder) -> FlowDistribution:
        return self.distribution

"""The encoder with inverse autoregressive flow (B, appendix F.1; Kingma et al. 2016)."""

from torch import Tensor

from backend.spec import Architecture, FlowEncoder
from worker.encoders.contract import Encoder
from worker.encoders.gaussian import Gaussian
from worker.flows import Flow as Steps
from worker.flows.distributions import FlowPosterior
from worker.networks.contract import ImageShape, scaled


class Flow(Encoder):
    """e(z|x): the Gaussian encoder, then a flow; its context, where it has one, is the encoder's features."""

    def __init__(self, config: FlowEncoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.gaussian = Gaussian(config, architecture, shape)
        self.context = config.context
        self.flow = Steps(
            architecture.latent_dim,
            steps=config.steps,
            units=scaled(config.units, architecture.width),
            layers=config.layers,
            context=self.gaussian.network.features if config.context else 0,
        )

    def forward(self, x: Tensor) -> FlowPosterior:
        features = self.gaussian.features(x)
        return FlowPosterior(self.gaussian.of(features), self.flow, features if self.context else None)

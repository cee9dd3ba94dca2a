"""The factorised decoder: every pixel independent given z (B, appendix F)."""

from collections.abc import Callable

from torch import Tensor

from backend.spec import Architecture, FactorisedDecoder
from worker.decoders.contract import Decoder
from worker.likelihoods import LIKELIHOODS
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape
from worker.rng import Noise


class Factorised(Decoder):
    """d(x|z) = prod_i d(x_i | network(z)_i)."""

    def __init__(self, config: FactorisedDecoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.likelihood = LIKELIHOODS[architecture.likelihood.kind](architecture.likelihood)
        outputs = shape.channels * self.likelihood.outputs
        self.network = NETWORKS[config.network.kind].to_image(
            config.network, shape, architecture.width, architecture.latent_dim, outputs
        )

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.likelihood.log_prob(self.network(z), x)

    def sample(self, z: Tensor, draws: int, noise: Noise, check: Callable[[], None]) -> Tensor:
        check()
        return self.likelihood.sample(self.network(z), draws, noise)

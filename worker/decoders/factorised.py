"""The decoders whose network reads z alone, and the factorised one among them (B, appendix F)."""

from collections.abc import Callable

from torch import Tensor

from backend.spec import Architecture, FactorisedDecoder
from worker.decoders.contract import Decoder
from worker.likelihoods import LIKELIHOODS
from worker.networks import NETWORKS
from worker.networks.contract import ImageNetwork, ImageShape
from worker.rng import Noise


class OfLatents(Decoder):
    """d(x|z) = likelihood(x | network(z)): a latent is decoded once, whatever is asked about it.

    Args:
        architecture: names the likelihood.
        shape: size of an image.
    """

    network: ImageNetwork

    def __init__(self, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.likelihood = LIKELIHOODS[architecture.likelihood.kind](architecture.likelihood)
        self.shape = (shape.channels, shape.height, shape.width)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.likelihood.log_prob(self.network(z), x)

    def pairwise_log_prob(self, x: Tensor, z: Tensor) -> Tensor:
        outputs = self.network(z).repeat_interleave(len(x), dim=0)
        return self.likelihood.log_prob(outputs, x.repeat(len(z), 1, 1, 1)).view(len(z), len(x))

    def mean(self, z: Tensor) -> Tensor:
        return self.likelihood.mean(self.network(z))

    def entropy(self, x: Tensor, z: Tensor) -> Tensor | None:
        """The pixels before a pixel tell nothing of it: x is not looked at."""
        return self.likelihood.entropy(self.network(z))

    def sample(self, z: Tensor, draws: int, noise: Noise, check: Callable[[], None]) -> Tensor:
        check()
        return self.likelihood.sample(self.network(z).unsqueeze(1), noise.uniform(len(z), draws, *self.shape))


class Factorised(OfLatents):
    """d(x|z) = prod_i d(x_i | network(z)_i)."""

    def __init__(self, config: FactorisedDecoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__(architecture, shape)
        outputs = shape.channels * self.likelihood.outputs
        self.network = NETWORKS[config.network.kind].to_image(
            config.network, shape, architecture.width, architecture.latent_dim, outputs
        )

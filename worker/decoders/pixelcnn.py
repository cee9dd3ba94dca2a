"""The autoregressive decoder: every pixel given those before it, and z (B, appendix F.2)."""

from collections.abc import Callable

from torch import Tensor

from backend.spec import Architecture, PixelCnnDecoder
from worker.decoders.contract import Decoder
from worker.devices import one_thread
from worker.likelihoods import LIKELIHOODS
from worker.networks import AUTOREGRESSIVE_NETWORKS
from worker.networks.contract import ImageShape
from worker.rng import Noise


class Autoregressive(Decoder):
    """d(x|z) = prod_i d(x_i | network(x_<i, z)_i), pixels i in raster order.

    The channels of one pixel are independent of each other given the pixels before it and z.
    """

    def __init__(self, config: PixelCnnDecoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.shape = shape
        self.likelihood = LIKELIHOODS[architecture.likelihood.kind](architecture.likelihood)
        self.network = AUTOREGRESSIVE_NETWORKS[config.network.kind](
            config.network,
            shape,
            architecture.width,
            architecture.latent_dim,
            shape.channels * self.likelihood.outputs,
        )

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        return self.likelihood.log_prob(self.network(x, z), x)

    def mean(self, z: Tensor) -> None:
        """A sum over all images: nobody has it."""

    def entropy(self, x: Tensor, z: Tensor) -> Tensor | None:
        return self.likelihood.entropy(self.network(x, z))

    def sample(self, z: Tensor, draws: int, noise: Noise, check: Callable[[], None]) -> Tensor:
        """All uniforms are drawn before the first pixel: pictures do not depend on the order of the work."""
        uniforms = noise.uniform(len(z), draws, self.shape.channels, self.shape.height, self.shape.width).flatten(0, 1)

        def choose(outputs: Tensor, row: int, column: int) -> Tensor:
            here = uniforms[:, :, row : row + 1, column : column + 1]
            return self.likelihood.sample(outputs[:, :, None, None], here)[:, :, 0, 0]

        with one_thread():
            return self.network.draw(z, draws, choose, check)

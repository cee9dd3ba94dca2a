"""The categorical decoder of the toy model (B, appendix E)."""

from torch import Tensor

from backend.spec import Architecture, CategoricalDecoder
from worker.decoders.factorised import OfLatents
from worker.networks.contract import ImageNetwork, ImageShape
from worker.networks.parabolas import Parabolas, places


class Categorical(OfLatents):
    """d(x_j|z_i) ~ exp(-(w_i x_j - b_i)^2) over all pixels j; the paper prints its minus sign in front."""

    def __init__(self, config: CategoricalDecoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__(architecture, shape)
        self.network = _Table(config, architecture.latent_dim, shape)

    def pairwise_log_prob(self, x: Tensor, z: Tensor) -> Tensor:
        """One softmax for each latent, not for each pair."""
        decoded: Tensor = self.network(z).flatten(1).log_softmax(-1)
        return decoded @ x.flatten(1).T


class _Table(ImageNetwork):
    """The logits of every pixel, shape [B, C, H, W], for one-hot z."""

    places: Tensor

    def __init__(self, config: CategoricalDecoder, latent_dim: int, shape: ImageShape) -> None:
        super().__init__()
        self.parabolas = Parabolas(latent_dim, config.weight_scale, config.bias_scale)
        self.register_buffer("places", places(shape), persistent=False)
        self.shape = (shape.channels, shape.height, shape.width)

    def forward(self, z: Tensor) -> Tensor:
        logits: Tensor = z @ self.parabolas(self.places).T
        return logits.view(len(z), *self.shape)

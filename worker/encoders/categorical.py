"""The categorical encoder of the toy model (B, appendix E)."""

from torch import Tensor

from backend.spec import Architecture, CategoricalEncoder
from worker.distributions import CategoricalPosterior
from worker.encoders.contract import Encoder
from worker.networks.contract import ImageShape
from worker.networks.parabolas import Parabolas, places


class Categorical(Encoder):
    """e(z_i|x) ~ exp(-(w_i x - b_i)^2), with x in [-1, 1] the place of the lit pixel.

    The paper prints its minus sign in front of the exponential.
    """

    places: Tensor

    def __init__(self, config: CategoricalEncoder, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.parabolas = Parabolas(architecture.latent_dim, config.weight_scale, config.bias_scale)
        self.register_buffer("places", places(shape), persistent=False)

    def forward(self, x: Tensor) -> CategoricalPosterior:
        return CategoricalPosterior.of_logits(self.parabolas(x.flatten(1) @ self.places))

"""The categorical marginal of the toy model (B, appendix E)."""

import torch
from torch import nn

from backend.spec import Architecture
from backend.spec import CategoricalMarginal as Config
from worker.distributions import CategoricalMarginal
from worker.encoders.contract import Encoder
from worker.marginals.contract import Marginal
from worker.networks.contract import ImageShape


class Categorical(Marginal):
    """m(z) = softmax(pi)."""

    def __init__(self, config: Config, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.logits = nn.Parameter(config.scale * torch.randn(architecture.latent_dim))

    def forward(self, encoder: Encoder) -> CategoricalMarginal:
        return CategoricalMarginal(self.logits.log_softmax(-1))

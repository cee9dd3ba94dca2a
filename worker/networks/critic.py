"""The dense network with leaky units that a term of the objective trains against the model."""

from itertools import pairwise

from torch import Tensor, nn

from backend.spec import Critic as Config
from worker.networks.contract import scaled

SLOPE = 0.2
"""Of a leaky unit below 0 (D, appendix K.5.3)."""


class Critic(nn.Module):
    """One number for each row of inputs: ``layers`` dense layers of ``units`` leaky units, then a linear one.

    Args:
        config: its sizes.
        inputs: numbers in a row.
        width: factor on the units.
    """

    def __init__(self, config: Config, inputs: int, width: float) -> None:
        super().__init__()
        sizes = [inputs, *[scaled(config.units, width)] * config.layers]
        layers: list[nn.Module] = []
        for below, above in pairwise(sizes):
            layers += [nn.Linear(below, above), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))

    def forward(self, inputs: Tensor) -> Tensor:
        """[B, inputs] to [B]."""
        found: Tensor = self.layers(inputs).squeeze(-1)
        return found

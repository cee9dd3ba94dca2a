"""What a marginal is: m(z) as a distribution."""

from torch import nn

from worker.distributions import Marginal as MarginalDistribution


class Marginal(nn.Module):
    """m(z), the "prior" of the papers."""

    def forward(self) -> MarginalDistribution:
        """The distribution under the parameters of now."""
        raise NotImplementedError

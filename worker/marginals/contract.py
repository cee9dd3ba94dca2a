"""What a marginal is: m(z) as a distribution."""

from torch import nn

from worker.data.contract import Split
from worker.distributions import Marginal as MarginalDistribution
from worker.encoders.contract import Encoder
from worker.rng import StepNoise


class Marginal(nn.Module):
    """m(z), the "prior" of the papers."""

    def forward(self, encoder: Encoder) -> MarginalDistribution:
        """The distribution under the parameters of now.

        Args:
            encoder: the model's, for a marginal made of its posteriors.
        """
        raise NotImplementedError

    def start_from(self, split: Split, noise: StepNoise) -> None:
        """Take starting values from training images; a marginal that needs none leaves this alone.

        Args:
            split: the training images.
            noise: for the choice among them, and for the draw of grey ones.
        """

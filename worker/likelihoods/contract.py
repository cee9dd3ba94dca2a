"""What a likelihood is: a distribution over one pixel, given the network's outputs there."""

from typing import Protocol

from torch import Tensor

from worker.rng import Noise


class Likelihood(Protocol):
    """d(x_i | outputs_i), independent over pixels i."""

    outputs: int
    """Network outputs for each channel of a pixel."""

    def log_prob(self, outputs: Tensor, x: Tensor) -> Tensor:
        """log d(x|outputs), nats, summed over pixels.

        Args:
            outputs: shape [B, C * outputs, H, W].
            x: images, shape [B, C, H, W].

        Returns:
            shape [B].
        """
        ...

    def sample(self, outputs: Tensor, draws: int, noise: Noise) -> Tensor:
        """Images, shape [B, draws, C, H, W], for outputs of shape [B, C * outputs, H, W]."""
        ...

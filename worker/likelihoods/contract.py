"""What a likelihood is: a distribution over one pixel, given the network's outputs there."""

from typing import Protocol

from torch import Tensor


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

    def mean(self, outputs: Tensor) -> Tensor:
        """E[x_i] of each pixel in the units of images, shape [B, C, H, W]."""
        ...

    def entropy(self, outputs: Tensor) -> Tensor | None:
        """H(x_i) of each pixel, nats, shape [B, C, H, W]; None where a pixel has no entropy of its own from 0 up."""
        ...

    def sample(self, outputs: Tensor, uniforms: Tensor) -> Tensor:
        """x ~ d(x|outputs), the same for the same uniforms whether all pixels are drawn at once or one by one.

        Args:
            outputs: shape [..., C * outputs, H, W].
            uniforms: independent U[0, 1), shape [..., C, H, W]; the leading sizes broadcast.

        Returns:
            images or pixels of the shape of ``uniforms``.
        """
        ...

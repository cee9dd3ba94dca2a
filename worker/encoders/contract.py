"""What an encoder is: from images to e(z|x) as a distribution."""

from torch import Tensor, nn

from worker.distributions import Sampler


class Encoder(nn.Module):
    """e(z|x)."""

    def forward(self, x: Tensor) -> Sampler:
        """The distribution of z for each image.

        Args:
            x: images in [0, 1], shape [B, C, H, W]; an encoder scales them to [-1, 1] itself.
        """
        raise NotImplementedError

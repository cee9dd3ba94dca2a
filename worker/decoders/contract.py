"""What a decoder is: d(x|z), which can be valued and sampled."""

from collections.abc import Callable

from torch import Tensor, nn

from worker.rng import Noise


class Decoder(nn.Module):
    """d(x|z)."""

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """log d(x_b|z_b), nats, summed over pixels.

        Args:
            x: images, shape [B, C, H, W].
            z: latents, shape [B, latent_dim].

        Returns:
            shape [B].
        """
        raise NotImplementedError

    def pairwise_log_prob(self, x: Tensor, z: Tensor) -> Tensor:
        """log d(x_b|z_m), nats, shape [M, B], for every pair of B images and M latents."""
        pairs: Tensor = self(x.repeat(len(z), 1, 1, 1), z.repeat_interleave(len(x), dim=0))
        return pairs.view(len(z), len(x))

    def mean(self, z: Tensor) -> Tensor | None:
        """E[x_b|z_b], images of shape [B, C, H, W]; None where only samples are to be had."""
        raise NotImplementedError

    def entropy(self, x: Tensor, z: Tensor) -> Tensor | None:
        """H(x_i | x_<i, z_b) of each pixel i after the pixels of x_b before it, nats, shape [B, C, H, W].

        Under x ~ d(x|z) its sum over pixels and ``-log d(x|z)`` have the same expectation, H(x|z).

        Args:
            x: images, shape [B, C, H, W].
            z: latents, shape [B, latent_dim].

        Returns:
            None where the likelihood gives a pixel no entropy of its own.
        """
        raise NotImplementedError

    def sample(self, z: Tensor, draws: int, noise: Noise, check: Callable[[], None]) -> Tensor:
        """x ~ d(x|z), several for each z.

        Args:
            z: latents, shape [B, latent_dim].
            draws: images for each z.
            noise: where the randomness comes from.
            check: called between rows where sampling is slow; raises to stop.

        Returns:
            images, shape [B, draws, C, H, W].
        """
        raise NotImplementedError

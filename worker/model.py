"""Joins encoder, decoder and marginal; rate and distortion are the same two expressions for every choice of them."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backend.spec import Architecture
from worker.decoders import DECODERS
from worker.distributions import CategoricalPosterior, Draw, Sampler, has_density, rate
from worker.distributions import Marginal as MarginalDistribution
from worker.encoders import ENCODERS
from worker.encoders.categorical import Categorical as CategoricalEncoder
from worker.marginals import MARGINALS
from worker.networks.contract import ImageShape
from worker.rng import Noise, derive


@dataclass(frozen=True)
class Terms:
    """What one pass measures of each image, nats, shape [B], and what it took from encoder and marginal."""

    rate: Tensor | None
    """None where e(z|x) has no density."""
    distortion: Tensor
    posterior: Sampler
    draw: Draw
    marginal: MarginalDistribution


class Model(nn.Module):
    """``R = E[log e(z|x) - log m(z)]`` and ``D = E[-log d(x|z)]`` of one tuple of parts.

    Args:
        architecture: the tuple and its sizes.
        shape: size of an image.
    """

    def __init__(self, architecture: Architecture, shape: ImageShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = ENCODERS[architecture.encoder.kind](architecture.encoder, architecture, shape)
        self.decoder = DECODERS[architecture.decoder.kind](architecture.decoder, architecture, shape)
        self.marginal = MARGINALS[architecture.marginal.kind](architecture.marginal, architecture, shape)

    def forward(self, x: Tensor, noise: Noise) -> Terms:
        """One sample of z for each image.

        Args:
            x: images in [0, 1], shape [B, C, H, W].
            noise: where z takes its randomness from.
        """
        posterior, marginal = self.encoder(x), self.m()
        draw = posterior.rsample(noise)
        nats = rate(posterior, marginal, draw) if has_density(posterior) else None
        return Terms(nats, self.distortion(x, posterior, draw), posterior, draw, marginal)

    @property
    def lists_latents(self) -> bool:
        """Whether z has so few values that rate and distortion are sums over them and need no draw."""
        return isinstance(self.encoder, CategoricalEncoder)

    def m(self) -> MarginalDistribution:
        """m(z) under the parameters of now."""
        marginal: MarginalDistribution = self.marginal(self.encoder)
        return marginal

    def distortion(self, x: Tensor, posterior: Sampler, draw: Draw) -> Tensor:
        """E[-log d(x|z)] of each image, nats, shape [B]: exact where every z can be listed, else of one sample.

        ``D_b = sum_k e(z_k|x_b) * -log d(x_b|z_k)``
        """
        if isinstance(posterior, CategoricalPosterior):
            return -(posterior.mean * self.decoder.pairwise_log_prob(x, posterior.support).T).sum(-1)
        log_prob: Tensor = self.decoder(x, draw.z)
        return -log_prob

    def rate(self, x: Tensor, noise: Noise) -> Tensor:
        """The rate alone, without decoding: nats, shape [B].

        Raises:
            ValueError: e(z|x) has no density.
        """
        posterior: Sampler = self.encoder(x)
        if not has_density(posterior):
            raise ValueError("an encoder without a density has no rate")
        return rate(posterior, self.m(), posterior.rsample(noise))


def build_model(architecture: Architecture, shape: ImageShape, seed: int) -> Model:
    """A model on the CPU whose initial parameters depend on ``seed`` alone, whatever was drawn before."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive(seed, "parameters"))
        return Model(architecture, shape)

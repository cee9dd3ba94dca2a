"""The two-parameter logits of the toy model (B, appendix E)."""

import torch
from torch import Tensor, nn

from worker.networks.contract import ImageShape


class Parabolas(nn.Module):
    """``-(w_i x - b_i)^2`` for every latent i: a softmax over i is the encoder, over x the decoder.

    Args:
        latents: K.
        weight_scale: standard deviation of the first w.
        bias_scale: standard deviation of the first b.
    """

    def __init__(self, latents: int, weight_scale: float, bias_scale: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight_scale * torch.randn(latents))
        self.bias = nn.Parameter(bias_scale * torch.randn(latents))

    def forward(self, x: Tensor) -> Tensor:
        """Logits, shape [B, K], for x of shape [B]."""
        return -(torch.outer(x, self.weight) - self.bias).square()


def places(shape: ImageShape) -> Tensor:
    """Where each pixel lies on [-1, 1], in raster order, shape [C * H * W]."""
    return torch.linspace(-1, 1, shape.channels * shape.height * shape.width)

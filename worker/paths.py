"""Ways from one code to another."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

Path = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(a, b, each of shape [latent_dim]; shares of the way, shape [steps]) to codes, shape [steps, latent_dim]."""


def linear(a: Tensor, b: Tensor, shares: Tensor) -> Tensor:
    """``(1 - t) a + t b``"""
    return torch.lerp(a, b, shares[:, None])


def spherical(a: Tensor, b: Tensor, shares: Tensor) -> Tensor:
    """Along the arc between the directions of a and b, the length going evenly from |a| to |b| (Shoemake 1985).

    ``[sin((1 - t) w) a/|a| + sin(t w) b/|b|] / sin(w) * ((1 - t) |a| + t |b|)``, w the angle between them. In high
    dimensions draws of N(0, I) have all but one length, which a straight line leaves. Where there is no one arc,
    between parallel codes, opposite ones and 0, the way is the straight line.
    """
    lengths = a.norm(), b.norm()
    cosine = float((a @ b) / (lengths[0] * lengths[1]).clamp_min(torch.finfo(a.dtype).tiny))
    angle = math.acos(max(-1.0, min(1.0, cosine)))
    if math.sin(angle) < 1e-4 or min(lengths) == 0:
        return linear(a, b, shares)
    t = shares[:, None]
    direction: Tensor = (((1 - t) * angle).sin() * a / lengths[0] + (t * angle).sin() * b / lengths[1]) / math.sin(
        angle
    )
    return direction * torch.lerp(lengths[0], lengths[1], t)


PATHS: dict[str, Path] = {"linear": linear, "spherical": spherical}
"""Every way."""

"""Kernels on latents, and what is computed from all pairs: the maximum mean discrepancy, the Stein direction."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

Kernel = Callable[[Tensor, Tensor | float], Tensor]
"""(squared distances, bandwidth c) to values of the kernel, of the shape of the distances."""


def rbf(squared: Tensor, c: Tensor | float) -> Tensor:
    """``k = exp(-d^2 / c)``."""
    return torch.exp(-squared / c)


def imq(squared: Tensor, c: Tensor | float) -> Tensor:
    """``k = c / (c + d^2)``, inverse multiquadric (V, section 5)."""
    return c / (c + squared)


KERNELS: dict[str, Kernel] = {"rbf": rbf, "imq": imq}


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """``|a_i - b_j|^2``, at least 0, shape [A, B], for a of shape [A, d] and b of shape [B, d].

    Multiplied out, so that all pairs are one matrix product; both are first moved to the mean of b, which leaves
    distances as they are and their rounding errors small.
    """
    centre = b.detach().mean(0)
    a, b = a - centre, b - centre
    found = torch.addmm(a.square().sum(1)[:, None] + b.square().sum(1), a, b.T, alpha=-2)
    return found.clamp_min(0)


def bandwidth(rule: Literal["dimension", "median"], *points: Tensor) -> Tensor | float:
    """The c of a kernel: ``2 latent_dim``, what two draws of N(0, I) are apart on average, or the median squared
    distance between all points.

    Args:
        rule: as in the specification.
        points: shape [n, latent_dim] each.
    """
    if rule == "dimension":
        return 2.0 * points[0].shape[1]
    every = torch.cat([each.detach() for each in points])
    count = len(every)
    squared = squared_distances(every, every)
    apart = squared.flatten()[1:].view(count - 1, count + 1)[:, :-1]  # without the diagonal
    return apart.median().clamp_min(torch.finfo(every.dtype).tiny)


def mmd(z: Tensor, y: Tensor, kernel: Kernel, c: Tensor | float) -> Tensor:
    """Squared maximum mean discrepancy between the samples z and y, unbiased; may be negative; no unit.

    ``1/(n(n-1)) sum_{i != j} k(z_i, z_j) + 1/(m(m-1)) sum_{i != j} k(y_i, y_j) - 2/(n m) sum_ij k(z_i, y_j)``

    V's equation 15 prints 2/n in front of the cross term, where it has to be 2/n^2.

    Args:
        z: shape [n, latent_dim], n >= 2.
        y: shape [m, latent_dim], m >= 2.
        kernel: of squared distances; 1 at 0.
        c: its bandwidth.

    Returns:
        shape [].
    """
    return _within(z, kernel, c) + _within(y, kernel, c) - 2 * kernel(squared_distances(z, y), c).mean()


def _within(z: Tensor, kernel: Kernel, c: Tensor | float) -> Tensor:
    count = len(z)
    everything = kernel(squared_distances(z, z), c)
    return (everything.sum() - everything.diagonal().sum()) / (count * (count - 1))


def stein_direction(z: Tensor, score: Tensor, c: Tensor | float) -> Tensor:
    """The direction in which moving every z lowers KL(q || m) fastest among functions of the rbf kernel's space.

    ``phi(z_i) = 1/n sum_j k(z_i, z_j) grad log m(z_j) + grad_{z_j} k(z_j, z_i)`` (Liu and Wang 2016; I, appendix B)

    Args:
        z: shape [n, latent_dim].
        score: grad log m(z_j), shape [n, latent_dim].
        c: bandwidth of ``exp(-d^2 / c)``.

    Returns:
        shape [n, latent_dim].
    """
    z = z - z.mean(0)  # the second part is a difference of what grows with |z|
    k = rbf(squared_distances(z, z), c)
    return (k @ score + (2 / c) * (z * k.sum(1, keepdim=True) - k @ z)) / len(z)


def stein_discrepancy(z: Tensor, score: Tensor, c: Tensor | float) -> Tensor:
    """Squared kernel Stein discrepancy of q from m, unbiased; may be negative; no unit (Liu et al. 2016).

    The mean over i != j of
    ``k s_i.s_j + s_i.grad_j k + s_j.grad_i k + tr grad_i grad_j k``, with ``k = exp(-d^2 / c)`` and s the scores of m.

    Args:
        z: shape [n, latent_dim], n >= 2.
        score: grad log m(z), shape [n, latent_dim].
        c: bandwidth.

    Returns:
        shape [].
    """
    count, dimensions = z.shape
    z = z - z.mean(0)  # only differences of z count, and the products below lose digits where it is large
    squared = squared_distances(z, z)
    along = z @ score.T  # z_i . s_j
    own = along.diagonal()
    crossed = own[:, None] - along.T + own - along  # s_i.(z_i - z_j) - s_j.(z_i - z_j)
    each = score @ score.T + (2 / c) * crossed + (2 * dimensions / c - 4 * squared / c**2)
    each = each * rbf(squared, c)
    return (each.sum() - each.diagonal().sum()) / (count * (count - 1))

"""The maximum mean discrepancy between two large samples: all pairs by blocks, and its standard error."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from worker.objectives.kernels import Kernel, squared_distances

BLOCK = 512
"""Samples on a side of one block of pairs: 2 MB in float64, which stays in the processor's cache."""


@dataclass(frozen=True)
class Pairs:
    """Sums of a kernel over all pairs of a sample a of size A and another b of size B, or of a with itself.

    Args:
        rows: sum over b for each of a, shape [A]; within one sample without the pair of a point and itself.
        columns: sum over a for each of b, shape [B].
        squares: sum of the squared kernel over the same pairs, shape [].
    """

    rows: Tensor
    columns: Tensor
    squares: Tensor


@dataclass(frozen=True)
class Discrepancy:
    """A squared maximum mean discrepancy, no unit.

    Args:
        value: unbiased; may be negative.
        stderr: its standard error.
    """

    value: float
    stderr: float


def within(z: Tensor, kernel: Kernel, c: float, check: Callable[[], None] = lambda: None) -> Pairs:
    """All pairs of different samples; every block is taken once, for the kernel is symmetric.

    Args:
        z: float64, shape [N, latent_dim].
        kernel: 1 at 0.
        c: its bandwidth.
        check: called between blocks; raises to stop.
    """
    rows, squares = torch.full_like(z[:, 0], -1.0), torch.full_like(z[0, 0], -float(len(z)))
    for start in range(0, len(z), BLOCK):
        check()
        own = slice(start, start + BLOCK)
        for other in range(start, len(z), BLOCK):
            k = kernel(squared_distances(z[own], z[other : other + BLOCK]), c)
            rows[own] += k.sum(1)
            square = torch.dot(k.flatten(), k.flatten())
            squares += square
            if other != start:
                rows[other : other + BLOCK] += k.sum(0)
                squares += square
    return Pairs(rows, rows, squares)


def across(z: Tensor, y: Tensor, kernel: Kernel, c: float, check: Callable[[], None] = lambda: None) -> Pairs:
    """All pairs of two samples, as :func:`within`."""
    rows, columns, squares = torch.zeros_like(z[:, 0]), torch.zeros_like(y[:, 0]), torch.zeros_like(z[0, 0])
    for start in range(0, len(z), BLOCK):
        check()
        own = slice(start, start + BLOCK)
        for other in range(0, len(y), BLOCK):
            k = kernel(squared_distances(z[own], y[other : other + BLOCK]), c)
            rows[own] += k.sum(1)
            columns[other : other + BLOCK] += k.sum(0)
            squares += torch.dot(k.flatten(), k.flatten())
    return Pairs(rows, columns, squares)


def discrepancy(zz: Pairs, yy: Pairs, zy: Pairs) -> Discrepancy:
    """Squared maximum mean discrepancy of N samples z and M samples y, as :func:`worker.objectives.kernels.mmd`.

    Its variance has a part in the mean kernels of single samples, ``4 var(a) / N + 4 var(b) / M`` with
    ``a_i = E k(z_i, z) - E k(z_i, y)`` and b alike, which is 0 where q = m, and one in the kernel less the means of
    both its ends, ``2 s_zz / N(N-1) + 2 s_yy / M(M-1) + 4 s_zy / NM``, which is all there is then (Hoeffding; Gretton
    et al. 2012). The means of single samples are estimates, so the spread of a is less what their own noise adds; where
    that comes out below 0 it is taken for 0. Where q = m, that keeps the positive half of a noise as large as the
    variance itself, and the error comes out up to a half too large: never too small.
    """
    n, m = len(zz.rows), len(yy.rows)
    of_z, of_y = zz.rows / (n - 1), yy.rows / (m - 1)
    z_to_y, y_to_z = zy.rows / m, zy.columns / n
    value = of_z.mean() + of_y.mean() - 2 * z_to_y.mean()
    s_zz = _centred(zz.squares / (n * (n - 1)), of_z, of_z)
    s_yy = _centred(yy.squares / (m * (m - 1)), of_y, of_y)
    s_zy = _centred(zy.squares / (n * m), z_to_y, y_to_z)
    spread_z = (of_z - z_to_y).var() - s_zz / n - s_zy / m
    spread_y = (of_y - y_to_z).var() - s_yy / m - s_zy / n
    first = (4 * spread_z / n + 4 * spread_y / m).clamp_min(0)
    second = 2 * s_zz / (n * (n - 1)) + 2 * s_yy / (m * (m - 1)) + 4 * s_zy / (n * m)
    return Discrepancy(float(value), math.sqrt(float(first + second)))


def _centred(square: Tensor, left: Tensor, right: Tensor) -> Tensor:
    """Variance of a kernel less the means of both its ends: ``E k^2 - E l^2 - E r^2 + (E k)^2``, at least 0."""
    return (square - left.square().mean() - right.square().mean() + left.mean() ** 2).clamp_min(0)

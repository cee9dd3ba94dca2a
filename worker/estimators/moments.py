"""The shape of a cloud of codes: the volume it fills, and how heavy its tails are."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

STILL = 1e-6
"""A dimension whose standard deviation is this share of its root mean square stands still, or follows from others where
that much of it is its own: the codes were float32, and what is left is their rounding."""


@dataclass(frozen=True)
class Moments:
    """What N samples of q(z) say about it.

    Args:
        log_det: log det Cov q(z), no unit.
        log_det_stderr: its standard error.
        kurtosis: excess kurtosis of each dimension, 0 for a normal, shape [latent_dim].
        kurtosis_stderr: standard error of their mean.
    """

    log_det: float
    log_det_stderr: float
    kurtosis: Tensor
    kurtosis_stderr: float


def moments(z: Tensor) -> Moments | None:
    """Log-volume and kurtosis of q(z) from independent samples; None where they fill no volume.

    That is where N < latent_dim + 2, so that without some sample the others lie in a plane, or where a dimension stands
    still or follows from others.

    The log-determinant of a sample covariance S is low by about ``latent_dim (latent_dim + 1) / 2N``. The jackknife
    takes that off, whatever q(z) is, and gives the standard error; leaving out sample n has the closed form

    ``log det S_(n) = log det S + d log((N - 1) / (N - 2)) + log(1 - N h_n / (N - 1)^2)``

    with ``h_n = (z_n - mean)^T S^-1 (z_n - mean)``.

    Args:
        z: float64, shape [N, latent_dim].
    """
    count, dimensions = z.shape
    away = z - z.mean(0)
    scale = away.square().mean(0).sqrt()
    if count < dimensions + 2 or bool((scale <= STILL * z.square().mean(0).sqrt()).any()):
        return None
    standard = away / scale
    factor, failed = torch.linalg.cholesky_ex(standard.T @ standard / (count - 1))
    if bool(failed) or bool((factor.diagonal() <= STILL).any()):
        return None
    leverage = torch.linalg.solve_triangular(factor, standard.T, upper=False).square().sum(0)
    left = 1 - count * leverage / (count - 1) ** 2
    if not bool((left > 0).all()):
        return None
    whole = float(2 * (factor.diagonal().log().sum() + scale.log().sum()))
    without = whole + dimensions * math.log((count - 1) / (count - 2)) + left.log()
    kurtosis, kurtosis_stderr = _kurtosis(standard)
    return Moments(
        log_det=count * whole - (count - 1) * float(without.mean()),
        log_det_stderr=math.sqrt((count - 1) * float(without.var(correction=0))),
        kurtosis=kurtosis,
        kurtosis_stderr=kurtosis_stderr,
    )


def _kurtosis(standard: Tensor) -> tuple[Tensor, float]:
    """Of samples of mean 0 and variance 1, shape [N, latent_dim]; with the standard error of the mean over dimensions.

    ``E u^4 - 3``, with the influence ``u^4 - K - 4 E[u^3] u - 2 K (u^2 - 1)`` of one sample, ``K = E u^4``: it counts
    that mean and variance are estimates too.
    """
    square = standard.square()
    fourth = square.square().mean(0)
    skewness = (square * standard).mean(0)
    influence = square.square() - fourth - 4 * skewness * standard - 2 * fourth * (square - 1)
    return fourth - 3, float(influence.mean(1).std() / math.sqrt(len(standard)))

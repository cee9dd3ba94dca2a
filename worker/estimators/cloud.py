"""Some codes and some draws of m(z) in a plane, as a page draws them."""

import math

import torch
from torch import Tensor

MOST = 1000
"""Of each cloud that are stored."""
DIGITS = 4
"""Decimals that are stored of a cloud of unit scale, or of a larger one."""


def cloud(z: Tensor, y: Tensor, classes: Tensor | None) -> dict[str, list[float]]:
    """Codes and draws of m(z), both by the same map to at most two coordinates.

    z of one or two dimensions is as it is; of more, it is ``z @ axes`` for the two leading principal axes of Cov q(z),
    and ``codes_share`` holds the share of the variance of q(z) that lies along each.

    Args:
        z: codes in a drawn order, float64, shape [N, latent_dim].
        y: draws of m(z), float64, shape [M, latent_dim].
        classes: of the codes, shape [N], where there are such.

    Returns:
        ``codes_x``, ``marginal_x``; above one dimension ``codes_y``, ``marginal_y``; ``codes_class`` and
        ``codes_share`` where there are such.
    """
    found: dict[str, list[float]] = {}
    if z.shape[1] > 2:
        axes, shares = _axes(z)
        z, y = z @ axes, y @ axes
        found["codes_share"] = shares.tolist()
    shown = {"codes": z[:MOST], "marginal": y[:MOST]}
    for name, places in shown.items():
        for coordinate, values in zip("xy", places.T, strict=False):
            found[f"{name}_{coordinate}"] = rounded(values)
    if classes is not None:
        found["codes_class"] = classes[:MOST].double().tolist()
    return found


def rounded(values: Tensor) -> list[float]:
    """Values to four decimals, and to more where they lie closer together than that can show."""
    spread = float(values.std()) if len(values) > 1 else 0.0
    finer = DIGITS - 1 - math.floor(math.log10(spread)) if spread > 0 else DIGITS
    return [round(value, max(DIGITS, finer)) for value in values.tolist()]


def _axes(z: Tensor) -> tuple[Tensor, Tensor]:
    """The two leading principal axes, shape [latent_dim, 2], and their shares of the variance, shape [2].

    Each axis points to where its largest component is positive, so that a picture does not turn over by chance.
    """
    variances, axes = torch.linalg.eigh(torch.cov(z.T))
    leading = axes[:, [-1, -2]]
    largest = leading.gather(0, leading.abs().argmax(0, keepdim=True))
    total = variances.sum()
    shares = variances[[-1, -2]] / total if total > 0 else torch.zeros_like(variances[:2])
    return leading * largest.sign(), shares

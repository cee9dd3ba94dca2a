"""q(z) where the data is a distribution over few images: it is known there, and not bounded."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from backend.results import Bound
from worker.distributions import CategoricalPosterior, Draw, Posterior
from worker.estimators.pairs import INVERTED_AT_ONCE, LARGEST_ERROR, MOST_INVERTED, PAIRS_AT_ONCE


@dataclass(frozen=True)
class Aggregate:
    """M latents under all N images: every z there is, once, where they can be listed, else draws of every image.

    Draws come one of all images after the other, so that draw m is of image m mod N.

    Args:
        log_e: log e(z_m|x_n), nats, float64, shape [M, N].
        log_q: log q(z_m) = log sum_n p(x_n) e(z_m|x_n), shape [M].
        listed: whether expectations over z are sums.
        error: largest difference, nats, between two ways to log e(z|x) of an image's own z.
    """

    log_e: Tensor
    log_q: Tensor
    listed: bool
    error: float

    @property
    def own(self) -> Tensor:
        """log e(z|x) of each draw under the image it was drawn for, shape [M]."""
        return own(self.log_e, 0)

    @property
    def samples(self) -> int:
        """Draws of z for each image; 1 where none is needed."""
        return 1 if self.listed else self.log_e.shape[0] // self.log_e.shape[1]

    @property
    def bound(self) -> Bound:
        """What an expectation over z guarantees: a sum is the value itself, a mean over draws only unbiased."""
        return "exact" if self.listed else "estimate"

    @property
    def flags(self) -> tuple[str, ...]:
        """Imprecise where float64 cannot hold the densities of a model that diverged."""
        return () if self.error <= LARGEST_ERROR else ("imprecise",)


def aggregate(posterior: Posterior, draw: Draw, weights: Tensor, check: Callable[[], None]) -> Aggregate:
    """Every pair of a z and an image.

    A flow that sees x is turned round for each of them, so fewer draws are taken there: as many pairs as of a sample.

    Args:
        posterior: e(z|x) of S draws of N images, float64, a batch of S * N.
        draw: of each, float64.
        weights: p(x_n), float64, shape [N].
        check: called between chunks; raises to stop.
    """
    count = len(weights)
    images = posterior[slice(count)]
    if isinstance(posterior, CategoricalPosterior):
        check()
        log_e = images.pairwise_log_prob(Draw.plain(posterior.support))
        return Aggregate(log_e, (log_e + weights.log()).logsumexp(1), listed=True, error=0.0)
    total, at_once = len(draw), PAIRS_AT_ONCE
    if not posterior.shares_base:
        total, at_once = min(total, max(1, MOST_INVERTED**2 // count**2) * count), INVERTED_AT_ONCE
    rows = max(1, at_once // count)
    pairs, errors = [], []
    for start in range(0, total, rows):
        check()
        chosen = slice(start, min(start + rows, total))
        some = posterior[chosen]
        # turned round in float64, as every pair will be
        drawn = draw[chosen] if posterior.shares_base else some.invert(draw.z[chosen])
        pairs.append(images.pairwise_log_prob(drawn))
        errors.append((own(pairs[-1], start) - some.log_prob(drawn)).abs().max())
    log_e = torch.cat(pairs)
    return Aggregate(log_e, (log_e + weights.log()).logsumexp(1), listed=False, error=float(torch.stack(errors).max()))


def own(pairs: Tensor, start: int) -> Tensor:
    """Of each draw, from number ``start`` on, the density under its own image: pairs [M, N] to [M]."""
    rows = torch.arange(len(pairs), device=pairs.device)
    return pairs[rows, (rows + start) % pairs.shape[1]]

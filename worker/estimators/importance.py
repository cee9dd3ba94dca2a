"""Importance weights of the true posterior p(z|x) ~ m(z) d(x|z) of one image, and log p(x) with them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from worker.distributions import DiagonalGaussian, Draw, Posterior
from worker.flows.distributions import FlowPosterior
from worker.model import Model
from worker.rng import Noise

AT_ONCE = 500
"""Latents that are drawn, weighed and decoded."""
DRAWN_DIMENSIONS = 2
"""Up to so many a figure shows the latents themselves."""


@dataclass(frozen=True)
class Weighed:
    """K latents for one image, from a proposal that covers e(z|x), a wider one, and m(z).

    Args:
        z: float64, shape [K, latent_dim] in up to two dimensions; above, where no figure shows them, [0, latent_dim].
        log_weights: log m(z) d(x|z) less the log-density of the proposal, nats, shape [K].
        own: how many of the first ones are draws of e(z|x).
        neg_elbo: R + D of the image over those, nats.
    """

    z: Tensor
    log_weights: Tensor
    own: int
    neg_elbo: float

    @property
    def neg_log_likelihood(self) -> float:
        """-log p(x), nats: ``-log (1/K) sum_k w_k``, an upper bound in expectation."""
        return math.log(len(self.log_weights)) - float(self.log_weights.logsumexp(0))

    @property
    def effective(self) -> float:
        """How many draws of p(z|x) itself would be worth as much: ``(sum w)^2 / sum w^2``, 1 to K."""
        return math.exp(float(2 * self.log_weights.logsumexp(0) - (2 * self.log_weights).logsumexp(0)))

    def resampled(self, count: int) -> Tensor:
        """Draws of p(z|x): latents by their weights, at evenly spaced levels, shape [count, latent_dim]."""
        ends = self.log_weights.softmax(0).cumsum(0)
        levels = (torch.arange(count, device=ends.device) + 0.5) / count * ends[-1]
        return self.z[torch.searchsorted(ends, levels)]


def weigh(
    model: Model, x: Tensor, posterior: Posterior, samples: int, noise: Noise, check: Callable[[], None] = lambda: None
) -> Weighed:
    """Importance weights of the true posterior of one image.

    ``w = m(z) d(x|z) / (e(z|x) / 3 + e'(z|x) / 3 + m(z) / 3)``, with a third of the draws from each

    e' is e with wider scales: where e(z|x) is too narrow, as an ELBO makes it, weights under e alone have no finite
    variance. The mixture in the denominator (balance heuristic; Veach and Guibas 1995) costs at most a factor of three
    against the best of the three, and with m(z) among them no weight exceeds ``3 d(x|z)``.

    Args:
        model: its decoder and m(z).
        x: one image in [0, 1], shape [1, C, H, W].
        posterior: e(z|x), float64, a batch of one.
        samples: K.
        noise: where z takes its randomness from.
        check: called between chunks; raises to stop.
    """
    marginal, own = model.m(), samples // 3
    e, wide = posterior, widened(posterior)
    sizes = (own, samples - 2 * own, own)
    proposals: tuple[Callable[[int], Draw], ...] = (
        lambda rows: _repeated(e, rows).rsample(noise),
        lambda rows: _repeated(wide, rows).rsample(noise),
        lambda rows: _repeated(e, rows).invert(marginal.sample(rows, noise).double()),
    )
    shares = (torch.tensor(sizes, dtype=torch.float64, device=x.device) / samples).log()[:, None]
    kept, weights, costs = [], [], []
    for size, proposal in zip(sizes, proposals, strict=True):
        for start in range(0, size, AT_ONCE):
            check()
            draw = proposal(min(AT_ONCE, size - start))
            rows = len(draw)
            log_e, log_m = _repeated(e, rows).log_prob(draw), marginal.log_prob(draw)
            densities = torch.stack((log_e, _repeated(wide, rows).log_prob(draw), log_m))
            joint = log_m + log_likelihood(model, x, draw.z)
            weights.append(joint - (densities + shares).logsumexp(0))
            costs.append(log_e - joint)
            kept.append(draw.z if draw.z.shape[1] <= DRAWN_DIMENSIONS else draw.z[:0])
    return Weighed(torch.cat(kept), torch.cat(weights), own, float(torch.cat(costs)[:own].mean()))


def widened(posterior: Posterior) -> Posterior:
    """e(z|x) with every variance ``1 + 2 / sqrt(latent_dim)`` times as large, before its flow where it has one.

    Of draws of it, a share of ``(1 + a)^-d (1 + 2a)^(d/2)``, at least ``exp(-2)``, is left as effective ones where e
    was right already, whatever the dimension.

    Raises:
        TypeError: it is neither Gaussian nor carried from a Gaussian.
    """
    if isinstance(posterior, FlowPosterior):
        return replace(posterior, base=_wider(posterior.base))
    if isinstance(posterior, DiagonalGaussian):
        return _wider(posterior)
    raise TypeError(f"{type(posterior).__name__} has no scales to widen")


def log_likelihood(model: Model, x: Tensor, z: Tensor, check: Callable[[], None] = lambda: None) -> Tensor:
    """log d(x|z_k) of one image, nats, float64, shape [K], for x of shape [1, C, H, W] and z [K, latent_dim]."""
    found = []
    for some in torch.split(z.to(x.dtype), AT_ONCE):
        check()
        found.append(model.decoder.pairwise_log_prob(x, some)[:, 0].double())
    return torch.cat(found)


def _repeated(posterior: Posterior, rows: int) -> Posterior:
    """The one e(z|x) of a batch of one, so many times."""
    return posterior[torch.zeros(rows, dtype=torch.long)]


def _wider(gaussian: DiagonalGaussian) -> DiagonalGaussian:
    return DiagonalGaussian(gaussian.loc, gaussian.scale * math.sqrt(1 + 2 / math.sqrt(gaussian.loc.shape[1])))

"""Divergences between q(z) and m(z), from samples of both; m(z) only has to be sampled, and for Stein be scored."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from backend import spec
from worker.distributions import Marginal
from worker.networks.critic import Critic
from worker.objectives.contract import Opponent, Outcome, Sample, Sizes, Term
from worker.objectives.kernels import KERNELS, bandwidth, mmd, stein_direction, stein_discrepancy
from worker.objectives.opponents import constant, logistic_loss, opponent
from worker.rng import Noise


class Mmd(Term):
    """The squared maximum mean discrepancy, unbiased (I, section 4.1; V, section 5)."""

    def __init__(self, config: spec.MmdDivergence, sizes: Sizes) -> None:
        super().__init__()
        self.config = config

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        y = sample.of_marginal(noise)
        value = mmd(sample.z, y, KERNELS[self.config.kernel], bandwidth(self.config.bandwidth, sample.z, y))
        return Outcome(value, {"divergence": value.detach()})


class Stein(Term):
    """``-mean_i z_i . phi(z_i)`` with phi a constant, whose gradient is the Stein variational one (I, appendix B).

    I prints the surrogate with the other sign, which runs away from m(z). The gradient is that of KL(q || m) smoothed
    by the kernel; the value of the surrogate means nothing, and the history shows the Stein discrepancy.
    """

    def __init__(self, config: spec.SteinDivergence, sizes: Sizes) -> None:
        super().__init__()
        self.config = config

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        z = sample.z.detach()
        scores, c = score(sample.marginal, z), bandwidth(self.config.bandwidth, z)
        with torch.no_grad():
            direction = stein_direction(z, scores, c)
            value = stein_discrepancy(z, scores, c)
        return Outcome(-(sample.z * direction).sum(1).mean(), {"divergence": value})


def score(marginal: Marginal, z: Tensor) -> Tensor:
    """grad log m(z), shape [B, latent_dim], for z of that shape."""
    with torch.enable_grad():
        leaf = z.detach().requires_grad_()
        (found,) = torch.autograd.grad(marginal.log_prob(marginal.invert(leaf)).sum(), leaf)
    return found


class _OfCodes(Term):
    """A divergence whose discriminator tells codes from draws of m(z); its log-odds estimate log q(z) - log m(z)."""

    def __init__(self, config: spec.AdversarialDivergence | spec.KlDivergence, sizes: Sizes) -> None:
        super().__init__()
        self.config = config
        self.discriminator = Critic(config, sizes.latent_dim, sizes.width)

    def opponents(self) -> tuple[Opponent, ...]:
        return (
            opponent(
                self.discriminator,
                self.config,
                self._loss,
                name="discriminator",
                field="objective.divergence",
                shows="divergence",
            ),
        )

    def _loss(self, sample: Sample, noise: Noise) -> Tensor:
        return logistic_loss(self.discriminator(sample.z), self.discriminator(sample.of_marginal(noise)))


class Adversarial(_OfCodes):
    """The Jensen-Shannon divergence, nats, at most log 2 (I, section 4.1; Makhzani et al. 2015).

    ``JS = log 2 + 1/2 E_q log sigmoid(v) + 1/2 E_m log sigmoid(-v)`` with the log-odds v of the discriminator: a lower
    bound in the population. The encoder descends it, or ``1/2 E_q softplus(v)``, which has the same gradient where the
    discriminator is undecided and one that does not vanish where it is sure (Goodfellow et al. 2014).
    """

    def __init__(self, config: spec.AdversarialDivergence, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        self.saturating = config.encoder_loss == "minimax"

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        with constant(self.discriminator):
            of_codes = self.discriminator(sample.z)
            with torch.no_grad():
                of_marginal = self.discriminator(sample.of_marginal(noise))
        divergence = math.log(2) - 0.5 * logistic_loss(of_codes, of_marginal)
        return Outcome(divergence if self.saturating else 0.5 * F.softplus(of_codes).mean(), _shown(divergence))


class Kl(_OfCodes):
    """KL(q || m) as the mean log-odds of the discriminator, nats: an estimate, and no bound (D, section 6.1)."""

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        with constant(self.discriminator):
            divergence = self.discriminator(sample.z).mean()
        return Outcome(divergence, _shown(divergence))


def _shown(divergence: Tensor) -> dict[str, Tensor]:
    return {"divergence": divergence.detach()}

"""The rate by a discriminator of pairs, for encoders without a density (D, section 6.1; Mescheder et al. 2017)."""

from torch import Tensor

from backend import spec
from worker.networks.critic import Critic
from worker.objectives.contract import Opponent, Outcome, Position, RateTerm, Sample, Sizes
from worker.objectives.opponents import constant, logistic_loss, opponent
from worker.objectives.pairs import pair_width, paired
from worker.rng import Noise


class AdversarialRate(RateTerm):
    """beta * E[T(x, z)], z ~ e(z|x), where T are the log-odds of a discriminator of e(z|x) p(x) against m(z) p(x).

    The best discriminator has ``T = log e(z|x) - log m(z)``, whose mean is R. A density ratio is no bound: R stays an
    estimate without guarantee.
    """

    trains_marginal = False

    def __init__(self, config: spec.AdversarialRate, sizes: Sizes) -> None:
        super().__init__()
        self.config = config
        self.discriminator = Critic(config, pair_width(sizes), sizes.width)

    def measure(self, rate: Tensor, sample: Sample, noise: Noise) -> Outcome:
        with constant(self.discriminator):
            estimate = self.discriminator(paired(sample.x, sample.z)).mean()
        return Outcome(estimate, {"rate_estimate": estimate.detach()})

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        return self.config.beta * rate

    def opponents(self) -> tuple[Opponent, ...]:
        return (
            opponent(
                self.discriminator,
                self.config,
                self._loss,
                name="rate_discriminator",
                field="objective.rate",
                shows="rate_estimate",
            ),
        )

    def _loss(self, sample: Sample, noise: Noise) -> Tensor:
        of_marginal = sample.of_marginal(noise)
        return logistic_loss(
            self.discriminator(paired(sample.x, sample.z)), self.discriminator(paired(sample.x, of_marginal))
        )

"""Information terms: a divergence between the joint of (x, z) and the product, by a critic (X, section 5.2)."""

import math

import torch
from torch import Tensor

from backend import spec
from worker.networks.critic import Critic
from worker.objectives.contract import Opponent, Outcome, Sample, Sizes, Term
from worker.objectives.duals import DUALS, donsker_varadhan, dual_value, log_mean_exp
from worker.objectives.opponents import constant, opponent
from worker.objectives.pairs import pair_width, paired
from worker.rng import Noise


class _Critic(Term):
    """A critic t(x, z) on pairs of the joint, and on pairs of the product: the same batch with z shuffled (X)."""

    def __init__(self, config: spec.InformationCritic, sizes: Sizes) -> None:
        super().__init__()
        self.config = config
        self.critic = Critic(config, pair_width(sizes), sizes.width)

    def opponents(self) -> tuple[Opponent, ...]:
        return (
            opponent(
                self.critic, self.config, self._loss, name="critic", field="objective.information", shows="information"
            ),
        )

    def _loss(self, sample: Sample, noise: Noise) -> Tensor:
        raise NotImplementedError

    def _values(self, sample: Sample, noise: Noise) -> tuple[Tensor, Tensor]:
        """The critic on the joint and on the product, shape [B] each."""
        shuffled = sample.z[shifted(len(sample), noise, sample.z.device)]
        both = torch.cat((paired(sample.x, sample.z), paired(sample.x, shuffled)))
        of_joint, of_product = self.critic(both).chunk(2)
        return of_joint, of_product


def shifted(count: int, noise: Noise, device: torch.device) -> Tensor:
    """A shuffle that leaves none in its place: all turned by the same random number of places, shape [count]."""
    places = 1 + (noise.uniform(1) * (count - 1)).long().clamp_max(count - 2)
    return (torch.arange(count, device=device) + places) % count


class FDual(_Critic):
    """``E_joint T - E_product f*(T)``, a lower bound of the f-divergence in the population (X, equations 5 and 6)."""

    def __init__(self, config: spec.InformationCritic, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        self.dual = DUALS[config.kind]

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        with constant(self.critic):
            value = dual_value(self.dual, *self._values(sample, noise))
        return Outcome(value, {"information": value.detach()})

    def _loss(self, sample: Sample, noise: Noise) -> Tensor:
        return -dual_value(self.dual, *self._values(sample, noise))


class DonskerVaradhan(_Critic):
    """``E_joint t - log E_product exp(t)``, nats (X, appendix C; Belghazi et al. 2018, MINE).

    Its gradient divides by E_product exp(t). The mean of one batch there makes it biased; a moving average over the
    critic's batches takes its place, with the newest among them. The value has the batch's own.
    """

    log_average: Tensor
    log_total: Tensor

    def __init__(self, config: spec.DonskerVaradhanInformation, sizes: Sizes) -> None:
        super().__init__(config, sizes)
        self.rate = config.average_rate
        self.register_buffer("log_average", torch.tensor(-math.inf))
        self.register_buffer("log_total", torch.tensor(-math.inf))

    def forward(self, sample: Sample, noise: Noise) -> Outcome:
        with constant(self.critic):
            of_joint, of_product = self._values(sample, noise)
        average, total = self._averaged(of_product)
        value = _corrected(of_joint, of_product, average - total)
        return Outcome(value, {"information": value.detach()})

    def _loss(self, sample: Sample, noise: Noise) -> Tensor:
        of_joint, of_product = self._values(sample, noise)
        average, total = self._averaged(of_product)
        self.log_average.copy_(average)
        self.log_total.copy_(total)
        return -_corrected(of_joint, of_product, average - total)

    def _averaged(self, of_product: Tensor) -> tuple[Tensor, Tensor]:
        """Logarithms of the moving average of exp(t) with this batch in it, and of what the weights in it add up to."""
        newest = log_mean_exp(of_product.detach())
        kept = math.log1p(-self.rate) if self.rate < 1 else -math.inf
        share = math.log(self.rate)
        return (
            torch.logaddexp(self.log_average + kept, newest + share),
            torch.logaddexp(self.log_total + kept, torch.full_like(newest, share)),
        )


def _corrected(of_joint: Tensor, of_product: Tensor, log_average: Tensor) -> Tensor:
    """The dual of this batch with the gradient ``grad E_joint t - E_product[exp(t) grad t] / average``, shape []."""
    surrogate = of_joint.mean() - torch.exp(of_product - log_average).mean()
    return surrogate + (donsker_varadhan(of_joint, of_product) - surrogate).detach()

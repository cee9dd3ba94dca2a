"""The terms in R: none, beta, and the two forms of the target rate."""

import math

import torch
from torch import Tensor, nn

from backend.spec import BetaRate, NoRate, TargetRate
from worker.objectives.contract import Position, RateTerm, scalar


class NoTerm(RateTerm):
    """0: an unregularised autoencoder."""

    trains_marginal = False

    def __init__(self, config: NoRate) -> None:
        super().__init__()

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        return torch.zeros_like(rate)


class Beta(RateTerm):
    """beta * R, with beta rising linearly from 0 over the annealing epochs."""

    def __init__(self, config: BetaRate) -> None:
        super().__init__()
        self.config = config

    def weight(self, position: Position) -> float:
        """beta of this step."""
        annealing = self.config.anneal_epochs * position.steps_per_epoch
        return self.config.beta * min(1.0, position.step / annealing) if annealing else self.config.beta

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        return self.weight(position) * rate

    def columns(self, position: Position) -> dict[str, float]:
        return {"beta": self.weight(position)}


class Penalty(RateTerm):
    """weight * |R* - R| with the batch mean of R (B, section 4)."""

    def __init__(self, config: TargetRate) -> None:
        super().__init__()
        self.config = config

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        return self.config.weight * (rate - self.config.target_rate).abs()


class Constrained(RateTerm):
    """Minimise D subject to held-out R = R*, by a learned weight w on R.

    An augmented Lagrangian, seen as a controller (ControlVAE, Shao et al. 2020): with the error
    ``e = log (1 + R) - log (1 + S)``,

    ``w = exp(u + P e) - 1,  u <- u + I e``

    - The integral u finds the frontier's slope at the set point S, whatever it is; the proportional part makes the
      objective curved, so that it has one minimum even where the frontier is a straight line and w alone decides
      nothing.
    - Logarithms make one gain fit rates from tenths to hundreds of nats and slopes from thousandths to thousands.
    - w stays above -1, the weight the paper's penalty has below R*: below zero it rewards rate, which lifts a
      collapsed decoder off R = 0 and goes beyond the rate where D stops falling.
    - Where w is below zero, the marginal goes on descending R: trained the other way, m(z) would meet S by the distance
      from q(z), and not by what z tells.
    - I shrinks with the learning rate, because so does the speed at which R answers, and is larger in short runs.
    - S is R* less the gap between held-out and training rate, measured while training.
    """

    PROPORTIONAL = 2.0
    INTEGRAL = 0.02
    """A step; R answers within about 100 steps."""
    LEAST_TRAVEL = 10.0
    """What I adds up to over a whole run, at least: a run of a hundred steps has to move u as far as a longer one."""
    LARGEST_ERROR = 0.5
    """What the integral sees at most: what it winds up on the way to S it has to unwind beyond."""
    LEVELS = (-6.0, math.log(1e6))
    """Range of u: w from nearly -1 to the largest beta there is."""
    CORRECTION = 0.5
    """Share of the newest gap in the running one: the gap is measured with error."""
    corrections = 20

    level: Tensor
    set_point: Tensor
    gap: Tensor

    def __init__(self, config: TargetRate) -> None:
        super().__init__()
        self.target = config.target_rate
        self.register_buffer("level", scalar(2.0).log())  # w = 1: start at the ELBO
        self.register_buffer("set_point", scalar(self.target))
        self.register_buffer("gap", scalar(0.0))

    def _error(self, rate: Tensor) -> Tensor:
        return rate.clamp_min(0.0).log1p() - self.set_point.log1p()  # a sampled rate near 0 may be negative

    def _weight(self, rate: Tensor) -> Tensor:
        return torch.expm1((self.level + self.PROPORTIONAL * self._error(rate)).clamp(*self.LEVELS))

    def forward(self, rate: Tensor, position: Position) -> Tensor:
        weight = self._weight(rate.detach())
        self._direction = torch.where(weight < 0, -1.0, 1.0)
        return weight * (rate - self.set_point)

    def guard(self, marginal: nn.Module) -> None:
        """Turn the gradient of the marginal's own parameters round where w is below zero; D has none in them."""
        for parameter in marginal.parameters():
            parameter.register_hook(lambda gradient: gradient * self._direction)  # type: ignore[no-untyped-call]

    def update(self, rate: Tensor, position: Position) -> None:
        error = self._error(rate).clamp(-self.LARGEST_ERROR, self.LARGEST_ERROR)
        gain = max(self.INTEGRAL, self.LEAST_TRAVEL / position.steps)
        self.level += gain * position.pace * error
        self.level.clamp_(*self.LEVELS)

    def correct(self, gap: Tensor) -> None:
        self.gap += self.CORRECTION * (gap - self.gap)
        self._aim()

    def taken_over(self) -> None:
        self._aim()

    def _aim(self) -> None:
        self.set_point.copy_((self.target - self.gap).clamp_min(0.0))

    def columns(self, position: Position) -> dict[str, float]:
        return {"multiplier": float(torch.expm1(self.level)), "set_point": float(self.set_point)}


def target(config: TargetRate) -> RateTerm:
    """The form the specification asks for."""
    return Constrained(config) if config.form == "constrained" else Penalty(config)

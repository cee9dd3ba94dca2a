"""Discriminators: what they find between known distributions, and what they ask of the encoder."""

import math
from collections.abc import Callable

import pytest
import torch
from scipy import integrate
from torch import Tensor

from backend.spec import AdversarialDivergence, AdversarialRate, KlDivergence, WeightedDivergence
from worker.distributions import DiagonalGaussian, Draw, StandardNormal
from worker.lab.correlated import Correlated
from worker.lab.descent import descend
from worker.networks.contract import ImageShape
from worker.objectives import DIVERGENCES
from worker.objectives.contract import Opponent, Position, Sample, Sizes, Term
from worker.objectives.opponents import constant, logistic_loss
from worker.objectives.rate_adversarial import AdversarialRate as Rate
from worker.observing import SilentObserver
from worker.rng import StepNoise

CPU = torch.device("cpu")
SIZES = Sizes(shape=ImageShape(height=1, width=1, channels=1), latent_dim=1, width=1.0)
SMALL = {"units": 32, "layers": 2, "learning_rate": 3e-3}


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", CPU).at(step)


def of(config: WeightedDivergence) -> Term:
    torch.manual_seed(0)
    term = DIVERGENCES[config.kind](config, SIZES)
    assert term is not None
    return term


def codes(z: Tensor) -> Sample:
    """Codes of images that do not matter, against N(0, 1)."""
    return Sample(x=torch.zeros(len(z), 1, 1, 1), draw=Draw.plain(z), marginal=StandardNormal(1))


def moved(rows: int, step: int) -> Sample:
    """Codes ~ N(1.2, 1)."""
    return codes(1.2 + noise(step).normal(rows, 1))


def train(opponent: Opponent, sample: Callable[[int, int], Sample], steps: int) -> None:
    """On new samples at each step."""

    def loss(step: int) -> Tensor:
        return opponent.loss(sample(512, 2 * step), noise(2 * step + 1))

    descend(opponent.parameters, loss, steps, opponent.learning_rate, SilentObserver())


def gaussian_js(mean: float) -> float:
    """Usual Jensen-Shannon divergence of N(mean, 1) and N(0, 1), nats."""

    def each(z: float) -> float:
        p, q = (math.exp(-0.5 * (z - shift) ** 2) / math.sqrt(2 * math.pi) for shift in (mean, 0))
        return 0.5 * (p * math.log(2 * p / (p + q)) + q * math.log(2 * q / (p + q)))

    return integrate.quad(each, -10, 11)[0]


@pytest.mark.parametrize(
    ("config", "truth"),
    [(AdversarialDivergence(**SMALL), gaussian_js(1.2)), (KlDivergence(**SMALL), 0.5 * 1.2**2)],
    ids=["js", "kl"],
)
def test_a_discriminator_trained_on_two_gaussians_finds_their_divergence(
    config: WeightedDivergence, truth: float
) -> None:
    term = of(config)
    (discriminator,) = term.opponents()
    assert discriminator.learning_rate == 3e-3
    train(discriminator, moved, steps=400)
    found = float(term(moved(50_000, 5000), noise(5001)).columns["divergence"])
    assert found == pytest.approx(truth, rel=0.06)


def test_a_discriminator_of_pairs_finds_the_rate_of_an_encoder_whose_density_it_never_sees() -> None:
    """The linear-Gaussian encoder under its own aggregated posterior, whose R is I(x; z)."""
    pairs = Correlated.of_information(0.5)
    torch.manual_seed(0)
    term = Rate(AdversarialRate(beta=2.0, **SMALL), SIZES)
    (discriminator,) = term.opponents()
    train(discriminator, lambda rows, step: pairs.sample(rows, noise(step)), steps=1000)
    measured = term.measure(torch.tensor(0.0), pairs.sample(50_000, noise(5000)), noise(5001))
    assert float(measured.columns["rate_estimate"]) == pytest.approx(0.5, rel=0.06)
    position = Position(step=0, steps=1, steps_per_epoch=1, pace=1.0)
    assert float(term(measured.loss, position)) == pytest.approx(2 * float(measured.loss))


def test_the_rates_gradient_reaches_the_encoder_and_leaves_none_in_the_discriminator() -> None:
    term = Rate(AdversarialRate(**SMALL), SIZES)
    slope = torch.ones(1, 1, requires_grad=True)
    x = torch.rand(8, 1, 1, 1)
    posterior = DiagonalGaussian(x.flatten(1) @ slope, torch.ones(8, 1))
    sample = Sample(x=x, draw=posterior.rsample(noise()), marginal=StandardNormal(1))
    term.measure(torch.tensor(0.0), sample, noise(1)).loss.backward()
    assert slope.grad is not None
    assert float(slope.grad.abs().max()) > 0
    assert all(parameter.grad is None for parameter in term.parameters())
    assert all(parameter.requires_grad for parameter in term.parameters())
    (discriminator,) = term.opponents()
    discriminator.loss(sample.fixed(), noise(2)).backward()
    assert all(parameter.grad is not None for parameter in discriminator.parameters)


def test_a_network_is_trained_again_after_an_error_while_it_was_a_constant() -> None:
    network = torch.nn.Linear(2, 1)
    with pytest.raises(RuntimeError), constant(network):
        network(torch.zeros(1, 3))
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_undecided_log_odds_cost_two_bits_and_large_ones_stay_finite() -> None:
    assert float(logistic_loss(torch.zeros(3), torch.zeros(4))) == pytest.approx(2 * math.log(2))
    assert float(logistic_loss(torch.tensor([1e4]), torch.tensor([-1e4]))) == 0
    assert float(logistic_loss(torch.tensor([-1e4]), torch.tensor([1e4]))) == 2e4


def test_the_two_losses_of_the_encoder_agree_where_the_discriminator_is_undecided_and_not_where_it_is_sure() -> None:
    """A quarter of the slope each at even odds; minimax alone vanishes where a code surely is none of m(z)."""

    def slopes(log_odds: float) -> list[float]:
        found = []
        for loss in ("minimax", "non-saturating"):
            term = of(AdversarialDivergence(encoder_loss=loss, layers=1, units=1))
            with torch.no_grad():
                for parameter, value in zip(term.parameters(), (1.0, 5.0, 1.0, log_odds - 5), strict=True):
                    parameter.fill_(value)
            z = torch.zeros(4, 1, requires_grad=True)  # log-odds of z + log_odds
            term(codes(z), noise()).loss.backward()
            assert z.grad is not None
            found.append(float(z.grad.sum()))
        return found

    assert slopes(0.0) == pytest.approx([0.25, 0.25])
    minimax, other = slopes(12.0)
    assert 0 < minimax < 1e-5
    assert other == pytest.approx(0.5, rel=1e-4)

"""Information terms: every dual at its best critic, their gradients, the shuffle and the moving average."""

import pytest
import torch
from torch import Tensor

from backend.spec import kinds
from worker.distributions import DiagonalGaussian, StandardNormal
from worker.lab.correlated import Correlated
from worker.lab.duals import CASES, best_critic, valued
from worker.networks.contract import ImageShape
from worker.objectives import INFORMATION_TERMS
from worker.objectives.contract import Sample, Sizes, Term
from worker.objectives.duals import DUALS, donsker_varadhan, dual_value
from worker.objectives.information import shifted
from worker.objectives.pairs import paired
from worker.rng import StepNoise

CPU = torch.device("cpu")
KINDS = [kind for kind in INFORMATION_TERMS if kind != "none"]
SIZES = Sizes(shape=ImageShape(height=2, width=3, channels=1), latent_dim=2, width=1.0)


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", CPU).at(step)


@pytest.mark.parametrize(("kind", "pairs"), CASES, ids=lambda value: getattr(value, "rho", value))
def test_a_dual_with_its_best_critic_is_the_divergence(kind: str, pairs: Correlated) -> None:
    found = valued(kind, pairs, best_critic(kind, pairs), seed=7)
    truth = pairs.truth(kind)
    assert found.value == pytest.approx(truth, abs=max(0.05 * truth, 3 * found.stderr))
    assert found.stderr < 0.05 * truth


@pytest.mark.parametrize("kind", DUALS)
def test_f_star_is_the_conjugate_of_f_on_what_the_output_allows(kind: str) -> None:
    """``f*(t) = max_u u t - f(u)`` over u > 0, with f as the paper has it."""
    f = {
        "kl": lambda u: u * u.log(),
        "js": lambda u: u * u.log() - (u + 1) * ((u + 1) / 2).log(),
        "pearson": lambda u: (u - 1).square(),
        "hellinger": lambda u: (u.sqrt() - 1).square(),
        "tv": lambda u: 0.5 * (u - 1).abs(),
    }[kind]
    u = torch.cat((torch.logspace(-9, 5, 400_001, dtype=torch.float64), torch.ones(1)))  # tv has its kink at 1
    v = torch.linspace(-1.5, 1.5, 7, dtype=torch.float64)
    dual = DUALS[kind]
    highest = torch.stack([(u * t - f(u)).max() for t in dual.output(v)])
    assert torch.allclose(dual.conjugate(v), highest, atol=1e-6)


@pytest.mark.parametrize("kind", DUALS)
def test_no_other_critic_does_better_than_the_best_one(kind: str) -> None:
    """On a grid of x and z, with sums in the place of means."""
    pairs, dual = Correlated(0.45), DUALS[kind]
    ticks = torch.linspace(-6, 6, 241, dtype=torch.float64)
    x, z = torch.meshgrid(ticks, ticks, indexing="ij")
    q = torch.exp(-0.5 * (x.square() + z.square()))
    r = pairs.log_ratio(x, z)

    def value(v: Tensor) -> float:
        return float((q * r.exp() * dual.output(v)).sum() - (q * dual.conjugate(v)).sum())

    best = dual.best(r)
    for other in (0.9 * best, best + 0.1, best + 0.1 * torch.sin(3 * x * z), torch.zeros_like(r)):
        # of tv any v of the right sign is as good once tanh is 1
        assert value(other) <= value(best) * (1 + 1e-12 * (kind == "tv"))


def test_large_outputs_stay_finite_where_the_divergence_is_bounded() -> None:
    large = torch.tensor([-200.0, 200.0], requires_grad=True)
    for kind in ("js", "tv"):
        value = dual_value(DUALS[kind], large, large)
        (slope,) = torch.autograd.grad(value, large)
        assert value.isfinite()
        assert slope.isfinite().all()
    assert donsker_varadhan(large, large).isfinite()


# -- as terms ---------------------------------------------------------------------------------------------------------


def term_of(kind: str, **settings: float) -> Term:
    torch.manual_seed(0)
    config = kinds("information_terms")[kind].model_validate({"layers": 1, "units": 16, **settings})
    term = INFORMATION_TERMS[kind](config, SIZES)
    assert term is not None
    return term


def sample_of(weights: Tensor, rows: int = 32) -> Sample:
    """z ~ N(weights x, 1/4)."""
    x = torch.rand(rows, 1, 2, 3, generator=torch.Generator().manual_seed(0))
    loc = x.flatten(1) @ weights
    posterior = DiagonalGaussian(loc, torch.full_like(loc, 0.5))
    return Sample(x=x, draw=posterior.rsample(noise()), marginal=StandardNormal(2))


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_reaches_the_encoder_and_leaves_none_in_the_critic_which_descends_on_its_own(kind: str) -> None:
    term, weights = term_of(kind), torch.ones(6, 2, requires_grad=True)
    sample = sample_of(weights)
    outcome = term(sample, noise(1))
    outcome.loss.backward()
    assert weights.grad is not None
    assert (weights.grad != 0).all()
    assert all(parameter.grad is None for parameter in term.parameters())
    (critic,) = term.opponents()
    before = critic.loss(sample.fixed(), noise(1))
    assert float(before.detach()) == pytest.approx(-float(outcome.columns["information"]), abs=1e-6)
    torch.optim.SGD(critic.parameters, lr=1e-3).step(before.backward)
    assert all(parameter.grad is not None for parameter in critic.parameters)
    assert float(critic.loss(sample.fixed(), noise(1)).detach()) < float(before.detach())


@pytest.mark.parametrize("count", [2, 3, 64])
def test_a_shuffle_is_one_and_leaves_none_in_its_place(count: int) -> None:
    seen = set()
    for step in range(20 * count):
        order = shifted(count, noise(step), CPU)
        assert sorted(order.tolist()) == list(range(count))
        assert (order != torch.arange(count)).all()
        seen.add(int(order[0]))
    assert seen == set(range(1, count))


class One:
    """The largest number below 1 that single precision has."""

    def uniform(self, *shape: int) -> Tensor:
        return torch.full(shape, 1 - 2**-24)


def test_the_largest_number_turns_by_one_less_than_all() -> None:
    assert int(shifted(10**6, One(), CPU)[0]) == 10**6 - 1  # type: ignore[arg-type]


def test_a_pair_is_the_image_from_minus_1_to_1_beside_its_latents() -> None:
    x, z = torch.tensor([[[[0.0, 0.5, 1.0]]]]), torch.tensor([[7.0, -8.0]])
    assert paired(x, z).tolist() == [[-1.0, 0.0, 1.0, 7.0, -8.0]]


# -- Donsker-Varadhan -------------------------------------------------------------------------------------------------


def test_without_a_moving_average_the_gradient_is_that_of_the_dual_itself() -> None:
    term, weights = term_of("donsker_varadhan", average_rate=1.0), torch.ones(6, 2, requires_grad=True)
    sample = sample_of(weights)
    (found,) = torch.autograd.grad(term(sample, noise(1)).loss, weights)
    (expected,) = torch.autograd.grad(donsker_varadhan(*term._values(sample_of(weights), noise(1))), weights)
    assert torch.allclose(found, expected, atol=1e-6)


def test_the_moving_average_is_that_of_the_critics_batches_from_the_first_one_on() -> None:
    rate = 0.2
    term = term_of("donsker_varadhan", average_rate=rate)
    (critic,) = term.opponents()
    means = []
    for step in range(6):
        sample = sample_of(torch.full((6, 2), 1.0 + step))
        with torch.no_grad():
            means.append(float(term._values(sample, noise(step))[1].exp().mean()))
        critic.loss(sample, noise(step))
    shares = [rate * (1 - rate) ** age for age in reversed(range(6))]
    expected = sum(share * mean for share, mean in zip(shares, means, strict=True)) / sum(shares)
    assert float((term.log_average - term.log_total).exp()) == pytest.approx(expected, rel=1e-5)
    before = term.log_average.clone()
    term(sample_of(torch.ones(6, 2)), noise(9))
    assert torch.equal(term.log_average, before)  # the model's own step leaves it alone


def test_the_moving_average_lessens_the_bias_of_the_gradient() -> None:
    """The slope of ``log E exp(s n)`` in s = 1, which is 1 for n ~ N(0, 1), from batches of 8."""
    rows, batches, first = 8, 3000, 200
    slopes = {}
    for rate in (1.0, 0.02):
        term, drawn = term_of("donsker_varadhan", average_rate=rate), noise()
        slopes[rate] = 0.0
        for number in range(batches):
            values = drawn.normal(rows, 1)[:, 0]
            term.log_average, term.log_total = term._averaged(values)
            if number >= first:
                weights = torch.exp(values - (term.log_average - term.log_total))
                slopes[rate] += float((weights * values).mean()) / (batches - first)
    assert slopes[1.0] < 0.9
    assert slopes[0.02] == pytest.approx(1, abs=0.05)

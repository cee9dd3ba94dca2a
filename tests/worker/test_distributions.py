"""Densities against torch's own, and the closed-form rate against the sampled one."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.distributions import Independent, Normal

from worker.distributions import (
    CategoricalMarginal,
    CategoricalPosterior,
    DiagonalGaussian,
    Draw,
    Marginal,
    StandardNormal,
    closed_form,
    rate,
    rate_per_dimension,
    sampled_rate,
)
from worker.marginals.logistic import UnitLogistic
from worker.rng import FixedNoise, StepNoise

CPU = torch.device("cpu")


def posterior(count: int, dimensions: int, seed: int = 0) -> DiagonalGaussian:
    generator = torch.Generator().manual_seed(seed)
    loc = torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    scale = torch.rand(count, dimensions, generator=generator, dtype=torch.float64) + 0.1
    return DiagonalGaussian(loc, scale)


def test_log_prob_is_that_of_independent_normals() -> None:
    e = posterior(5, 3)
    z = torch.randn(5, 3, dtype=torch.float64)
    assert torch.allclose(e.log_prob(Draw.plain(z)), Independent(Normal(e.loc, e.scale), 1).log_prob(z))
    assert torch.allclose(StandardNormal(3).log_prob(Draw.plain(z)), Normal(0.0, 1.0).log_prob(z).sum(1))


def test_all_pairs_agree_with_one_pair_at_a_time_even_for_narrow_posteriors() -> None:
    e = posterior(20, 6)
    narrow = DiagonalGaussian(e.loc * 3, e.scale * 1e-3)
    draw = narrow.rsample(StepNoise(0, "test", CPU).at(0)).double()
    slow = torch.stack([Independent(Normal(narrow.loc, narrow.scale), 1).log_prob(each) for each in draw.z])
    fast = narrow.pairwise_log_prob(draw)
    assert torch.allclose(fast, slow, rtol=1e-9, atol=1e-6)


def test_closed_form_rate_agrees_with_the_sampled_one() -> None:
    e = posterior(8, 5)
    draws = 40_000
    wide = DiagonalGaussian(e.loc.repeat(draws, 1), e.scale.repeat(draws, 1))
    draw = wide.rsample(StepNoise(1, "test", CPU).at(0)).double()
    sampled = sampled_rate(wide, StandardNormal(5), draw).reshape(draws, 8)
    exact = rate(e, StandardNormal(5), Draw.plain(e.loc))
    assert torch.equal(exact, closed_form(e, StandardNormal(5)))
    assert ((sampled.mean(0) - exact).abs() < 4 * sampled.std(0) / math.sqrt(draws)).all()


def test_another_marginal_gets_the_sampled_rate() -> None:
    class Shifted:
        def log_prob(self, draw: Draw) -> torch.Tensor:
            return StandardNormal(3).log_prob(Draw.plain(draw.z - 2))

    e, draw = posterior(4, 3), Draw.plain(torch.zeros(4, 3, dtype=torch.float64))
    assert closed_form(e, Shifted()) is None  # type: ignore[arg-type]
    assert torch.equal(rate(e, Shifted(), draw), e.log_prob(draw) - Shifted().log_prob(draw))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cauchy:
    """A product over the dimensions that no module here has heard of."""

    def log_prob_each(self, draw: Draw) -> Tensor:
        return torch.distributions.Cauchy(0.0, 1.0).log_prob(draw.z)

    def log_prob(self, draw: Draw) -> Tensor:
        return self.log_prob_each(draw).sum(-1)


@pytest.mark.parametrize("marginal", [StandardNormal(3), UnitLogistic(3), Cauchy()])
def test_the_parts_of_the_rate_add_up_to_it_whatever_the_factorised_marginal(marginal: Marginal) -> None:
    e = posterior(4, 3)
    draw = e.rsample(StepNoise(0, "test", CPU).at(0)).double()
    parts = rate_per_dimension(e, marginal, draw)
    assert parts is not None
    assert parts.shape == (4, 3)
    assert torch.allclose(parts.sum(1), rate(e, marginal, draw), atol=1e-12)
    closed = closed_form(e, marginal)
    assert (closed is None) == isinstance(marginal, (UnitLogistic, Cauchy))
    if closed is None:
        assert torch.allclose(parts.sum(1), sampled_rate(e, marginal, draw), atol=1e-12)


def test_a_categorical_has_a_closed_rate_without_parts_and_only_under_its_own_marginal() -> None:
    e = CategoricalPosterior.of_logits(torch.randn(4, 3, generator=torch.Generator().manual_seed(0)).double())
    marginal = CategoricalMarginal(torch.tensor([0.2, 0.3, 0.5]).double().log())
    draw = e.rsample(StepNoise(0, "test", CPU).at(0))
    closed = closed_form(e, marginal)
    assert closed is not None
    assert torch.equal(rate(e, marginal, draw), closed)
    assert rate_per_dimension(e, marginal, draw) is None
    assert closed_form(e, StandardNormal(3)) is None
    assert closed_form(posterior(4, 3), marginal) is None


def test_the_first_columns_of_fixed_noise_do_not_depend_on_how_many_there_are() -> None:
    few, many = (FixedNoise(3, "test", CPU).normal(16, columns) for columns in (4, 64))
    assert torch.equal(few, many[:, :4])
    assert many.std() > 0.9


def test_steps_and_streams_have_their_own_numbers() -> None:
    noise = StepNoise(0, "a", CPU)
    first = noise.at(1).normal(4, 4)
    assert torch.equal(first, StepNoise(0, "a", CPU).at(1).normal(4, 4))
    for other in (StepNoise(0, "a", CPU).at(2), StepNoise(0, "b", CPU).at(1), StepNoise(1, "a", CPU).at(1)):
        assert not torch.equal(first, other.normal(4, 4))

"""What each dimension carries: against slow twins and models whose truth is known."""

import math
import re
from pathlib import Path

import pytest
import torch

from backend.spec import ActiveUnitsEstimator, MutualInformationEstimator
from tests.worker.conftest import encoded_of
from tests.worker.test_flows import flow_of, posterior_of
from worker import evaluate
from worker.distributions import DiagonalGaussian, Draw
from worker.estimators.active_units import DRAWS, MOST_EXAMPLES, active_units, variance_of_sampled_means
from worker.estimators.mutual_information import mutual_information
from worker.estimators.pairs import MOST_INVERTED
from worker.estimators.per_dimension import comparable, information_per_dimension
from worker.flows.distributions import FlowPosterior
from worker.rng import StepNoise

INFORMATION = torch.tensor([0.0, 0.1, 1.0, 2.0], dtype=torch.float64)
"""Nats that each dimension of :func:`known` tells."""


def known(count: int) -> tuple[DiagonalGaussian, Draw]:
    """z_d = a_d x_d + s_d n_d with a^2 + s^2 = 1, so that I(x; z_d) = -log s_d."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, len(INFORMATION), generator=generator, dtype=torch.float64)
    scale = (-INFORMATION).exp()
    e = DiagonalGaussian((1 - scale.square()).sqrt() * x, scale.expand(count, -1))
    return e, e.rsample(StepNoise(0, "test", torch.device("cpu")).at(0)).double()


def test_information_per_dimension_is_that_of_a_known_model() -> None:
    e, draw = known(3_000)
    found = mutual_information(MutualInformationEstimator(), encoded_of(e, draw), lambda: None)
    values = torch.tensor(found.arrays["information_per_dimension"])
    assert found.estimates["mutual_information_self"].settings["per_dimension_examples"] == 1000
    assert torch.allclose(values, INFORMATION.float(), atol=0.06)


def test_information_per_dimension_agrees_with_one_density_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.estimators.per_dimension.PAIRS_AT_ONCE", 40 * 40 * 3)  # the last dimension comes alone
    e, _ = known(40)
    e = DiagonalGaussian(e.loc, e.scale * torch.linspace(0.2, 3, 40, dtype=torch.float64)[:, None])
    draw = e.rsample(StepNoise(0, "test", torch.device("cpu")).at(0))
    found = information_per_dimension(encoded_of(e, draw), lambda: None)
    for dimension in range(4):
        normal = torch.distributions.Normal(e.loc[:, dimension], e.scale[:, dimension])
        pairs = normal.log_prob(draw.z[:, dimension, None])
        slow = (pairs.diagonal() - pairs.logsumexp(1) + math.log(40)).mean()
        assert float(found[dimension]) == pytest.approx(float(slow), abs=1e-6)


def test_a_flow_without_context_has_the_information_of_its_base_in_each_dimension() -> None:
    e, draw = known(200)
    flow = flow_of(4)
    behind = encoded_of(FlowPosterior(e, flow, None), Draw(flow(draw.z).detach(), draw.z))
    plain = encoded_of(e, draw)
    assert torch.equal(information_per_dimension(behind, lambda: None), information_per_dimension(plain, lambda: None))


def test_many_dimensions_are_compared_on_fewer_examples() -> None:
    loc = torch.zeros(300, 10_000, dtype=torch.float32)
    some = comparable(encoded_of(DiagonalGaussian(loc, loc + 1), Draw.plain(loc)))
    assert some is not None
    assert len(some.draw) == 100
    assert comparable(encoded_of(posterior_of(5, 2, 3), Draw.plain(torch.zeros(5, 2)))) is None


def test_the_variance_of_sampled_means_is_unbiased() -> None:
    """Two draws an example: uncorrected, the half of the posterior's own variance would stay in it."""
    e, _ = known(50)
    noise = StepNoise(0, "test", torch.device("cpu")).at(0)
    found = torch.stack([variance_of_sampled_means(e, 2, noise, lambda: None) for _ in range(400)])
    exact = e.loc.var(dim=0)
    assert ((found.mean(0) - exact).abs() < 4 * found.std(0) / math.sqrt(400)).all()
    assert found[:, 0].min() < 0  # collapsed, and not clamped


def test_active_units_behind_a_flow_are_those_of_means_over_many_draws() -> None:
    e, draw = known(300)
    flow = flow_of(4, seed=5)
    behind = FlowPosterior(e, flow, None)
    with torch.no_grad():
        found = active_units(ActiveUnitsEstimator(), encoded_of(behind, draw), lambda: None)
        many = [behind.rsample(StepNoise(1, "test", torch.device("cpu")).at(step)).z for step in range(400)]
    assert found.estimates["active_units"].settings["draws"] == DRAWS
    exact = torch.stack(many).mean(0).var(dim=0)
    assert torch.allclose(torch.tensor(found.arrays["posterior_mean_variance"]), exact.float(), atol=0.05)
    assert found.estimates["active_units"].value == int((exact >= 0.05).sum())


def test_the_documentation_tells_the_draws_that_are_taken() -> None:
    text = (Path(__file__).parents[2] / "docs" / "measurements.md").read_text()
    told = re.search(r"the mean is of (\d+) draws for at most (\d+) images", text)
    assert told is not None
    assert [int(each) for each in told.groups()] == [DRAWS, MOST_EXAMPLES]
    told = re.search(
        r"drawn (\d+) times for each state there \((\d+) times\s.*?at most ([\d,]+) pairs", text, re.DOTALL
    )
    assert told is not None
    numbers = [int(each.replace(",", "")) for each in told.groups()]
    assert numbers == [evaluate.DRAWS, evaluate.DRAWS_OF_FLOWS, MOST_INVERTED**2]

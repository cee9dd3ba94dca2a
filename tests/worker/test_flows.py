"""The flow: what each mean sees, that it goes both ways, and that densities are the change of variables."""

import math

import pytest
import torch
from torch import Tensor
from torch.autograd.functional import jacobian

from backend.spec import Architecture, FlowEncoder, MlpNetwork, MutualInformationEstimator
from tests.worker.conftest import encoded_of
from worker.distributions import DiagonalGaussian, Draw, StandardNormal, closed_form, sampled_rate
from worker.estimators.mutual_information import mixture_information, mutual_information
from worker.flows import Flow
from worker.flows.distributions import FlowDistribution, FlowPosterior
from worker.model import build_model
from worker.networks.contract import ImageShape
from worker.rng import StepNoise

CPU = torch.device("cpu")
SHAPE = ImageShape(height=4, width=3, channels=1)


def randomised(module: torch.nn.Module, scale: float = 0.5, seed: int = 0) -> torch.nn.Module:
    """Parameters far from their start, in float64."""
    generator = torch.Generator().manual_seed(seed)
    module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return module


def flow_of(dimensions: int, context: int = 0, units: int = 24, layers: int = 3, steps: int = 4, seed: int = 0) -> Flow:
    flow = Flow(dimensions, steps=steps, units=units, layers=layers, context=context)
    randomised(flow, 1 / math.sqrt(units), seed)
    return flow


def normal(*shape: int, seed: int = 1) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def context_of(rows: int, size: int) -> Tensor | None:
    return normal(rows, size, seed=2) if size else None


def posterior_of(count: int, dimensions: int, size: int, units: int = 24) -> FlowPosterior:
    base = DiagonalGaussian(normal(count, dimensions, seed=3), normal(count, dimensions, seed=4).exp() * 0.3)
    return FlowPosterior(base, flow_of(dimensions, size, units), context_of(count, size))


@pytest.mark.parametrize("context", [0, 2])
@pytest.mark.parametrize(("dimensions", "units"), [(2, 2), (6, 40), (9, 9), (9, 4)])
def test_each_mean_sees_what_comes_before_it_and_the_order_is_reversed_between_steps(
    dimensions: int, units: int, context: int
) -> None:
    flow = flow_of(dimensions, context, units, layers=1)
    c = context_of(1, context)
    x = 50 * normal(64, dimensions)  # far apart: a unit may be off at one x, not at all of them
    for step, mean in enumerate(flow.means):
        seen = sum(jacobian(lambda x, mean=mean: mean(x, c)[0], each[None])[:, 0].abs() for each in x)
        if step % 2:
            seen = seen.flip(0, 1)
        assert torch.equal(seen, seen.tril(-1))
        if units >= dimensions - 1:
            assert (seen[torch.ones_like(seen).tril(-1) > 0] > 0).all()
        else:  # too few units for every degree: still the last output sees all there is before it
            assert (seen[-1, :-1] > 0).all()


def test_every_mean_sees_the_whole_context() -> None:
    flow = flow_of(5, context=3)
    x, c = normal(1, 5), 50 * normal(64, 3, seed=2)
    for mean in flow.means:
        seen = sum(jacobian(lambda c, mean=mean: mean(x, c)[0], each[None])[:, 0].abs() for each in c)
        assert (seen > 0).all()


@pytest.mark.parametrize("context", [0, 3])
@pytest.mark.parametrize(("dimensions", "units"), [(1, 4), (2, 1), (5, 24), (7, 7), (20, 6), (20, 50)])
def test_the_inverse_is_the_inverse_with_and_without_a_gradient(dimensions: int, units: int, context: int) -> None:
    flow = flow_of(dimensions, context, units)
    x, c = normal(6, dimensions), context_of(6, context)
    y = flow(x, c)
    assert not torch.allclose(x, y, atol=0.1)
    assert torch.allclose(flow.inverse(y, c), x, atol=1e-10)
    with torch.no_grad():
        assert torch.allclose(flow.inverse(y, c), x, atol=1e-10)
        assert torch.allclose(flow(flow.inverse(x, c), c), x, atol=1e-10)


def test_the_log_determinant_is_exactly_zero() -> None:
    flow, x = flow_of(5, context=3), normal(6, 5)
    log_determinant = flow.transform(context_of(6, 3)).call_and_ladj(x)[1]
    assert torch.equal(log_determinant, torch.zeros(6, dtype=torch.float64))
    volume = torch.linalg.slogdet(jacobian(lambda x: flow(x, context_of(1, 3)), x[:1])[0, :, 0]).logabsdet
    assert abs(float(volume)) < 1e-12


@pytest.mark.parametrize("context", [False, True])
@pytest.mark.parametrize("latent_dim", [1, 5])
def test_log_e_is_the_change_of_variables_by_autograd(latent_dim: int, context: bool) -> None:
    encoder = FlowEncoder(network=MlpNetwork(layers=1, units=8), units=16, context=context)
    model = build_model(Architecture(encoder=encoder, latent_dim=latent_dim), SHAPE, seed=0)
    randomised(model.encoder)
    x = (normal(4, 1, 4, 3) > 0).double()
    posterior = model.encoder(x)
    draw = posterior.rsample(StepNoise(0, "test", CPU).at(0))
    found = posterior.log_prob(draw)
    again = posterior.log_prob(posterior.invert(draw.z))
    assert torch.allclose(found, again, atol=1e-9)
    for row in range(4):
        one = posterior[row : row + 1]
        forwards = jacobian(lambda base, one=one: one.flow(base, one.context), draw.base[row : row + 1])[0, :, 0]
        backwards = jacobian(lambda z, one=one: one.invert(z).base, draw.z[row : row + 1])[0, :, 0]
        assert torch.allclose(forwards @ backwards, torch.eye(latent_dim, dtype=torch.float64), atol=1e-9)
        density = torch.distributions.Normal(one.base.loc[0], one.base.scale[0]).log_prob(draw.base[row]).sum()
        expected = density - torch.linalg.slogdet(forwards).logabsdet
        assert torch.allclose(found[row], expected, atol=1e-10)


@pytest.mark.parametrize("context", [0, 3])
def test_all_pairs_agree_with_one_pair_at_a_time(context: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.flows.distributions.ROWS_AT_ONCE", 16)  # two latents at once: the last comes alone
    posterior = posterior_of(7, 4, context)
    with torch.no_grad():
        draw = posterior.rsample(StepNoise(0, "test", CPU).at(0))
        fast = posterior.pairwise_log_prob(draw)
        slow = torch.stack([posterior.log_prob(posterior.invert(z.expand(7, 4))) for z in draw.z])
    assert torch.allclose(fast, slow, atol=1e-9)
    assert torch.allclose(fast.diagonal(), posterior.log_prob(draw), atol=1e-9)


@pytest.mark.parametrize("context", [0, 3])
def test_a_posterior_can_be_cut_joined_and_widened(context: int) -> None:
    whole = posterior_of(6, 4, context)
    parts = [whole[:2], whole[torch.tensor([2, 3, 4, 5])]]
    joined = FlowPosterior.cat(parts)
    draw = whole.rsample(StepNoise(0, "test", CPU).at(0))
    assert len(joined) == len(whole) == 6
    assert torch.equal(joined.log_prob(Draw.cat([draw[:2], draw[2:]])), whole.log_prob(draw))
    if context:
        assert torch.equal(joined.context, whole.context)
    single = FlowPosterior(
        DiagonalGaussian(whole.base.loc.float(), whole.base.scale.float()),
        whole.flow.float(),
        None if whole.context is None else whole.context.float(),
    )
    wide = single.double()
    assert wide.invert(draw.z).base.dtype == torch.float64
    assert torch.allclose(wide.flow(wide.invert(draw.z).base, wide.context), draw.z, atol=1e-10)


def test_information_behind_a_flow_that_sees_x_is_measured_on_500_drawn_examples() -> None:
    posterior = posterior_of(600, 2, 3, units=4)
    with torch.no_grad():
        draw = posterior.rsample(StepNoise(0, "test", CPU).at(0))
        rate = sampled_rate(posterior, StandardNormal(2), draw)
        encoded = encoded_of(posterior, draw, rate)
        findings = mutual_information(MutualInformationEstimator(), encoded, lambda: None)
        some = encoded.some(500, "estimators/mutual_information")
        expected = mixture_information(some.posterior, some.draw)
    assert len(some.draw) == 500
    assert not torch.equal(some.rate, rate[:500])
    assert {estimate.settings["examples"] for estimate in findings.estimates.values()} == {500}
    assert findings.information is not None
    # the exponentials are float32, and other chunks end in other last bits
    assert findings.information.lower == pytest.approx(float(expected.including_self.mean()), abs=1e-5)
    assert findings.information.upper <= float(rate.mean())
    paired = some.rate - expected.including_self
    assert findings.estimates["marginal_kl_upper"].value == pytest.approx(float(paired.mean()), abs=1e-5)
    assert "information_per_dimension" not in findings.arrays


def test_narrow_posteriors_behind_a_flow_that_sees_x_are_compared_in_float64() -> None:
    wide = posterior_of(20, 3, 3)
    base = DiagonalGaussian(wide.base.loc.float(), torch.full((20, 3), 1e-6))
    single = FlowPosterior(base, wide.flow.float(), wide.context.float())  # type: ignore[union-attr]
    with torch.no_grad():
        draw = single.rsample(StepNoise(0, "test", CPU).at(0)).double()
        encoded = encoded_of(single.double(), draw)
        findings = mutual_information(MutualInformationEstimator(), encoded, lambda: None)
    assert findings.information is not None
    assert findings.information.lower == pytest.approx(math.log(20))


def test_a_flow_that_does_not_look_at_what_it_sees_has_the_information_of_its_base() -> None:
    posterior = posterior_of(80, 3, 3)
    with torch.no_grad():
        for mean in posterior.flow.means:
            mean.hidden[0].weight[:, 3:] = 0
        draw = posterior.rsample(StepNoise(0, "test", CPU).at(0))
        seeing = mixture_information(posterior, draw)
        blind = mixture_information(posterior.base, Draw.plain(draw.base))
    assert torch.allclose(seeing.including_self, blind.including_self, atol=1e-6)
    assert seeing.error < 1e-9


def test_the_closed_form_rate_of_the_base_is_the_mean_of_the_sampled_rate_when_both_flows_are_one() -> None:
    """e(z|x) and m(z) behind the same flow: R = KL(N(mu, sigma) || N(0, 1)), with nothing closed left to use."""
    draws, flow = 20_000, flow_of(3)
    inverse = InverseFlow(flow)
    base = DiagonalGaussian(normal(4, 3, seed=3), normal(4, 3, seed=4).exp() * 0.3)
    wide = FlowPosterior(DiagonalGaussian(base.loc.repeat(draws, 1), base.scale.repeat(draws, 1)), flow, None)
    marginal = FlowDistribution(inverse, 3)  # type: ignore[arg-type]
    with torch.no_grad():
        sampled = sampled_rate(wide, marginal, wide.rsample(StepNoise(1, "test", CPU).at(0))).reshape(draws, 4)
    exact = base.kl_from_standard().sum(1)
    assert closed_form(wide, marginal) is None
    assert ((sampled.mean(0) - exact).abs() < 4 * sampled.std(0) / math.sqrt(draws)).all()


class InverseFlow:
    """A flow turned round."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def __call__(self, z: Tensor) -> Tensor:
        return self.flow.inverse(z)


def test_ten_thousand_dimensions_go_both_ways() -> None:
    flow = Flow(10_000, steps=2, units=8, layers=2)
    x = torch.randn(3, 10_000, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.allclose(flow.inverse(flow(x)), x, atol=1e-4)


def test_masks_are_no_part_of_a_checkpoint() -> None:
    flow = Flow(6, steps=1, units=5, layers=1)
    assert flow.state_dict().keys() == {
        "means.0.hidden.0.weight",
        "means.0.hidden.0.bias",
        "means.0.last.weight",
        "means.0.last.bias",
    }

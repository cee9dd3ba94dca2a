"""The mixture estimates of I(x;z): against a slow twin, and against models whose truth is known."""

import math

import pytest
import torch
from torch import Tensor

from backend.spec import MutualInformationEstimator
from tests.worker.conftest import encoded_of
from worker.distributions import DiagonalGaussian, Draw, Posterior
from worker.estimators.mutual_information import mixture_information, mutual_information

TRUTHS = [
    # d, true I, self, leave one out: measured once with N = 10,000 (SCIENCE section 4)
    (10, 1.61, 1.59, 1.59),
    (10, 4.80, 4.74, 4.845),
    (10, 11.99, 8.95, 15.87),
    (64, 76.7, 9.21, 322.0),
]


def linear_gaussian(count: int, dimensions: int, information: float, seed: int) -> tuple[DiagonalGaussian, Tensor]:
    """x ~ N(0, I) and z = a x + s n with a^2 + s^2 = 1: ``I = -d log s``, and q(z) = N(0, I)."""
    generator = torch.Generator().manual_seed(seed)
    scale = math.exp(-information / dimensions)
    x = torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    noise = torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    loc = math.sqrt(1 - scale**2) * x
    return DiagonalGaussian(loc, torch.full_like(loc, scale)), loc + scale * noise


def slow(posterior: Posterior, z: Tensor) -> tuple[float, float]:
    """The definition, with one log-sum-exp over the whole matrix."""
    pairs = torch.stack([posterior.log_prob(Draw.plain(each.expand_as(z))) for each in z])
    own, count = pairs.diagonal(), len(z)
    including = own - pairs.logsumexp(1) + math.log(count)
    others = pairs.clone().fill_diagonal_(-math.inf).logsumexp(1) - math.log(count - 1)
    return float(including.mean()), float((own - others).mean())


@pytest.mark.parametrize("information", [0.01, 3.0, 30.0])
def test_fast_mixture_agrees_with_its_slow_twin(information: float) -> None:
    e, z = linear_gaussian(300, 6, information, seed=1)
    mixture = mixture_information(e, Draw.plain(z), pairs_at_once=300 * 70)  # the last chunk is smaller
    including, others = slow(e, z)
    assert float(mixture.including_self.mean()) == pytest.approx(including, abs=2e-6)
    assert float(mixture.leave_one_out.mean()) == pytest.approx(others, abs=2e-6, rel=1e-6)


def test_standard_error_is_the_spread_over_data_sets() -> None:
    values, errors = [], []
    for seed in range(60):
        e, z = linear_gaussian(200, 4, 1.5, seed)
        each = mixture_information(e, Draw.plain(z)).including_self
        values.append(float(each.mean()))
        errors.append(float(each.std() / math.sqrt(len(each))))
    spread = torch.tensor(values).std().item()
    assert torch.tensor(errors).mean().item() == pytest.approx(spread, rel=0.35)


@pytest.mark.parametrize(("dimensions", "information", "including", "others"), TRUTHS)
def test_linear_gaussian_truths(dimensions: int, information: float, including: float, others: float) -> None:
    e, z = linear_gaussian(10_000, dimensions, information, seed=3)
    mixture = mixture_information(e, Draw.plain(z))
    for found, expected in ((mixture.including_self, including), (mixture.leave_one_out, others)):
        error = float(found.std() / math.sqrt(len(found)))
        assert float(found.mean()) == pytest.approx(expected, abs=3 * error + 0.02)


@pytest.mark.parametrize(("dimensions", "information"), [(2, 1.0), (10, 4.8), (64, 76.7)])
def test_the_interval_holds_the_truth(dimensions: int, information: float) -> None:
    e, z = linear_gaussian(2_000, dimensions, information, seed=4)
    rate = e.kl_from_standard().sum(1)
    encoded = encoded_of(e, Draw.plain(z), rate)
    findings = mutual_information(MutualInformationEstimator(), encoded, lambda: None)
    interval, estimates = findings.information, findings.estimates
    assert interval is not None
    low, high = estimates["mutual_information_self"], estimates["mutual_information_leave_one_out"]
    assert low.bound == "lower"
    assert high.bound == "upper"
    assert interval.lower == low.value
    assert interval.lower - 3 * low.stderr <= information <= interval.upper + 3 * max(high.stderr, 0.2)
    assert interval.upper <= float(rate.mean())
    assert interval.saturated == (interval.lower > math.log(2_000) - 1)
    # KL(q || m) is 0 here, and lies between R less the interval's ends
    kl_low, kl_high = estimates["marginal_kl_lower"], estimates["marginal_kl_upper"]
    assert kl_low.value - 3 * kl_low.stderr <= 0 <= kl_high.value + 3 * kl_high.stderr
    assert kl_high.value == pytest.approx(float(rate.mean()) - interval.lower)


def test_the_bounds_on_the_marginal_kl_hold_in_expectation_and_are_not_clamped() -> None:
    """q = m, so KL(q || m) = 0: over many data sets the lower bound averages at most 0, and is free to be negative."""
    lower, upper = [], []
    for seed in range(100):
        e, z = linear_gaussian(300, 2, 1.0, seed=seed)
        encoded = encoded_of(e, Draw.plain(z), e.kl_from_standard().sum(1))
        estimates = mutual_information(MutualInformationEstimator(), encoded, lambda: None).estimates
        lower.append(estimates["marginal_kl_lower"].value)
        upper.append(estimates["marginal_kl_upper"].value)
    low, high = torch.tensor(lower), torch.tensor(upper)
    assert float(low.mean()) <= 3 * float(low.std()) / 10
    assert float(high.mean()) >= -3 * float(high.std()) / 10
    assert low.min() < 0 < low.max()


def test_the_bounds_of_a_source_with_known_entropy() -> None:
    """x = W z* + noise with d(x|z) Gaussian: H - D <= I <= R, and all of them are known."""
    generator = torch.Generator().manual_seed(5)
    count, dimensions, noise_scale = 4_000, 3, 0.5
    source = torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    x = source + noise_scale * torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    variance = 1 + noise_scale**2
    entropy = 0.5 * dimensions * math.log(2 * math.pi * math.e * variance)
    # the encoder is the true posterior of the source, and the decoder the true likelihood: every bound is tight
    e = DiagonalGaussian(x / variance, torch.full_like(x, noise_scale / math.sqrt(variance)))
    z = e.loc + e.scale * torch.randn(count, dimensions, generator=generator, dtype=torch.float64)
    d = DiagonalGaussian(z, torch.full_like(z, noise_scale))
    rate, distortion = e.kl_from_standard().sum(1), -d.log_prob(Draw.plain(x))
    information = 0.5 * dimensions * math.log(variance / noise_scale**2)
    error = 3 * (rate.std() + distortion.std()).item() / math.sqrt(count)
    mixture = mixture_information(e, Draw.plain(z))
    including = mixture.including_self
    assert float(rate.mean()) == pytest.approx(information, abs=error)
    assert entropy - float(distortion.mean()) == pytest.approx(information, abs=error)
    spread = 3 * float(including.std()) / math.sqrt(count)
    assert entropy - float(distortion.mean()) - error <= information <= float(rate.mean()) + error
    assert float(including.mean()) <= information + spread
    assert float(mixture.leave_one_out.mean()) >= information - spread


def test_a_mixture_that_float64_cannot_hold_is_flagged_and_gives_no_interval() -> None:
    generator = torch.Generator().manual_seed(6)
    loc = 1e6 * torch.randn(50, 2, generator=generator, dtype=torch.float64)
    e = DiagonalGaussian(loc, torch.full_like(loc, 1e-3))
    z = loc + e.scale * torch.randn(50, 2, generator=generator, dtype=torch.float64)
    encoded = encoded_of(e, Draw.plain(z), e.kl_from_standard().sum(1))
    findings = mutual_information(MutualInformationEstimator(), encoded, lambda: None)
    assert findings.information is None
    assert all(estimate.flags == ("imprecise",) for estimate in findings.estimates.values())
    assert all(estimate.value is not None for estimate in findings.estimates.values())

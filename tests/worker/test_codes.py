"""The shape of q(z): against slow twins, against distributions whose truth is known, and its errors against spreads."""

import math

import pytest
import torch
from torch import Tensor

from tests.worker.conftest import encoded_of
from worker.data.contract import Split
from worker.distributions import CategoricalPosterior, DiagonalGaussian, Draw
from worker.estimators.cloud import cloud, rounded
from worker.estimators.codes import MOST_EXAMPLES, codes
from worker.estimators.discrepancy import across, discrepancy, within
from worker.estimators.moments import moments
from worker.marginals.logistic import UnitLogistic
from worker.objectives.kernels import imq, mmd
from worker.rng import Noise, StepNoise


def normal(count: int, dimensions: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, dimensions, generator=generator, dtype=torch.float64)


def logistic(count: int, dimensions: int, seed: int) -> Tensor:
    noise = StepNoise(seed, "test", torch.device("cpu")).at(0)
    return UnitLogistic(dimensions).sample(count, noise).double()


def log_det(z: Tensor) -> float:
    return float(torch.linalg.slogdet(torch.cov(z.T)).logabsdet)


def test_the_jackknife_in_closed_form_is_the_one_that_leaves_every_sample_out() -> None:
    z = normal(14, 3, 0) @ normal(3, 3, 1) + 5
    without = [log_det(torch.cat((z[:n], z[n + 1 :]))) for n in range(14)]
    mean = sum(without) / 14
    found = moments(z)
    assert found is not None
    assert found.log_det == pytest.approx(14 * log_det(z) - 13 * mean)
    assert found.log_det_stderr == pytest.approx(math.sqrt(13 / 14 * sum((each - mean) ** 2 for each in without)))


@pytest.mark.parametrize("draw", [normal, logistic])
def test_log_volume_is_unbiased_and_its_error_is_the_spread_over_data_sets(draw) -> None:
    mixing = normal(6, 6, 7)
    truth = 2 * float(torch.linalg.slogdet(mixing).logabsdet)
    found = [moments(draw(80, 6, seed) @ mixing) for seed in range(200)]
    values = torch.tensor([each.log_det for each in found if each])
    errors = torch.tensor([each.log_det_stderr for each in found if each])
    assert len(values) == 200
    assert float(values.mean()) == pytest.approx(truth, abs=3.5 * float(values.std()) / math.sqrt(200))
    assert float(errors.square().mean().sqrt()) == pytest.approx(float(values.std()), rel=0.25)
    plug_in = sum(log_det(draw(80, 6, seed) @ mixing) for seed in range(200)) / 200
    assert plug_in < truth - 0.2


@pytest.mark.parametrize(("draw", "truth"), [(normal, 0.0), (logistic, 1.2)])
def test_kurtosis_is_that_of_the_distribution_within_its_error(draw, truth: float) -> None:
    found = moments(3 * draw(20_000, 3, 5) + 1)
    assert found is not None
    assert float(found.kurtosis.mean()) == pytest.approx(truth, abs=3.5 * found.kurtosis_stderr)
    small = [moments(draw(1_000, 3, seed)) for seed in range(150)]
    spread = torch.tensor([float(each.kurtosis.mean()) for each in small if each]).std()
    errors = torch.tensor([each.kurtosis_stderr for each in small if each])
    assert float(errors.square().mean().sqrt()) == pytest.approx(float(spread), rel=0.3)


def test_the_discrepancy_by_blocks_is_the_one_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.estimators.discrepancy.BLOCK", 32)
    z, y = normal(100, 4, 0), 1.2 * normal(75, 4, 1)
    found = discrepancy(within(z, imq, 8.0), within(y, imq, 8.0), across(z, y, imq, 8.0))
    assert found.value == pytest.approx(float(mmd(z, y, imq, 8.0)), rel=1e-10)


# where q = m, the positive half of a noise of one or two modes adds up to 2 E max(chi^2 - 1, 0) = 1 to a variance of 1
@pytest.mark.parametrize(("shift", "most"), [(0.0, math.sqrt(2) * 1.15), (0.5, 1.15)])
def test_the_error_of_a_discrepancy_is_its_spread_and_not_too_small_where_q_is_m(shift: float, most: float) -> None:
    found = []
    for seed in range(150):
        z, y = normal(200, 2, seed) + shift, normal(150, 2, seed + 1000)
        found.append(discrepancy(within(z, imq, 4.0), within(y, imq, 4.0), across(z, y, imq, 4.0)))
    values = torch.tensor([each.value for each in found])
    errors = torch.tensor([each.stderr for each in found]).square().mean().sqrt()
    assert 0.85 <= float(errors / values.std()) <= most
    if not shift:
        assert float(values.mean()) == pytest.approx(0, abs=3.5 * float(values.std()) / math.sqrt(150))
        assert values.min() < 0


def point_masses(z: Tensor) -> DiagonalGaussian:
    return DiagonalGaussian(z, torch.full_like(z, 1e-9))


@pytest.mark.parametrize(
    ("draw", "nearer", "further"), [(normal, "normal", "logistic"), (logistic, "logistic", "normal")]
)
def test_tails_and_discrepancy_tell_the_fixed_marginals_apart(draw, nearer: str, further: str) -> None:
    z = draw(5000, 1, 3)
    found = codes(encoded_of(point_masses(z), Draw.plain(z)), lambda: None)
    near, far = found.estimates[f"mmd_{nearer}"], found.estimates[f"mmd_{further}"]
    assert near.value == pytest.approx(0, abs=3 * near.stderr)
    assert far.value > 1.5 * far.stderr
    assert far.value > 5 * abs(near.value)
    kurtosis = found.estimates["excess_kurtosis"]
    assert kurtosis.value == pytest.approx({"normal": 0.0, "logistic": 1.2}[nearer], abs=3.5 * kurtosis.stderr)
    assert found.estimates["log_det_cov"].value == pytest.approx(0, abs=3.5 * found.estimates["log_det_cov"].stderr)
    assert found.estimates["mmd_marginal"] == found.estimates["mmd_normal"]  # the model's m(z) is N(0, I)
    assert {each.unit for each in found.estimates.values()} == {"1"}
    assert {each.bound for each in found.estimates.values()} == {"estimate"}


@pytest.mark.parametrize(
    "z",
    [normal(5, 4, 0), torch.cat((normal(50, 1, 0), torch.full((50, 1), 3.0)), 1), normal(50, 1, 0).repeat(1, 2)],
    ids=["too few", "a constant", "a copy"],
)
def test_codes_without_a_volume_say_so_and_still_have_a_distance(z: Tensor) -> None:
    assert moments(z) is None
    flat = torch.full((50, 1), 2.0, dtype=torch.float64)
    found = codes(encoded_of(point_masses(flat), Draw.plain(flat)), lambda: None)
    for name in ("log_det_cov", "log_det_cov_per_dimension", "excess_kurtosis"):
        assert found.estimates[name].value is None
        assert found.estimates[name].flags == ("degenerate",)
    assert found.estimates["mmd_marginal"].value > 0.1


def test_a_distribution_is_drawn_by_its_weights() -> None:
    loc = torch.tensor([[-4.0], [4.0]], dtype=torch.float64)
    weights = torch.tensor([0.9, 0.1], dtype=torch.float64)
    e = DiagonalGaussian(loc, torch.ones_like(loc))
    test = Split(images=torch.zeros(2, 1, 2, 2), labels=torch.tensor([0, 1]), weights=weights)
    found = codes(encoded_of(e, Draw.plain(loc), weights=weights, test=test), lambda: None)
    share = sum(found.arrays["codes_class"]) / len(found.arrays["codes_class"])
    assert share == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / 1000))
    variance = 1 + 64 * 0.09
    estimate = found.estimates["log_det_cov"]
    assert estimate.value == pytest.approx(math.log(variance), abs=3.5 * estimate.stderr)
    assert len(set(found.arrays["codes_x"])) > 900  # every one has a z of its own


def test_codes_are_drawn_and_keep_their_class() -> None:
    count = MOST_EXAMPLES + 1000
    z = torch.linspace(0, 1, count, dtype=torch.float64)[:, None]
    test = Split(images=torch.zeros(count, 1, 2, 2), labels=(z[:, 0] > 0.9).long())
    found = codes(encoded_of(point_masses(z), Draw.plain(z), test=test), lambda: None)
    assert found.estimates["log_det_cov"].settings["examples"] == MOST_EXAMPLES
    assert len(found.arrays["codes_x"]) == len(found.arrays["marginal_x"]) == 1000
    assert [x > 0.9 for x in found.arrays["codes_x"]] == [bool(each) for each in found.arrays["codes_class"]]
    assert 0.07 < sum(found.arrays["codes_class"]) / 1000 < 0.13


class Counted:
    """N(0, I) in two dimensions, as a marginal that is not known to be that and remembers what was asked of it."""

    def __init__(self) -> None:
        self.rows: list[int] = []

    def sample(self, rows: int, noise: Noise) -> Tensor:
        self.rows.append(rows)
        return noise.normal(rows, 2)


def test_the_models_marginal_is_drawn_once_in_parts_and_as_a_fixed_one_is() -> None:
    z = normal(1300, 2, 0)
    encoded, marginal, asked = encoded_of(point_masses(z), Draw.plain(z)), Counted(), []
    encoded.model.marginal.distribution = marginal
    found = codes(encoded, lambda: asked.append(1))
    assert marginal.rows == [512, 512, 276]
    assert found.estimates["mmd_marginal"] == found.estimates["mmd_normal"]  # of the same noise
    assert len(asked) >= 3


def test_a_categorical_code_has_no_shape() -> None:
    z = torch.eye(3, dtype=torch.float64)
    found = codes(encoded_of(CategoricalPosterior.of_logits(z), Draw.plain(z)), lambda: None)
    assert not found.estimates
    assert not found.arrays


def test_many_dimensions_are_shown_along_the_axes_of_most_variance_both_clouds_by_one_map() -> None:
    turn = torch.linalg.qr(normal(5, 5, 0)).Q
    scales = torch.tensor([4.0, 2.0, 1.0, 0.5, 0.5], dtype=torch.float64)
    z = normal(4000, 5, 1) * scales @ turn.T
    found = cloud(z, z, None)
    assert found["codes_share"] == pytest.approx([16 / 21.5, 4 / 21.5], abs=0.02)
    assert found["codes_x"] == found["marginal_x"]
    assert found["codes_y"] == found["marginal_y"]
    along = z[:1000] @ turn[:, 0]
    alike = torch.corrcoef(torch.stack((along, torch.tensor(found["codes_x"], dtype=torch.float64))))[0, 1]
    assert float(alike.abs()) > 0.995


def test_one_and_two_dimensions_are_shown_as_they_are() -> None:
    flat = cloud(normal(50, 2, 0), normal(40, 2, 1), torch.arange(50))
    assert flat["codes_y"] == pytest.approx(normal(50, 2, 0)[:, 1].tolist(), abs=1e-4)
    assert flat["codes_class"] == list(range(50))
    assert len(flat["marginal_x"]) == 40
    assert cloud(normal(50, 1, 0), normal(40, 1, 1), None).keys() == {"codes_x", "marginal_x"}
    assert rounded(torch.tensor([1.23456789, -2.0], dtype=torch.float64)) == [1.2346, -2.0]
    assert rounded(torch.tensor([1e-6, 2e-6], dtype=torch.float64)) == pytest.approx([1e-6, 2e-6], rel=1e-3)

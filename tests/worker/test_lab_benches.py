"""The Lab's benches find what the papers and the arithmetic say."""

import json
import math
from typing import Any

import pytest
import torch
from scipy import integrate, stats
from torch import Tensor

from backend.benches import BENCHES as WORDS
from backend.errors import Cancelled
from tests.worker.conftest import data_of, spec_of
from tests.worker.test_divergences import noise
from worker.distributions import DiagonalGaussian
from worker.encoders.contract import Encoder
from worker.lab import BENCHES, duals, networks
from worker.lab.correlated import Correlated
from worker.lab.duals import trained_critic, valued
from worker.lab.plain import rounded
from worker.lab.proposition import BARS, STEPS, WEIGHTS, Codes, descended, mixture_mmd
from worker.model import build_model
from worker.objectives.kernels import mmd, rbf
from worker.observing import SilentObserver


def test_every_bench_has_words_on_the_page() -> None:
    assert BENCHES.keys() == WORDS.keys()


def test_numbers_are_plain_and_short() -> None:
    assert [rounded(value) for value in (torch.tensor(1 / 3), 123456789.0, -2e-12)] == [0.333333, 123457000.0, -2e-12]


class Impatient(SilentObserver):
    """Somebody who asks to stop after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise Cancelled("stop")


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_stops_when_it_is_asked_to(name: str) -> None:
    with pytest.raises(Cancelled):
        BENCHES[name](Impatient(2))


# -- duals ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nats", [0.5, 1.0, 2.0])
def test_the_truth_about_correlated_gaussians(nats: float) -> None:
    pairs = Correlated.of_information(nats)
    assert pairs.information == pytest.approx(nats)
    for kind in ("kl", "hellinger"):
        assert pairs.by_quadrature(kind) == pytest.approx(pairs.truth(kind), rel=1e-8)
    joint, product = (stats.multivariate_normal(cov=[[1, rho], [rho, 1]]) for rho in (pairs.rho, 0))
    point = torch.tensor([0.7, -0.4], dtype=torch.float64)
    assert float(pairs.log_ratio(*point)) == pytest.approx(joint.logpdf(point) - product.logpdf(point))

    def more_likely(a: float) -> float:
        """Of p less that of q: the mass where p > q along x + z = sqrt(2) a, which is |x - z| below some number."""
        rho = pairs.rho
        edge = math.sqrt((2 * nats * (1 - rho**2) + a**2 * (rho - rho**2)) / (rho + rho**2))
        one, other = math.sqrt(1 + rho), math.sqrt(1 - rho)
        of_p = stats.norm.pdf(a, scale=one) * (2 * stats.norm.cdf(edge / other) - 1)
        return of_p - stats.norm.pdf(a) * (2 * stats.norm.cdf(edge) - 1)

    assert pairs.truth("tv") == pytest.approx(integrate.quad(more_likely, -12, 12)[0], abs=1e-4)


def test_pearson_of_correlated_gaussians_is_the_integral() -> None:
    assert Correlated(0.45).by_quadrature("pearson") == pytest.approx(Correlated(0.45).truth("pearson"), rel=1e-6)


@pytest.mark.parametrize("kind", ["kl", "donsker_varadhan"])
def test_a_trained_critic_comes_near_the_best_one(kind: str) -> None:
    pairs = Correlated.of_information(0.5)
    found = valued(kind, pairs, trained_critic(kind, pairs, 300, SilentObserver()))
    assert found.value == pytest.approx(0.5, abs=0.05)
    assert found.value < 0.5 + 3 * found.stderr


def test_the_duals_bench_has_a_row_for_each_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duals, "STEPS", 2)
    found = BENCHES["duals"](SilentObserver())
    json.dumps(found, allow_nan=False)
    assert [(row["kind"], row["information"]) for row in found["rows"]][:3] == [("kl", 0.5), ("kl", 1), ("kl", 2)]
    for row in found["rows"]:
        assert row["best"]["value"] == pytest.approx(
            row["truth"], abs=max(0.05 * row["truth"], 3 * row["best"]["stderr"])
        )
        assert row["trained"]["value"] < row["truth"] + 3 * row["trained"]["stderr"]
    assert {row["kind"]: row["unit"] for row in found["rows"]}["pearson"] == "1"


# -- particles --------------------------------------------------------------------------------------------------------


def test_particles_take_the_tails_of_their_marginal() -> None:
    found = BENCHES["particles"](SilentObserver())
    json.dumps(found, allow_nan=False)
    rows = found["rows"]
    assert [(row["marginal"], row["seed"]) for row in rows] == [
        ("normal", 0),
        ("normal", 1),
        ("logistic", 0),
        ("logistic", 1),
    ]
    for row in rows:
        assert [len(row["points"]), len(row["points"][0])] == [500, 2]
        assert row["mmd_" + row["marginal"]] == min(row["mmd_normal"], row["mmd_logistic"])
        if row["marginal"] == "logistic":
            assert min(row["excess_kurtosis"]) > 0.7
        else:
            assert max(map(abs, row["excess_kurtosis"])) < 0.3


# -- proposition 1 ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ways() -> dict[str, dict[str, list[float]]]:
    return {name: descended(Codes(c=1.0, s=0.5), weight, SilentObserver()) for name, weight in WEIGHTS.items()}


def test_the_elbo_drives_the_codes_apart_and_infovae_keeps_them(ways: dict[str, Any]) -> None:
    for way in ways.values():
        assert [way[name][0] for name in ("step", "c", "s")] == [0, 1, pytest.approx(0.5)]
        assert way["step"][-1] == STEPS
        assert len({len(values) for values in way.values()}) == 1
    elbo, infovae = BARS["elbo"], BARS["infovae"]
    assert ways["elbo"]["c"][-1] > elbo["c_above"]
    assert ways["elbo"]["s"][-1] < elbo["s_below"]
    assert infovae["c_from"] <= ways["infovae"]["c"][-1] <= infovae["c_to"]
    assert ways["infovae"]["s"][-1] > infovae["s_above"]


def test_the_stability_is_local() -> None:
    way = descended(Codes(c=3.0, s=0.1), WEIGHTS["infovae"], SilentObserver(), steps=1500)
    assert way["s"][-1] < 0.01


def test_the_familys_terms_are_those_of_draws() -> None:
    codes = Codes(c=0.8, s=0.6)
    terms, rows = codes(), 200_000
    z = 0.8 + 0.6 * noise().normal(rows, 1)[:, 0].double()  # of x = 1; the other point mirrors it
    with torch.no_grad():
        sigma = float(codes.log_sigma.exp())
        assert sigma == pytest.approx(2 * math.sqrt(stats.norm.cdf(-0.8 / 0.6)))
        each = 0.5 * ((1 - z.sign()) / sigma) ** 2 + math.log(sigma) + 0.5 * math.log(2 * math.pi)
        assert abs(float(each.mean() - terms.distortion)) < 4 * float(each.std()) / math.sqrt(rows)
        for other in (0.9 * sigma, 1.1 * sigma):
            worse = 0.5 * ((1 - z.sign()) / other) ** 2 + math.log(other) + 0.5 * math.log(2 * math.pi)
            assert worse.mean() > each.mean()
        assert float(terms.rate) == pytest.approx(0.5 * (0.64 + 0.36 - 1) - math.log(0.6))


def test_the_mixtures_mmd_is_that_of_draws() -> None:
    c, s, rows, repeats = torch.tensor(1.5).double(), torch.tensor(0.4).double(), 200, 100
    found = []
    for step in range(repeats):
        drawn = noise(step)
        x = 1 - 2 * (drawn.uniform(rows, 1) < 0.5).double()
        found.append(mmd(c * x + s * drawn.normal(rows, 1), drawn.normal(rows, 1).double(), rbf, 2.0))
    each = torch.stack(found)
    assert abs(float(each.mean() - mixture_mmd(c, s))) < 3 * float(each.std()) / math.sqrt(repeats)


def test_the_best_decoders_scale_is_known_where_a_miss_is_too_rare_for_single_numbers() -> None:
    codes = Codes(c=10.0, s=1e-3)
    terms = codes()
    assert terms.distortion.isfinite()
    assert float(terms.distortion.detach()) == pytest.approx(-0.25 * 1e8, rel=1e-6)  # -c^2 / (4 s^2)
    terms.distortion.backward()
    assert float(codes.c.grad) == pytest.approx(-0.5 * 1e7, rel=1e-6)


class Placed(Encoder):
    """e(z|x) = N(c x, s^2) of x = -1, 1."""

    def __init__(self, c: float, s: float) -> None:
        super().__init__()
        self.c, self.s = c, s

    def forward(self, x: Tensor) -> DiagonalGaussian:
        loc = self.c * (2 * x.flatten(1) - 1)
        return DiagonalGaussian(loc, torch.full_like(loc, self.s))


@pytest.mark.parametrize(("c", "s", "counts"), [(0.8, 0.6, True), (-2.0, 0.01, True), (0.1, 1.0, False)])
def test_an_encoder_is_measured_where_it_was_put(c: float, s: float, counts: bool) -> None:
    spec = spec_of(dataset="two-points")
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0).eval()
    model.encoder = Placed(c, s)
    found = networks.measured(model, data)
    json.dumps(found, allow_nan=False)
    assert found["c"] == pytest.approx(abs(c))
    assert found["s"] == pytest.approx(s)
    assert found["rate"] == pytest.approx(0.5 * (c**2 + s**2 - 1) - math.log(s), rel=1e-5)
    assert found["counts"] is counts
    assert math.isfinite(found["distortion"])


def test_an_elbo_that_uses_its_code_drives_it_outward(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for epochs in (10, 40):
        monkeypatch.setattr(networks, "SETTINGS", {"epochs": epochs})
        found.append(networks.measured(*networks.trained("elbo", 0, SilentObserver())))
    early, late = found
    assert early["counts"]
    assert late["counts"]
    assert late["c"] > early["c"] + 0.05
    assert late["distortion"] < 0  # told apart: one scale for both points costs 0.5 log 2 pi e = 1.42
    assert late["s"] < 0.3 * late["c"]


def test_the_bars_are_those_of_the_proposition() -> None:
    assert BARS == {
        "elbo": {"c_above": 5, "s_below": 0.01},
        "infovae": {"c_from": 0.4, "c_to": 1.2, "s_above": 0.3},
        "rate_above": 0.1,
        "lambda": 500,
    }

"""Divergences from samples: against closed forms, against slow twins, and under every marginal."""

import math
from typing import Any

import pytest
import torch
from scipy import integrate
from torch import Tensor

from backend.spec import (
    AdversarialDivergence,
    Architecture,
    FlowEncoder,
    FlowMarginal,
    GaussianEncoder,
    KlDivergence,
    LogisticMarginal,
    MlpNetwork,
    MmdDivergence,
    NormalMarginal,
    SteinDivergence,
    VampMarginal,
    WeightedDivergence,
)
from worker.distributions import Draw, Marginal, StandardNormal
from worker.marginals.logistic import UnitLogistic
from worker.model import Model, build_model
from worker.networks.contract import ImageShape
from worker.objectives import DIVERGENCES
from worker.objectives.contract import Sample, Sizes, Term
from worker.objectives.divergences import score
from worker.objectives.kernels import (
    KERNELS,
    bandwidth,
    imq,
    mmd,
    rbf,
    squared_distances,
    stein_direction,
    stein_discrepancy,
)
from worker.rng import StepNoise

CPU = torch.device("cpu")
SHAPE = ImageShape(height=4, width=3, channels=1)


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", CPU).at(step)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


# -- fast against slow ------------------------------------------------------------------------------------------------


def slow_kernel(kernel: str, a: Tensor, b: Tensor, c: float) -> Tensor:
    squared = ((a - b) ** 2).sum()
    return torch.exp(-squared / c) if kernel == "rbf" else c / (c + squared)


def slow_mmd(z: Tensor, y: Tensor, kernel: str, c: float) -> float:
    def mean(a: Tensor, b: Tensor, apart: bool) -> float:
        pairs = [(i, j) for i in range(len(a)) for j in range(len(b)) if i != j or not apart]
        return sum(float(slow_kernel(kernel, a[i], b[j], c)) for i, j in pairs) / len(pairs)

    return mean(z, z, True) + mean(y, y, True) - 2 * mean(z, y, False)


@pytest.mark.parametrize("kernel", KERNELS)
def test_mmd_is_the_double_sum(kernel: str) -> None:
    z, y = 1.5 * normal(9, 3) + 0.4, normal(7, 3, seed=1)
    assert float(mmd(z, y, KERNELS[kernel], 2.7)) == pytest.approx(slow_mmd(z, y, kernel, 2.7), rel=1e-12)


def test_the_stein_direction_and_discrepancy_are_the_double_sums_of_gradients_by_autograd() -> None:
    z, scores, c = normal(6, 3), normal(6, 3, seed=1), 1.9
    direction, discrepancy = torch.zeros_like(z), 0.0
    for i in range(6):
        for j in range(6):
            a, b = z[i].clone().requires_grad_(), z[j].clone().requires_grad_()
            k = slow_kernel("rbf", a, b, c)
            of_a, of_b = torch.autograd.grad(k, (a, b), create_graph=True)
            direction[i] += (k * scores[j] + of_b).detach() / 6
            trace = sum(torch.autograd.grad(of_a[d], b, retain_graph=True)[0][d] for d in range(3))
            if i != j:
                each = k * scores[i] @ scores[j] + scores[i] @ of_b + scores[j] @ of_a + trace
                discrepancy += float(each.detach()) / 30
    assert torch.allclose(stein_direction(z, scores, c), direction, rtol=1e-10)
    assert float(stein_discrepancy(z, scores, c)) == pytest.approx(discrepancy, rel=1e-10)


def test_far_from_0_single_precision_keeps_its_digits() -> None:
    """Where codes lie does not matter, only how they lie to each other."""
    near, other, scores, c = normal(40, 4), normal(40, 4, seed=1), normal(40, 4, seed=2), 8.0
    away = 1000.0 + near  # float32 keeps four decimals of it
    z, y = away.float(), (1000.0 + other).float()
    exact_z, exact_y = z.double(), y.double()
    assert torch.allclose(mmd(z, y, rbf, c).double(), mmd(exact_z, exact_y, rbf, c), atol=1e-6)
    assert torch.allclose(
        stein_direction(z, scores.float(), c).double(), stein_direction(exact_z, scores, c), atol=1e-6
    )
    found, expected = stein_discrepancy(z, scores.float(), c).double(), stein_discrepancy(exact_z, scores, c)
    assert torch.allclose(found, expected, atol=1e-6)


def test_the_median_is_that_of_all_pairs() -> None:
    z, y = normal(8, 2), normal(7, 2, seed=1)
    every = torch.cat((z, y))
    pairs = sorted(float(((every[i] - every[j]) ** 2).sum()) for i in range(15) for j in range(i))
    assert float(bandwidth("median", z, y)) == pytest.approx(pairs[52])  # of 105
    assert bandwidth("dimension", z, y) == 4.0
    same = torch.ones(4, 2)
    assert mmd(same, same, rbf, bandwidth("median", same)).isfinite()


# -- closed forms -----------------------------------------------------------------------------------------------------


def gaussian_mmd(mean: float, scale: float, dimensions: int, c: float) -> float:
    """Between N(mean, scale^2 I) and N(0, I) under rbf: ``E exp(-d^2 / c)`` is a product over dimensions."""

    def expected(shift: float, variance: float) -> float:
        wide = c + 2 * variance
        return (math.sqrt(c / wide) * math.exp(-(shift**2) / wide)) ** dimensions

    return expected(0, 2 * scale**2) + expected(0, 2) - 2 * expected(mean, 1 + scale**2)


@pytest.mark.parametrize(("mean", "scale"), [(0.0, 1.0), (0.3, 1.0), (0.5, 0.6)])
def test_mmd_between_gaussians_is_unbiased(mean: float, scale: float) -> None:
    repeats, rows, c = 400, 50, 6.0
    found = torch.stack(
        [
            mmd(mean + scale * normal(rows, 3, seed=2 * r), normal(rows, 3, seed=2 * r + 1), rbf, c)
            for r in range(repeats)
        ]
    )
    stderr = float(found.std()) / math.sqrt(repeats)
    assert abs(float(found.mean()) - gaussian_mmd(mean, scale, 3, c)) < 3 * stderr
    if scale == mean + 1:
        assert (found < 0).any()  # unbiased about 0


def test_imq_mmd_between_a_logistic_and_a_normal_is_the_integral() -> None:
    """In one dimension, between a logistic and a normal moved by 0.7, from their densities on a grid."""
    c, rows, repeats, shift = 2.0, 100, 200, 0.7
    grid = torch.linspace(-12, 12, 801, dtype=torch.float64)
    logistic = UnitLogistic(1).log_prob(Draw.plain(grid[:, None])).exp()
    gaussian = StandardNormal(1).log_prob(Draw.plain(grid[:, None] - shift)).exp()
    k = imq((grid[:, None] - grid).square(), c)
    difference = logistic - gaussian
    exact = float(difference @ k @ difference) * 0.03**2
    found = []
    for step in range(repeats):
        drawn = noise(step)
        z, y = UnitLogistic(1).sample(rows, drawn), shift + StandardNormal(1).sample(rows, drawn)
        found.append(mmd(z.double(), y.double(), imq, c))
    each = torch.stack(found)
    stderr = float(each.std()) / math.sqrt(repeats)
    assert abs(float(each.mean()) - exact) < 3 * stderr
    assert stderr < exact / 20


def smoothed(at: float, mean: float, scale: float, c: float) -> float:
    """``int k(z, at) (grad log m - grad log q) q dz`` for q = N(mean, scale^2) and m = N(0, 1)."""

    def each(z: float) -> float:
        density = math.exp(-0.5 * ((z - mean) / scale) ** 2) / (scale * math.sqrt(2 * math.pi))
        return math.exp(-((z - at) ** 2) / c) * (-z + (z - mean) / scale**2) * density

    return integrate.quad(each, mean - 12 * scale, mean + 12 * scale, points=[mean, at], limit=200)[0]


def closed_smoothed(at: float, mean: float, scale: float, c: float) -> float:
    """The same: the kernel times q is a Gaussian in z, and the difference of scores a line."""
    wide = c + 2 * scale**2
    mass = math.sqrt(c / wide) * math.exp(-((at - mean) ** 2) / wide)
    centre = (c * mean + 2 * scale**2 * at) / wide
    return mass * (-centre + (centre - mean) / scale**2)


def test_the_stein_direction_is_the_smoothed_difference_of_scores() -> None:
    mean, scale, c, count = 2.0, 1.5, 2.0, 2000
    z = mean + scale * normal(count, 1)
    direction = stein_direction(z, -z, c)[:, 0]
    for place in range(0, count, 400):
        at = float(z[place])
        assert closed_smoothed(at, mean, scale, c) == pytest.approx(smoothed(at, mean, scale, c), rel=1e-8)
        k = torch.exp(-((z[:, 0] - at) ** 2) / c)
        each = k * -z[:, 0] + (2 / c) * (at - z[:, 0]) * k
        stderr = float(each.std()) / math.sqrt(count)
        assert (
            abs(float(direction[place]) - closed_smoothed(at, mean, scale, c)) < 3 * stderr + 5 / count
        )  # the particle's own kernel weighs 1/n


def of(config: WeightedDivergence, latent_dim: int) -> Term:
    torch.manual_seed(0)
    term = DIVERGENCES[config.kind](config, Sizes(shape=SHAPE, latent_dim=latent_dim, width=1.0))
    assert term is not None
    return term


def points(z: Tensor, marginal: Marginal) -> Sample:
    """Codes of images that do not matter."""
    return Sample(x=torch.zeros(len(z), 1, 4, 3), draw=Draw.plain(z), marginal=marginal)


@pytest.mark.parametrize("rule", ["dimension", "median"])
def test_descending_stein_brings_particles_to_the_normal(rule: Any) -> None:
    z = torch.nn.Parameter((2 + 1.5 * normal(500, 1)).float())
    term = of(SteinDivergence(bandwidth=rule), 1)
    optimiser = torch.optim.Adam([z], lr=0.1)
    seen = []
    for step in range(120):
        optimiser.zero_grad()
        outcome = term(points(z, StandardNormal(1)), noise(step))
        outcome.loss.backward()
        optimiser.step()
        seen.append(float(outcome.columns["divergence"]))
    assert abs(float(z.detach().mean())) < 0.2
    assert abs(float(z.detach().std()) - 1) < 0.15
    assert seen[0] > 0.1
    assert abs(seen[-1]) < 0.01


# -- under every marginal ---------------------------------------------------------------------------------------------

NETWORK = MlpNetwork(layers=1, units=8)
ENCODERS = {"-": GaussianEncoder(network=NETWORK), "+": FlowEncoder(network=NETWORK, units=8, layers=1, steps=2)}
MARGINALS = {
    "-": NormalMarginal(),
    "+": FlowMarginal(units=8, layers=1, steps=2),
    "v": VampMarginal(pseudo_inputs=5),
    "l": LogisticMarginal(),
}
TERMS: list[WeightedDivergence] = [
    MmdDivergence(),
    MmdDivergence(kernel="imq", bandwidth="median"),
    SteinDivergence(bandwidth="median"),
    AdversarialDivergence(layers=1, units=8),
    KlDivergence(layers=1, units=8),
]


def model_of(encoder: str, marginal: str) -> Model:
    architecture = Architecture(encoder=ENCODERS[encoder], marginal=MARGINALS[marginal], latent_dim=3)
    return build_model(architecture, SHAPE, seed=0)


def sample_of(model: Model, rows: int = 16) -> Sample:
    x = torch.bernoulli(torch.full((rows, 1, 4, 3), 0.5), generator=torch.Generator().manual_seed(0))
    terms = model(x, noise())
    return Sample(x=x, draw=terms.draw, marginal=terms.marginal)


@pytest.mark.parametrize("marginal", MARGINALS)
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_divergence_moves_the_encoder_and_neither_the_marginal_nor_its_discriminator(
    encoder: str, marginal: str
) -> None:
    for config in TERMS:
        model, term = model_of(encoder, marginal), of(config, 3)
        outcome = term(sample_of(model), noise(1))
        outcome.loss.backward()
        for name, parameter in model.encoder.named_parameters():
            if parameter.requires_grad:
                assert parameter.grad is not None, (config.kind, name)
                assert parameter.grad.isfinite().all(), (config.kind, name)
        assert any(float(parameter.grad.abs().max()) > 0 for parameter in model.encoder.parameters())
        assert all(parameter.grad is None for parameter in (*model.marginal.parameters(), *term.parameters()))
        assert outcome.columns["divergence"].isfinite()
        assert not outcome.columns["divergence"].requires_grad
        for opponent in term.opponents():
            opponent.loss(sample_of(model).fixed(), noise(2)).backward()
            assert all(parameter.grad is not None for parameter in opponent.parameters)


@pytest.mark.parametrize(("encoder", "marginal"), [("-", "-"), ("-", "l"), ("-", "v"), ("-", "+"), ("+", "v")])
def test_the_score_is_the_slope_of_the_log_density(encoder: str, marginal: str) -> None:
    model = model_of(encoder, marginal).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * normal(*parameter.shape, seed=5)
    m, z, step = model.m(), normal(6, 3), 1e-5
    found = score(m, z)
    for dimension in range(3):
        shift = step * torch.eye(3, dtype=torch.float64)[dimension]
        above, below = (m.log_prob(m.invert(z + sign * shift)) for sign in (1, -1))
        assert torch.allclose(found[:, dimension], ((above - below) / (2 * step)).detach(), atol=1e-5)


def test_squared_distances_have_the_gradient_of_the_plain_ones() -> None:
    a, b = normal(5, 3).requires_grad_(), normal(4, 3, seed=1).requires_grad_()
    weights = normal(5, 4, seed=2)
    fast = torch.autograd.grad((weights * squared_distances(a, b)).sum(), (a, b))
    slow = torch.autograd.grad((weights * (a[:, None] - b).square().sum(2)).sum(), (a, b))
    assert all(torch.allclose(f, s, rtol=1e-10) for f, s in zip(fast, slow, strict=True))

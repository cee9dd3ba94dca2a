"""Real-valued pixels: the density, its draws, and what is made of a distortion that may be negative."""

import io
import math

import pytest
import torch
from PIL import Image

from backend.spec import GaussianLikelihood
from tests.worker.conftest import data_of, spec_of
from worker.evaluate import evaluate
from worker.likelihoods.gaussian import SMALLEST_SCALE, Gaussian
from worker.pictures import tile
from worker.train import SilentObserver, train


def likelihood(scale: float | None = None) -> Gaussian:
    found = Gaussian(GaussianLikelihood()).double()
    if scale is not None:
        found.log_scale.data.fill_(math.log(scale - SMALLEST_SCALE))
    return found


def test_it_is_torchs_normal_density_of_images_counted_from_minus_one_to_one() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(5, 3, 4, 2, generator=generator, dtype=torch.float64)
    mu = torch.randn(5, 3, 4, 2, generator=generator, dtype=torch.float64)
    for scale in (None, 0.3, 2.0):
        expected = torch.distributions.Normal(mu, scale or 0.1).log_prob(2 * x - 1).flatten(1).sum(1)
        found = likelihood(scale).log_prob(mu, x)
        assert torch.allclose(found, expected, rtol=1e-9 if scale else 1e-6)  # it starts at a float32 0.1
    assert float(Gaussian(GaussianLikelihood()).scale.detach()) == pytest.approx(0.1, abs=1e-6)


def test_sigma_has_a_gradient_and_a_floor() -> None:
    gaussian, x = likelihood(0.5), torch.full((1, 1, 1, 1), 0.5, dtype=torch.float64)
    (gradient,) = torch.autograd.grad(gaussian.log_prob(torch.ones_like(x), x).sum(), gaussian.log_scale)
    # d/ds [-0.5 / s^2 - log s] = 1 / s^3 - 1 / s, times ds / dlog
    assert float(gradient) == pytest.approx((1 / 0.5**3 - 1 / 0.5) * (0.5 - SMALLEST_SCALE))
    gaussian.log_scale.data.fill_(-1e4)
    assert float(gaussian.scale.detach()) == SMALLEST_SCALE
    assert gaussian.log_prob(torch.zeros_like(x), x).isfinite().all()


def test_its_draws_have_its_mean_and_sigma_and_are_finite() -> None:
    gaussian = likelihood(0.4).float().requires_grad_(False)
    count = 200_000
    uniforms = torch.rand(count, 1, 1, 1, generator=torch.Generator().manual_seed(1))
    drawn = 2 * gaussian.sample(torch.full_like(uniforms, 0.7), uniforms) - 1
    assert float(drawn.mean()) == pytest.approx(0.7, abs=4 * 0.4 / math.sqrt(count))
    assert float(drawn.std()) == pytest.approx(0.4, abs=4 * 0.4 / math.sqrt(2 * count))
    ends = torch.tensor([0.0, 1 - 2.0**-24]).view(2, 1, 1, 1)
    assert gaussian.sample(torch.zeros_like(ends), ends).isfinite().all()
    # broadcasting over several draws of one latent, as the factorised decoder asks for
    assert gaussian.sample(torch.zeros(3, 1, 2, 4, 5), torch.rand(3, 6, 2, 4, 5)).shape == (3, 6, 2, 4, 5)


def test_a_picture_shows_what_lies_outside_as_black_or_white() -> None:
    images = torch.tensor([-0.3, 0.0, 0.5, 1.0, 1.7]).view(5, 1, 1, 1)
    shown = Image.open(io.BytesIO(tile(images).png))
    assert list(shown.tobytes()) == [0, 0, 128, 255, 255]


def test_two_points_are_learned_and_a_distortion_below_nothing_has_no_label() -> None:
    spec = spec_of(
        dataset="two-points",
        latent_dim=1,
        epochs=30,
        batch_size=100,
        learning_rate=0.02,
        beta=1e-3,
        network={"kind": "mlp", "layers": 1, "units": 16},
    )
    data = data_of(spec)
    trained = train(spec, data, device="cpu", observer=SilentObserver())
    (point,) = evaluate(trained.model, spec, data, observer=SilentObserver())
    assert float(trained.model.decoder.likelihood.scale.detach()) < 0.2
    assert point.distortion.value < 0  # a density, and a narrow one: at its best sigma 1.42 + log sigma
    assert point.rate.value > 0
    assert point.label is None
    assert len(point.pictures) == 5

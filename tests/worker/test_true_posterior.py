"""The gap to the true posterior: against a linear-Gaussian model, where p(z|x) and p(x) are known."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from backend.spec import Architecture, GaussianEncoder, MlpNetwork, TruePosteriorEstimator
from tests.worker.conftest import data_of, encoded_of, spec_of
from worker.data.contract import Split
from worker.decoders.contract import Decoder
from worker.distributions import DiagonalGaussian, Draw
from worker.distributions.point import PointMass
from worker.estimators.importance import weigh, widened
from worker.estimators.true_posterior import true_posterior
from worker.evaluate import evaluate
from worker.model import Model, build_model
from worker.networks.contract import ImageShape
from worker.rng import StepNoise
from worker.train import SilentObserver

NOISE = 0.5
PIXELS = 6


class LinearGaussian(Decoder):
    """d(x|z) = N(x; W z, 0.25 I) with columns of W at right angles, so that p(z|x) is a diagonal Gaussian."""

    def __init__(self, latent_dim: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        axes = torch.linalg.qr(torch.randn(PIXELS, latent_dim, generator=generator, dtype=torch.float64)).Q
        self.matrix = axes * torch.linspace(1.5, 0.5, latent_dim, dtype=torch.float64)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        loc = z.double() @ self.matrix.T
        return DiagonalGaussian(loc, torch.full_like(loc, NOISE)).log_prob(Draw.plain(x.flatten(1).double()))

    def posterior(self, x: Tensor) -> DiagonalGaussian:
        """``p(z|x) = N((W'W + s^2)^-1 W'x, s^2 (W'W + s^2)^-1)``"""
        precision = self.matrix.square().sum(0) + NOISE**2
        loc = x.flatten(1).double() @ self.matrix / precision
        return DiagonalGaussian(loc, (NOISE / precision.sqrt()).expand_as(loc))

    def log_evidence(self, x: Tensor) -> Tensor:
        covariance = self.matrix @ self.matrix.T + NOISE**2 * torch.eye(PIXELS, dtype=torch.float64)
        return torch.distributions.MultivariateNormal(torch.zeros(PIXELS).double(), covariance).log_prob(x.flatten(1))


@dataclass(frozen=True)
class Known:
    """A linear-Gaussian model with images of its own."""

    model: Model
    decoder: LinearGaussian
    x: Tensor
    test: Split


def known(latent_dim: int, count: int = 24) -> Known:
    network = MlpNetwork(layers=1, units=2)
    architecture = Architecture(encoder=GaussianEncoder(network=network), latent_dim=latent_dim)
    model = build_model(architecture, ImageShape(height=2, width=3, channels=1), seed=0)
    decoder = LinearGaussian(latent_dim)
    model.decoder = decoder
    generator = torch.Generator().manual_seed(1)
    z = torch.randn(count, latent_dim, generator=generator, dtype=torch.float64)
    x = z @ decoder.matrix.T + NOISE * torch.randn(count, PIXELS, generator=generator, dtype=torch.float64)
    images = x.view(count, 1, 2, 3)
    return Known(model, decoder, images, Split(images=images.float()))


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", torch.device("cpu")).at(step)


def kl(e: DiagonalGaussian, p: DiagonalGaussian) -> Tensor:
    ratio = (e.scale / p.scale).square()
    return 0.5 * (ratio - 1 - ratio.log() + ((e.loc - p.loc) / p.scale).square()).sum(1)


@pytest.mark.parametrize("latent_dim", [1, 2, 5])
def test_the_gap_of_the_exact_posterior_is_nothing(latent_dim: int) -> None:
    here = known(latent_dim)
    e = here.decoder.posterior(here.x)
    encoded = encoded_of(e, Draw.plain(e.loc), model=here.model, test=here.test)
    found = true_posterior(TruePosteriorEstimator(images=24, samples=5000), encoded, lambda: None).estimates
    gap, above = found["posterior_gap"], found["neg_log_likelihood_is"]
    assert gap.value == pytest.approx(0, abs=max(4 * gap.stderr, 1e-3))
    assert above.value == pytest.approx(-float(here.decoder.log_evidence(here.x).mean()), abs=0.01)
    assert (gap.bound, above.bound, above.flags) == ("lower", "upper", ())
    assert found["effective_samples"].value > 1000


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 0.4), (0.3, 0.7), (0.2, 1.6)])
def test_the_gap_of_another_gaussian_is_its_divergence(shift: float, scale: float) -> None:
    here = known(2)
    p = here.decoder.posterior(here.x)
    e = DiagonalGaussian(p.loc + shift, p.scale * scale)
    encoded = encoded_of(e, Draw.plain(e.loc), model=here.model, test=here.test)
    found = true_posterior(TruePosteriorEstimator(images=24, samples=6000), encoded, lambda: None).estimates
    truth = kl(e, p)
    each = 4 * (float(truth.mean()) + 0.2) / math.sqrt(2000 * 24)
    assert found["posterior_gap"].value == pytest.approx(float(truth.mean()), abs=each + 0.01)


def test_a_proposal_far_too_narrow_is_made_good_and_resampled_latents_are_of_the_true_posterior() -> None:
    here = known(2)
    p = here.decoder.posterior(here.x)[:1]
    e = DiagonalGaussian(p.loc + 0.5 * p.scale, p.scale * 0.05)
    found = weigh(here.model, here.x[:1], e, 20_000, noise())
    assert found.neg_log_likelihood == pytest.approx(-float(here.decoder.log_evidence(here.x[:1])), abs=0.1)
    drawn = found.resampled(2000)
    assert torch.allclose(drawn.mean(0), p.loc[0], atol=0.06)
    assert torch.allclose(drawn.std(0), p.scale[0], rtol=0.12)
    assert 100 < found.effective < 20_000


def test_log_p_comes_out_low_in_expectation_and_no_draw_weighs_more_than_it_may() -> None:
    here = known(2)
    p = here.decoder.posterior(here.x)[:1]
    e = DiagonalGaussian(p.loc, p.scale * 0.3)
    found = [weigh(here.model, here.x[:1], e, 30, noise(step)) for step in range(300)]
    values = torch.tensor([each.neg_log_likelihood for each in found])
    truth = -float(here.decoder.log_evidence(here.x[:1]))
    assert float(values.mean()) >= truth - 3 * float(values.std()) / math.sqrt(300)
    for each in found[:20]:
        likelihood = here.decoder(here.x[:1].expand(30, 1, 2, 3), each.z)
        assert bool((each.log_weights <= math.log(3) + likelihood + 1e-9).all())


def test_widening_leaves_a_share_of_the_draws_whatever_the_dimension() -> None:
    for dimensions in (1, 8, 64):
        e = DiagonalGaussian(torch.zeros(1, dimensions), torch.ones(1, dimensions))
        variance = float(widened(e).scale[0, 0]) ** 2
        assert (math.sqrt(2 * variance - 1) / variance) ** dimensions > math.exp(-2)


def test_few_effective_draws_are_flagged_and_one_image_has_no_error() -> None:
    here = known(5)
    p = here.decoder.posterior(here.x)
    e = DiagonalGaussian(p.loc + 30 * p.scale, p.scale)
    encoded = encoded_of(e, Draw.plain(e.loc), model=here.model, test=here.test)
    found = true_posterior(TruePosteriorEstimator(images=1, samples=200), encoded, lambda: None)
    assert all(each.flags == ("low_ess",) for each in found.estimates.values())
    assert found.estimates["posterior_gap"].stderr is None
    assert not found.arrays  # five dimensions are not drawn


def test_what_the_figure_shows_are_as_many_draws_of_both() -> None:
    here = known(2)
    e = here.decoder.posterior(here.x)
    encoded = encoded_of(e, Draw.plain(e.loc), model=here.model, test=here.test)
    arrays = true_posterior(TruePosteriorEstimator(images=6, samples=900), encoded, lambda: None).arrays
    assert len(arrays["true_posterior_image"]) == 4
    assert {len(arrays[f"true_posterior_{name}_{axis}"]) for name in "ep" for axis in "xy"} == {4 * 300}
    first = int(arrays["true_posterior_image"][0])
    for name in "ep":
        shown = torch.tensor(arrays[f"true_posterior_{name}_x"][:300])
        assert float(shown.mean()) == pytest.approx(float(e.loc[first, 0]), abs=5 * float(e.scale[first, 0]) / 300**0.5)


def test_an_encoder_without_a_density_has_no_gap() -> None:
    here = known(2)
    z = here.decoder.posterior(here.x).loc
    encoded = encoded_of(PointMass(z), Draw.plain(z), model=here.model, test=here.test)
    found = true_posterior(TruePosteriorEstimator(), encoded, lambda: None).estimates
    assert all(each.value is None and each.flags == ("implicit",) for each in found.values())


@pytest.mark.parametrize("tuple_", ["---", "+-v", "-++"])
def test_every_kind_of_part_is_weighed(tuple_: str) -> None:
    estimators = [{"kind": "true_posterior", "images": 3, "samples": 150}]
    spec = spec_of(dataset={"name": "digits", "eval_limit": 20}, architecture=tuple_, latent_dim=3, width=0.05,
                   evaluation={"estimators": estimators})  # fmt: skip
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0).eval()
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    assert point.estimates["posterior_gap"].value > -0.5
    assert point.estimates["neg_log_likelihood_is"].settings == {"examples": 3, "samples": 150}


class Largest(TorchDispatchMode):
    """Remembers the most numbers that any tensor had."""

    most = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        found = func(*args, **(kwargs or {}))
        if isinstance(found, Tensor):
            self.most = max(self.most, found.numel())
        return found


@pytest.mark.parametrize("marginal", ["-", "v", "+"])
def test_latents_are_weighed_a_few_at_a_time_and_let_go(marginal: str) -> None:
    body = {"dataset": "digits", "architecture": "--" + marginal, "latent_dim": 100, "width": 0.02, "network": "mlp"}
    model = build_model(spec_of(**body).architecture, ImageShape(height=8, width=8, channels=1), seed=0).eval()
    x, largest, asked = torch.rand(1, 1, 8, 8), Largest(), []
    with torch.no_grad(), largest:
        found = weigh(model, x, model.encoder(x).double(), 12_000, noise(), lambda: asked.append(1))
    assert found.log_weights.shape == (12_000,)
    assert len(found.z) == 0  # no figure shows a hundred dimensions
    assert len(asked) == 24
    assert largest.most < 12_000 * 100 / 4


def test_a_listed_z_is_summed_over() -> None:
    spec = spec_of(dataset="toy", evaluation={"estimators": [{"kind": "true_posterior", "images": 200}]})
    data = data_of(spec)
    model = build_model(spec.architecture, data.shape, seed=0).eval()
    (point,) = evaluate(model, spec, data, observer=SilentObserver())
    gap, above = point.estimates["posterior_gap"], point.estimates["neg_log_likelihood_is"]
    assert gap.bound == above.bound == "exact"
    assert gap.value >= 0
    assert gap.value + above.value == pytest.approx(point.neg_elbo.value, abs=4 * math.hypot(gap.stderr, above.stderr))

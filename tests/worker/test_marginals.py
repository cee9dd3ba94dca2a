"""The learned marginals and the logistic: normalised, sampled from what they value, and learned in every part."""

import itertools
import math
from typing import Any

import pytest
import torch
from scipy import stats
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from backend.errors import Released
from backend.spec import (
    Architecture,
    FlowEncoder,
    FlowMarginal,
    GaussianEncoder,
    LogisticMarginal,
    MlpNetwork,
    NormalMarginal,
    PixelCnnDecoder,
    PixelCnnPlusPlusNetwork,
    VampMarginal,
)
from tests.worker.conftest import Recorder, data_of, small
from tests.worker.test_flows import SHAPE, randomised
from worker import checkpoint as checkpoints
from worker.data.contract import Data, Split
from worker.distributions import DiagonalGaussian, Draw, Marginal, Posterior, sampled_rate
from worker.evaluate import evaluate
from worker.marginals.logistic import UnitLogistic
from worker.marginals.vamp import SOFTENED, MixtureOfPosteriors, Vamp
from worker.model import Model, build_model
from worker.rng import FixedNoise, StepNoise
from worker.train import SilentObserver, train

CPU = torch.device("cpu")
NETWORK = MlpNetwork(layers=1, units=8)
ENCODERS = {
    "-": GaussianEncoder(network=NETWORK),
    "+": FlowEncoder(network=NETWORK, units=16, layers=2),
    "+c": FlowEncoder(network=NETWORK, units=16, layers=2, context=True),
}
MARGINALS = {
    "-": NormalMarginal(),
    "+": FlowMarginal(units=16, layers=2),
    "v": VampMarginal(pseudo_inputs=5),
    "l": LogisticMarginal(),
}
POSSIBLE = [(e, m) for e, m in itertools.product(ENCODERS, MARGINALS) if (e, m) != ("+c", "v")]


def noise(step: int = 0) -> StepNoise:
    return StepNoise(0, "test", CPU).at(step)


def model_of(encoder: str, marginal: str, **sizes: Any) -> Model:
    architecture = Architecture(encoder=ENCODERS[encoder], marginal=MARGINALS[marginal], **({"latent_dim": 2} | sizes))
    return build_model(architecture, SHAPE, seed=0)


def made_of(encoder: str, marginal: str) -> tuple[Posterior, Marginal]:
    """m(z) in two dimensions under random parameters, and a posterior that knows how to turn a z round."""
    model = model_of(encoder, marginal)
    randomised(model, 0.35, seed=3)
    with torch.no_grad():
        return model.encoder(torch.zeros(1, 1, 4, 3, dtype=torch.float64)), model.m()


class Cells:
    """The plane around 0, cut into squares."""

    def __init__(self, reach: float, step: float) -> None:
        ticks = torch.arange(-reach, reach, step, dtype=torch.float64)
        self.z = torch.cartesian_prod(ticks, ticks)
        self.area = step**2

    def masses(self, posterior: Posterior, marginal: Marginal) -> Tensor:
        """m(z) times the area of each square."""
        with torch.no_grad():
            return torch.cat(
                [
                    marginal.log_prob(posterior[torch.zeros(len(z), dtype=torch.long)].invert(z)).exp() * self.area
                    for z in self.z.split(20_000)
                ]
            )


@pytest.mark.parametrize(("encoder", "marginal"), [("-", "+"), ("-", "v"), ("+", "v"), ("-", "l")])
def test_m_integrates_to_1_and_its_samples_have_its_moments(encoder: str, marginal: str) -> None:
    posterior, m = made_of(encoder, marginal)
    cells = Cells(reach=12.0, step=0.04)  # a flow has kinks, which a grid sums to their square only
    masses = cells.masses(posterior, m)
    assert float(masses.sum()) == pytest.approx(1.0, abs=1e-5)
    mean = masses @ cells.z
    covariance = (cells.z - mean).T @ ((cells.z - mean) * masses[:, None])
    with torch.no_grad():
        drawn = m.sample(40_000, noise()).double()
    away = drawn - mean
    assert (away.mean(0).abs() < 4 * away.std(0) / math.sqrt(len(drawn))).all()
    products = away[:, :, None] * away[:, None, :]
    spread = products.std(0) / math.sqrt(len(drawn))
    assert ((products.mean(0) - covariance).abs() < 4 * spread).all()


# -- VampPrior --------------------------------------------------------------------------------------------------------


def mixture(scale: float, count: int = 40, dimensions: int = 6) -> MixtureOfPosteriors:
    generator = torch.Generator().manual_seed(0)
    loc = 3 * torch.randn(count, dimensions, generator=generator)
    scales = scale * (torch.rand(count, dimensions, generator=generator) + 0.5)
    return MixtureOfPosteriors(DiagonalGaussian(loc, scales), torch.randn(count, generator=generator).log_softmax(0))


def slow_log_prob(m: MixtureOfPosteriors, z: Tensor) -> Tensor:
    gaussian = m.components
    assert isinstance(gaussian, DiagonalGaussian)
    components = Independent(Normal(gaussian.loc.double(), gaussian.scale.double()), 1)
    return MixtureSameFamily(Categorical(logits=m.log_weights.double()), components).log_prob(z.double())


@pytest.mark.parametrize("scale", [1.0, 1e-2, 1e-4])
def test_the_mixture_keeps_its_precision_in_float32_where_posteriors_are_narrow(scale: float) -> None:
    m = mixture(scale)
    z = m.sample(200, noise())
    found, expected = m.log_prob(Draw.plain(z)), slow_log_prob(m, z)
    assert found.dtype == torch.float32
    assert torch.allclose(found.double(), expected, rtol=1e-6, atol=1e-5)


def test_components_are_drawn_by_their_weights() -> None:
    m = mixture(1e-3)
    z = m.sample(50_000, noise())
    nearest = torch.cdist(z, m.components.loc).argmin(1)
    shares = torch.bincount(nearest, minlength=40) / len(z)
    weights = m.log_weights.exp()
    assert ((shares - weights).abs() < 4.5 * (weights * (1 - weights) / len(z)).sqrt()).all()


def test_a_mixture_of_one_is_that_one() -> None:
    m = mixture(1.0, count=1)
    z = m.sample(5, noise())
    assert torch.allclose(m.log_prob(Draw.plain(z)), m.components.log_prob(Draw.plain(z)))


@pytest.mark.parametrize(("number", "component"), [(0.0, 1), (1 - 2**-24, 2)])
def test_the_smallest_and_the_largest_number_find_a_component_that_has_weight(number: float, component: int) -> None:
    class Extreme:
        def uniform(self, *shape: int) -> Tensor:
            return torch.full(shape, number)

        def normal(self, rows: int, columns: int) -> Tensor:
            return torch.zeros(rows, columns)

    loc = torch.arange(4.0)[:, None]
    weights = torch.tensor([0.0, 0.3, 0.7, 0.0]).log() - 1e-6  # not quite normalised, as float32 is
    m = MixtureOfPosteriors(DiagonalGaussian(loc, torch.ones(4, 1)), weights)
    assert torch.equal(m.sample(3, Extreme()), torch.full((3, 1), float(component)))


def test_pictures_of_two_vamp_models_use_the_same_numbers_whatever_their_size() -> None:
    few, many = (
        MixtureOfPosteriors(
            DiagonalGaussian(torch.arange(8.0)[:, None].expand(8, size), torch.ones(8, size)), torch.zeros(8) - 8
        ).sample(16, FixedNoise(0, "test", CPU))
        for size in (2, 5)
    )
    assert torch.equal(few, many[:, :2])


@pytest.mark.parametrize("binarize", ["static", "dynamic"])
def test_pseudo_inputs_start_from_distinct_training_images_inside_the_cube(binarize: str) -> None:
    spec = small(
        architecture={"marginal": {"kind": "vamp", "pseudo_inputs": 320}},
        dataset={"name": "digits", "train_limit": 320, "binarize": binarize},
    )
    data = data_of(spec)
    vamp = Vamp(spec.architecture.marginal, spec.architecture, data.shape)
    vamp.start_from(data.train, noise())
    inputs = vamp.pixels.detach().sigmoid()
    assert inputs.min() == pytest.approx(SOFTENED)
    assert inputs.max() == pytest.approx(1 - SOFTENED)
    if binarize == "static":
        # as many as there are: each once
        started, images = (each.round().flatten(1).int().tolist() for each in (inputs, data.train.images))
        assert sorted(started) == sorted(images)


def test_pseudo_inputs_are_not_the_first_images() -> None:
    vamp = Vamp(VampMarginal(pseudo_inputs=3), Architecture(), SHAPE)
    images = torch.ones(50, 1, 4, 3, dtype=torch.uint8)
    images[:3] = 0
    vamp.start_from(Split(images=images), noise())
    assert vamp.pixels.max() > 0


# -- logistic ---------------------------------------------------------------------------------------------------------


def test_the_logistic_has_unit_variance_and_is_exact_far_out() -> None:
    scale = math.sqrt(3) / math.pi
    z = torch.tensor([-2000.0, -40.0, -1.0, 0.0, 1e-9, 3.0, 700.0], dtype=torch.float64)
    found = UnitLogistic(1).log_prob(Draw.plain(z[:, None]))
    assert torch.allclose(found, torch.from_numpy(stats.logistic(scale=scale).logpdf(z.numpy())), rtol=1e-13)
    assert stats.logistic(scale=scale).var() == pytest.approx(1.0)
    sheet = z[:, None].clone().requires_grad_()
    UnitLogistic(1).log_prob(Draw.plain(sheet)).sum().backward()
    assert sheet.grad is not None
    assert torch.allclose(sheet.grad[:, 0], -torch.tanh(z / (2 * scale)) / scale)


class Given:
    """Noise that is known."""

    def __init__(self, numbers: Tensor) -> None:
        self.numbers = numbers

    def normal(self, rows: int, columns: int) -> Tensor:
        return self.numbers[:rows, :columns]


def test_a_logistic_sample_is_the_quantile_of_its_normal_number() -> None:
    numbers = torch.tensor([[-30.0], [-6.0], [-0.5], [0.0], [4.0], [12.0]], dtype=torch.float64)
    z = UnitLogistic(1).sample(6, Given(numbers))  # type: ignore[arg-type]
    normal = torch.from_numpy(stats.norm.logcdf(numbers.numpy()))
    logistic = torch.from_numpy(stats.logistic(scale=math.sqrt(3) / math.pi).logcdf(z.numpy()))
    assert torch.allclose(logistic, normal, rtol=1e-9, atol=1e-14)
    few, many = (UnitLogistic(size).sample(16, FixedNoise(0, "test", CPU)) for size in (2, 5))
    assert torch.equal(few, many[:, :2])


def test_the_sampled_rate_against_the_logistic_is_the_integral() -> None:
    loc, scale, draws = 0.7, 0.4, 200_000
    e = DiagonalGaussian(torch.full((draws, 1), loc).double(), torch.full((draws, 1), scale).double())
    sampled = sampled_rate(e, UnitLogistic(1), e.rsample(noise()))
    z = torch.linspace(loc - 10 * scale, loc + 10 * scale, 20_001, dtype=torch.float64)[:, None]
    one = DiagonalGaussian(torch.full((20_001, 1), loc).double(), torch.full((20_001, 1), scale).double())
    density = one.log_prob(Draw.plain(z))
    exact = torch.trapezoid(density.exp() * (density - UnitLogistic(1).log_prob(Draw.plain(z))), z[:, 0])
    assert abs(float(sampled.mean() - exact)) < 4 * float(sampled.std()) / math.sqrt(draws)


# -- whole models -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latent_dim", [1, 3])
@pytest.mark.parametrize(("encoder", "marginal"), POSSIBLE)
def test_a_gradient_reaches_every_parameter(encoder: str, marginal: str, latent_dim: int) -> None:
    model = model_of(encoder, marginal, latent_dim=latent_dim)
    x = torch.bernoulli(torch.full((12, 1, 4, 3), 0.5), generator=torch.Generator().manual_seed(0))
    model.marginal.start_from(Split(images=x), noise())
    terms = model(x, noise())
    (terms.rate + terms.distortion).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name
    if marginal == "v":
        assert (model.marginal.pixels.grad != 0).all()
        assert (model.marginal.weights.grad != 0).all()
        before = [parameter.grad.clone() for parameter in model.encoder.parameters()]
        model.zero_grad()
        with torch.no_grad():
            fixed = model.m()
        posterior = model.encoder(x)
        draw = posterior.rsample(noise())
        (sampled_rate(posterior, fixed, draw) - model.decoder(x, draw.z)).sum().backward()
        after = [parameter.grad for parameter in model.encoder.parameters()]
        assert not all(torch.allclose(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("decoder", ["factorised", "pixelcnn"])
@pytest.mark.parametrize(("encoder", "marginal"), POSSIBLE)
def test_every_tuple_trains_and_is_measured(encoder: str, marginal: str, decoder: str, digits: Data) -> None:
    kinds = {"network": PixelCnnPlusPlusNetwork(features=4, resnets=1)} if decoder == "pixelcnn" else {}
    architecture = Architecture(
        encoder=ENCODERS[encoder], marginal=MARGINALS[marginal], latent_dim=3, width=0.5
    ).model_copy(update={"decoder": PixelCnnDecoder(**kinds)} if decoder == "pixelcnn" else {})
    spec = small(epochs=1, beta=0.1).model_copy(update={"architecture": architecture})
    model = train(spec, digits, device="cpu", observer=SilentObserver()).model
    (point,) = evaluate(model, spec, digits, observer=SilentObserver())
    closed = (encoder, marginal) == ("-", "-")
    assert point.rate.settings["rate"] == ("closed form" if closed else "sampled")
    assert math.isfinite(point.neg_elbo.value)
    assert point.mutual_information is not None
    lower = point.estimates["mutual_information_self"]
    assert lower.value <= point.rate.value + 3 * math.hypot(lower.stderr, point.rate.stderr)
    parts = point.arrays.get("kl_per_dimension")
    if encoder == "-" and marginal in "-l":
        assert sum(parts) == pytest.approx(point.rate.value, rel=1e-5)
    else:
        assert parts is None
    assert ("information_per_dimension" in point.arrays) == (encoder != "+c")
    assert len(point.arrays["posterior_mean_variance"]) == 3
    assert ("draws" in point.estimates["active_units"].settings) == (encoder != "-")


@pytest.mark.parametrize("encoder", ["gaussian", "flow"])
def test_a_vamp_run_that_was_stopped_ends_with_the_same_bits_and_its_checkpoint_measures_the_same(
    encoder: str, digits: Data
) -> None:
    class Stop(Recorder):
        left = 17

        def check(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise Released("stop")

    spec = small(
        architecture={"encoder": {"kind": encoder}, "marginal": {"kind": "vamp", "pseudo_inputs": 20}}, network="mlp"
    )
    whole, stopped = Recorder(), Stop()
    expected = train(spec, digits, device="cpu", observer=whole)
    with pytest.raises(Released):
        train(spec, digits, device="cpu", observer=stopped)
    found = train(spec, digits, device="cpu", observer=SilentObserver(), resume=stopped.saved[-1][1])
    parameters = expected.model.state_dict()
    assert found.step == expected.step
    assert all(torch.equal(value, parameters[name]) for name, value in found.model.state_dict().items())
    loaded = checkpoints.load_model(whole.saved[-1][1], spec)
    (before,), (after,) = (evaluate(each, spec, digits, observer=SilentObserver()) for each in (found.model, loaded))
    assert (before.rate.value, before.distortion.value) == (after.rate.value, after.distortion.value)
    assert before.pictures == after.pictures

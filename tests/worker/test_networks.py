"""Shapes at every size, and that no parameter is left out of the computation."""

from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from backend.spec import (
    Architecture,
    ConvNetwork,
    DcganNetwork,
    FactorisedDecoder,
    GaussianEncoder,
    MlpNetwork,
    Network,
    StridedNetwork,
)
from tests.worker.conftest import Recorder, small
from worker.data.contract import Data
from worker.model import Model, build_model
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape
from worker.networks.dcgan import DcganFeatures, Normalised
from worker.networks.mlp import MlpImage
from worker.networks.rectified import doubling, halving
from worker.rng import StepNoise
from worker.train import train

SIZES = [(28, 28, 1), (8, 8, 1), (1, 1, 1), (2, 3, 1), (1, 9, 1), (5, 7, 3), (13, 6, 2), (31, 30, 1)]
CONFIGS: list[Network] = [
    ConvNetwork(),
    MlpNetwork(layers=3, units=24),
    MlpNetwork(layers=10, units=100, activation="leaky_relu"),
    MlpNetwork(layers=4, units=40, activation="relu"),
    StridedNetwork(),
    StridedNetwork(channels=(16, 24), activation="leaky_relu"),
    DcganNetwork(features=20),
    DcganNetwork(features=20, layers=1),
]
Activation = Literal["gated", "relu", "leaky_relu"]
CPU = torch.device("cpu")


def model_of(config: Network, shape: ImageShape, width: float = 0.1) -> Model:
    architecture = Architecture(
        encoder=GaussianEncoder(network=config), decoder=FactorisedDecoder(network=config), latent_dim=3, width=width
    )
    return build_model(architecture, shape, seed=1)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_networks_land_on_the_size_of_the_image(size: tuple[int, int, int], config: Network) -> None:
    height, width, channels = size
    shape = ImageShape(height=height, width=width, channels=channels)
    family = NETWORKS[config.kind]
    encode, decode = family.to_features(config, shape, 0.1), family.to_image(config, shape, 0.1, 3, 2 * channels)
    assert encode(torch.zeros(4, channels, height, width)).shape == (4, encode.features)
    assert decode(torch.zeros(4, 3)).shape == (4, 2 * channels, height, width)


@pytest.mark.parametrize("config", [StridedNetwork(), DcganNetwork()], ids=lambda config: config.kind)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_decoder_lands_where_the_encoder_was(size: tuple[int, int, int], config: Network) -> None:
    height, width, channels = size
    shape = ImageShape(height=height, width=width, channels=channels)
    family = NETWORKS[config.kind]
    encode, decode = family.to_features(config, shape, 0.1), family.to_image(config, shape, 0.1, 3, channels)

    def maps(network: nn.Module, start: Tensor, kind: type[nn.Module]) -> list[torch.Size]:
        found: list[torch.Size] = []
        for layer in network.modules():
            if isinstance(layer, kind):
                layer.register_forward_hook(lambda layer, before, after: found.append(after.shape[1:]))
        network(start)
        return found

    down = maps(encode, torch.zeros(4, channels, height, width), nn.Conv2d)
    first, *up = maps(decode, torch.zeros(4, 3), nn.ConvTranspose2d)
    assert first == down[-1]
    assert [each[1:] for each in up] == [*(each[1:] for each in down[-2::-1]), (height, width)]


@pytest.mark.parametrize("size", [(8, 8), (7, 9), (1, 1), (5, 2)], ids=str)
def test_a_doubling_is_the_adjoint_of_a_halving(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    half, double = halving(2, 3, size, 0.0, bias=False).double(), doubling(3, 2, size, 0.0, bias=False).double()
    double.weight = half.weight
    x = torch.randn(1, 2, *size, dtype=torch.float64)
    y = torch.randn_like(half(x))
    assert torch.allclose((half(x) * y).sum(), (x * double(y)).sum(), rtol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_ten_layers_of_a_thousand_units_keep_the_signal_and_its_gradient(activation: Activation) -> None:
    """X's deepest decoder: torch's own start leaves 1e-5 of the signal."""
    torch.manual_seed(0)
    network = MlpNetwork(layers=10, units=1000, activation=activation)
    decode = MlpImage(network, ImageShape(height=28, width=28, channels=1), 1.0, 20, 1)
    z = torch.randn(64, 20, requires_grad=True)
    hidden = decode.layers(z)
    assert 0.3 < hidden.square().mean() < 3
    (gradient,) = torch.autograd.grad(hidden.square().mean(), z)
    assert gradient.isfinite().all()
    assert 0.1 < gradient.norm() / (2 * hidden.square().mean() / z.norm()) < 10  # 1 for a map linear along every ray


def test_what_is_measured_of_an_image_does_not_depend_on_its_batch() -> None:
    torch.manual_seed(0)
    encode = DcganFeatures(DcganNetwork(features=8), ImageShape(height=8, width=8, channels=1), 1.0)
    x = torch.rand(6, 1, 8, 8)
    assert not torch.allclose(encode(x)[:3], encode(x[:3]), atol=1e-3)
    encode.eval()
    assert torch.allclose(encode(x)[:3], encode(x[:3]), atol=1e-6)


def test_a_run_with_batch_normalisation_resumes_to_the_same_bits_running_statistics_included(digits: Data) -> None:
    spec = small(network={"kind": "dcgan", "features": 24, "layers": 2})
    whole = Recorder()
    expected = train(spec, digits, device="cpu", observer=whole, checkpoint_s=0).model.state_dict()
    middle = whole.saved[len(whole.saved) // 2][1]
    found = train(spec, digits, device="cpu", observer=Recorder(), resume=middle).model.state_dict()
    assert any(name.endswith("running_mean") for name in found)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_batch_of_one_image_is_normalised_by_what_was_seen_before() -> None:
    torch.manual_seed(0)
    layer = Normalised(3)
    layer(5 + 2 * torch.randn(64, 3, 1, 1))
    seen = {name: each.clone() for name, each in layer.state_dict().items()}
    one = torch.randn(1, 3, 1, 1)
    of_one = layer(one)
    assert all(torch.equal(each, seen[name]) for name, each in layer.state_dict().items())
    assert torch.equal(of_one, layer.eval()(one))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
@pytest.mark.parametrize("size", [(8, 8, 1), (9, 6, 3)], ids=str)
def test_a_gradient_reaches_every_parameter(size: tuple[int, int, int], config: Network) -> None:
    height, width, channels = size
    model = model_of(config, ImageShape(height=height, width=width, channels=channels), width=0.2)
    x = torch.bernoulli(torch.full((6, channels, height, width), 0.5), generator=torch.Generator().manual_seed(0))
    terms = model(x, StepNoise(0, "test", CPU).at(0))
    (terms.rate + terms.distortion).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_the_published_encoder_and_decoder_have_the_published_sizes() -> None:
    model = Model(Architecture(), ImageShape(height=28, width=28, channels=1))
    weights = {name: tuple(p.shape) for name, p in model.named_parameters() if p.ndim == 4}
    encoder = [shape for name, shape in weights.items() if name.startswith("encoder")]
    decoder = [shape for name, shape in weights.items() if name.startswith("decoder")]
    # gated layers compute twice their outputs; transposed convolutions are stored [inputs, outputs, ...]
    assert encoder == [(64, 1, 5, 5), (64, 32, 5, 5), (128, 32, 5, 5), (128, 64, 5, 5), (512, 64, 7, 7)]
    assert decoder == [
        (64, 128, 7, 7),
        (128, 64, 5, 5),
        (64, 128, 5, 5),
        (64, 64, 5, 5),
        (32, 64, 5, 5),
        (64, 32, 4, 4),
        (1, 32, 5, 5),
    ]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
def test_width_scales_channels_and_units(config: Network) -> None:
    shape = ImageShape(height=8, width=8, channels=1)
    narrow, wide = (NETWORKS[config.kind].to_features(config, shape, width) for width in (0.5, 2.0))
    assert wide.features == 4 * narrow.features


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
def test_a_signal_keeps_its_scale_through_the_layers(config: Network) -> None:
    shape = ImageShape(height=28, width=28, channels=1)
    torch.manual_seed(0)
    decode = NETWORKS[config.kind].to_image(config, shape, 0.5, 16, 1)
    image = decode(torch.randn(64, 16))
    assert 0.05 < image.std() < 2  # torch's own start gives 0.005 for conv, and the decoder ignores z


def test_initial_parameters_depend_on_the_seed_alone() -> None:
    shape = ImageShape(height=8, width=8, channels=1)
    torch.manual_seed(5)
    first = model_of(ConvNetwork(), shape).state_dict()
    state = torch.get_rng_state()
    second = model_of(ConvNetwork(), shape).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(state, torch.get_rng_state())  # and leave everybody else's randomness alone

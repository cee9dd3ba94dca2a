"""Shapes at every size, and that no parameter is left out of the computation."""

import pytest
import torch

from backend.spec import Architecture, ConvNetwork, FactorisedDecoder, GaussianEncoder, MlpNetwork
from worker.model import Model, build_model
from worker.networks import NETWORKS
from worker.networks.contract import ImageShape
from worker.rng import StepNoise

SIZES = [(28, 28, 1), (8, 8, 1), (1, 1, 1), (2, 3, 1), (5, 7, 3), (13, 6, 2), (31, 30, 1)]
CONFIGS = [ConvNetwork(), MlpNetwork(layers=3, units=24)]
CPU = torch.device("cpu")


def model_of(config: ConvNetwork | MlpNetwork, shape: ImageShape, width: float = 0.1) -> Model:
    architecture = Architecture(
        encoder=GaussianEncoder(network=config), decoder=FactorisedDecoder(network=config), latent_dim=3, width=width
    )
    return build_model(architecture, shape, seed=1)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_networks_land_on_the_size_of_the_image(size: tuple[int, int, int], config: ConvNetwork | MlpNetwork) -> None:
    height, width, channels = size
    shape = ImageShape(height=height, width=width, channels=channels)
    family = NETWORKS[config.kind]
    encode, decode = family.to_features(config, shape, 0.1), family.to_image(config, shape, 0.1, 3, 2 * channels)
    assert encode(torch.zeros(4, channels, height, width)).shape == (4, encode.features)
    assert decode(torch.zeros(4, 3)).shape == (4, 2 * channels, height, width)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
@pytest.mark.parametrize("size", [(8, 8, 1), (9, 6, 3)], ids=str)
def test_a_gradient_reaches_every_parameter(size: tuple[int, int, int], config: ConvNetwork | MlpNetwork) -> None:
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
def test_width_scales_channels_and_units(config: ConvNetwork | MlpNetwork) -> None:
    shape = ImageShape(height=8, width=8, channels=1)
    narrow, wide = (NETWORKS[config.kind].to_features(config, shape, width) for width in (0.5, 2.0))
    assert wide.features == 4 * narrow.features


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)
def test_a_signal_keeps_its_scale_through_the_gated_layers(config: ConvNetwork | MlpNetwork) -> None:
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

"""What an autoregressive decoder may see, that it sees all of it, and that it is a distribution."""

from itertools import pairwise, product

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from backend.spec import (
    Architecture,
    BernoulliLikelihood,
    PixelCnnDecoder,
    PixelCnnNetwork,
    PixelCnnPlusPlusNetwork,
)
from tests.worker.conftest import data_of, small
from worker.evaluate import evaluate
from worker.likelihoods.bernoulli import Bernoulli
from worker.model import Model, build_model
from worker.networks import AUTOREGRESSIVE_NETWORKS
from worker.networks.contract import AutoregressiveNetwork, ImageShape
from worker.networks.gated import gate
from worker.rng import StepNoise
from worker.train import SilentObserver, train

CPU = torch.device("cpu")
CONFIGS = [PixelCnnPlusPlusNetwork(), PixelCnnNetwork()]
PLUS, PLAIN = CONFIGS
LATENT_DIM = 3
SIZES = [(2, 2, 1), (3, 3, 1), (5, 2, 1), (3, 5, 2), (6, 5, 1), (7, 7, 1)]

by_kind = pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.kind)


def network_of(
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork, size: tuple[int, int, int], width: float = 0.1
) -> AutoregressiveNetwork:
    """A network in float64 whose parameters, biases too, are away from their start."""
    height, columns, channels = size
    shape = ImageShape(height=height, width=columns, channels=channels)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = AUTOREGRESSIVE_NETWORKS[config.kind](config, shape, width, LATENT_DIM, channels).double()
        for parameter in network.parameters():
            parameter.data += 0.05 * torch.randn_like(parameter)
    return network


def model_of(config: PixelCnnPlusPlusNetwork | PixelCnnNetwork, size: tuple[int, int, int], **sizes: float) -> Model:
    height, width, channels = size
    architecture = Architecture(decoder=PixelCnnDecoder(network=config), **({"latent_dim": 3, "width": 0.1} | sizes))
    return build_model(architecture, ImageShape(height=height, width=width, channels=channels), seed=1)


def drawn(*shape: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.bernoulli(torch.full(shape, 0.4, dtype=torch.float64), generator=generator)


def latents(rows: int) -> Tensor:
    return torch.randn(rows, LATENT_DIM, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def jacobian(network: AutoregressiveNetwork, size: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
    """|d logit / d x| summed over channels, [pixels, pixels], and |d logit / d z|, [pixels, channels, latent_dim]."""
    height, width, channels = size
    x, z = drawn(1, channels, height, width), latents(1)
    of_x, of_z = torch.autograd.functional.jacobian(network, (x, z))
    pixels = height * width
    of_x = of_x.view(channels, pixels, channels, pixels).abs().sum((0, 2))
    return of_x, of_z.view(channels, pixels, LATENT_DIM).transpose(0, 1)


@by_kind
def test_the_probabilities_of_all_binary_images_sum_to_one(
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork,
) -> None:
    decoder = model_of(config, (3, 3, 1)).double().decoder
    images = torch.tensor(list(product((0.0, 1.0), repeat=9)), dtype=torch.float64).view(512, 1, 3, 3)
    for z in 2 * latents(3):
        log_prob = decoder(images, z.expand(512, -1))
        assert log_prob.exp().sum().item() == pytest.approx(1, abs=1e-12)
        assert log_prob.exp().max() > 2 / 512  # and they differ


@by_kind
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_logit_sees_nothing_at_or_after_its_pixel(
    size: tuple[int, int, int], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    of_x, _ = jacobian(network_of(config, size), size)
    assert (of_x.triu() == 0).all()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_pixelcnnpp_sees_every_pixel_before(size: tuple[int, int, int]) -> None:
    of_x, _ = jacobian(network_of(PLUS, size), size)
    assert (of_x[torch.ones_like(of_x, dtype=torch.bool).tril(-1)] > 0).all()


@pytest.mark.parametrize("pixel", [(1, 0), (14, 3), (16, 0), (27, 27)], ids=str)
def test_pixelcnnpp_has_no_blind_spot_at_the_published_size(pixel: tuple[int, int]) -> None:
    """The halved maps know a row two rows later at most; what is nearer is seen 8 columns to either side."""
    row, column = pixel
    x = drawn(1, 1, 28, 28).requires_grad_()
    network_of(PLUS, (28, 28, 1), width=0.05)(x, latents(1))[0, 0, row, column].backward()
    assert x.grad is not None
    unseen = (x.grad[0, 0] == 0).nonzero().tolist()
    before = [(r, c) for r, c in unseen if (r, c) < pixel]
    assert len(unseen) - len(before) == 28 * 28 - (row * 28 + column)
    assert all(r >= row - 1 and abs(c - column) > 8 for r, c in before)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("layers", [1, 3, 12])
def test_pixelcnn_sees_what_its_masks_reach(layers: int, size: tuple[int, int, int]) -> None:
    """Mask A of 7 x 7 is the first step back from a pixel's features, masks B of 3 x 3 come before it."""
    height, width, _ = size
    reach = {(0, 0)}
    for _ in range(layers - 1):
        reach |= {(r + dr, c + dc) for r, c in reach for dr, dc in [(0, -1), (-1, -1), (-1, 0), (-1, 1)]}
        reach = {(r, c) for r, c in reach if -height < r and abs(c) < width}
    places = list(product(range(height), range(width)))
    steps = [(dr, dc) for dr, dc in product(range(-3, 1), range(-3, 4)) if (dr, dc) < (0, 0)]
    sees = torch.zeros(height * width, height * width, dtype=torch.bool)
    for number, (row, column) in enumerate(places):
        features = [place for place in ((row + r, column + c) for r, c in reach) if place in places]
        for (r, c), (dr, dc) in product(features, steps):
            if (r + dr, c + dc) in places:
                sees[number, places.index((r + dr, c + dc))] = True
    of_x, _ = jacobian(network_of(PixelCnnNetwork(layers=layers), size), size)
    assert torch.equal(of_x != 0, sees)


@by_kind
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_z_reaches_every_logit_the_first_too(
    size: tuple[int, int, int], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    _, of_z = jacobian(network_of(config, size), size)
    assert (of_z != 0).all()


@by_kind
@pytest.mark.parametrize("size", [(2, 2, 1), (7, 4, 3), (8, 8, 1)], ids=str)
def test_a_gradient_reaches_every_parameter_of_an_autoregressive_decoder(
    size: tuple[int, int, int], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    height, width, channels = size
    model = model_of(config, size)
    terms = model(drawn(6, channels, height, width).float(), StepNoise(0, "test", CPU).at(0))
    (terms.rate + terms.distortion).sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


@by_kind
@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((28, 28, 1), {}),
        ((31, 2, 3), {}),
        ((4, 5, 1), {"width": 0.001}),
        ((4, 5, 1), {"latent_dim": 1}),
        ((4, 5, 1), {"latent_dim": 10_000}),
    ],
    ids=str,
)
def test_any_size_of_image_and_of_network_works(
    size: tuple[int, int, int], sizes: dict[str, float], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    height, width, channels = size
    model = model_of(config, size, **sizes)
    z = torch.randn(2, int(sizes.get("latent_dim", 3)), generator=torch.Generator().manual_seed(3))
    log_prob = model.decoder(drawn(2, channels, height, width).float(), z)
    assert log_prob.shape == (2,)
    assert log_prob.isfinite().all()


def test_pixelcnnpp_has_the_published_layers() -> None:
    decoder = Model(
        Architecture(decoder=PixelCnnDecoder()), ImageShape(height=28, width=28, channels=1)
    ).decoder.network
    assert decoder.spread.layer.weight.shape == (2 * 784, 64)
    kernels = [tuple(layer.weight.shape) for layer in decoder.layers]
    gated = [shape for shape in kernels if shape[:2] == (128, 64)]
    assert gated.count((128, 64, 2, 3)) == 24 + 2  # 6 blocks of 2 resnets of 2 layers, and two of stride 2
    assert gated.count((128, 64, 2, 2)) == 24 + 2
    assert [shape for shape in kernels if shape not in gated] == [
        (128, 2, 3, 3),
        (128, 2, 2, 3),
        *[(64, 128, 2, 3), (64, 128, 2, 2)] * 2,
    ]
    assert decoder.head.weight.shape == (1, 64, 1, 1)
    weights = [getattr(layer, "shortcut", None) for layer in decoder.layers]
    shortcuts = [weight.shape[1] // 64 for weight in weights if weight is not None]
    assert shortcuts == [1] * 6 + [1, 2] * 6  # the horizontal stack takes the vertical map; both take the way down's
    by_size: dict[tuple[int, int], int] = {}
    for layer in decoder.layers:
        layer.register_forward_hook(
            lambda _, __, made: by_size.update({made.shape[2:]: by_size.get(made.shape[2:], 0) + 1})
        )
    decoder(torch.zeros(1, 1, 28, 28), torch.zeros(1, 64))
    assert by_size == {(28, 28): 2 + 16 + 2, (14, 14): 2 + 16 + 2, (7, 7): 2 + 16}


@pytest.mark.parametrize(
    "config",
    [PLUS, PixelCnnPlusPlusNetwork(resnets=8), PLAIN, PixelCnnNetwork(layers=48)],
    ids=lambda config: f"{config.kind}-{getattr(config, 'resnets', None) or config.layers}",
)
def test_a_signal_keeps_its_scale_at_any_depth(config: PixelCnnPlusPlusNetwork | PixelCnnNetwork) -> None:
    shape = ImageShape(height=8, width=8, channels=1)
    torch.manual_seed(0)
    network = AUTOREGRESSIVE_NETWORKS[config.kind](config, shape, 0.5, 16, 1)
    scales: list[float] = []
    network.head.register_forward_pre_hook(lambda _, seen: scales.append(seen[0].std().item()))
    logits = network(drawn(64, 1, 8, 8).float(), torch.randn(64, 16))
    assert 0.3 < scales[0] < 3
    assert 0.1 < logits.std() < 2


@by_kind
@pytest.mark.parametrize("size", [(8, 8, 1), (7, 5, 2)], ids=str)
def test_maps_and_their_gradients_stay_in_the_layout_of_channels_last(
    size: tuple[int, int, int], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    """One map in the other layout is converted by every layer that meets it, and no number tells."""
    height, width, channels = size
    network = network_of(config, size)
    apart: set[int] = set()

    def note(layer: nn.Module, given: object, made: Tensor) -> None:
        apart.add(made.stride(1))
        made.register_hook(lambda gradient: apart.add(gradient.stride(1)))

    for layer in network.layers:
        layer.register_forward_hook(note)
    network(drawn(3, channels, height, width), latents(3)).sum().backward()
    assert apart == {1}


def test_the_gate_keeps_its_gradient_in_the_layout_too() -> None:
    both = torch.randn(2, 6, 4, 5, dtype=torch.float64).to(memory_format=torch.channels_last).requires_grad_()
    of_gate, of_torch = (torch.autograd.grad(each.sin().sum(), both)[0] for each in (gate(both), F.glu(both, dim=1)))
    assert of_gate.equal(of_torch)
    assert of_gate.is_contiguous(memory_format=torch.channels_last)


@by_kind
def test_trained_it_tells_the_pixels_from_each_other_without_z(
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork,
) -> None:
    decoder = {"kind": "pixelcnn", "network": config.model_dump()}
    training = {"epochs": 4 if config.kind == "pixelcnnpp" else 6, "batch_size": 128, "learning_rate": 1e-2}
    spec = small(dataset={"name": "digits"}, architecture={"decoder": decoder}, **training)
    data = data_of(spec)
    trained = train(spec, data, device="cpu", observer=SilentObserver())
    (point,) = evaluate(trained.model, spec, data, observer=SilentObserver())
    mean = data.train.images.double().mean(0).clamp(0.003, 0.997)
    images = data.test.images.double()
    alone = F.binary_cross_entropy(mean.expand_as(images), images, reduction="sum").item() / len(images)
    assert point.rate.value is not None
    assert point.distortion.value is not None
    assert point.rate.value < 1
    assert point.distortion.value < alone - 1  # the best that pixels independent of each other and of z can do


def test_bernoulli_pixels_are_one_where_the_uniform_is_below_the_probability() -> None:
    likelihood = Bernoulli(BernoulliLikelihood())
    outputs = torch.tensor([-2.0, 0.0, 2.0], dtype=torch.float64).view(1, 1, 1, 3)
    uniforms = torch.linspace(0, 1, 10_001, dtype=torch.float64)[:-1].view(-1, 1, 1, 1).expand(-1, 1, 1, 3)
    images = likelihood.sample(outputs, uniforms)
    assert images.unique().tolist() == [0, 1]
    torch.testing.assert_close(images.mean(0), outputs[0].sigmoid(), atol=1e-4, rtol=0)
    for lower, higher in pairwise(images[::1000]):
        assert (lower >= higher).all()
    one_by_one = [likelihood.sample(outputs[..., [place]], uniforms[..., [place]]) for place in range(3)]
    assert torch.equal(torch.cat(one_by_one, -1), images)

"""Sampling from what is kept against its slow twin: one pass over the whole image for every pixel."""

from collections import Counter
from itertools import product

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from backend.errors import Cancelled
from backend.spec import Architecture, PixelCnnDecoder, PixelCnnNetwork, PixelCnnPlusPlusNetwork
from worker.decoders import DECODERS
from worker.decoders.pixelcnn import Autoregressive
from worker.networks.contract import ImageShape
from worker.rng import StepNoise

CPU = torch.device("cpu")
CONFIGS = [PixelCnnPlusPlusNetwork(), PixelCnnPlusPlusNetwork(resnets=1), PixelCnnNetwork(), PixelCnnNetwork(layers=1)]
SIZES = [(2, 2, 1), (3, 5, 1), (8, 8, 1), (7, 7, 3), (5, 2, 1), (6, 11, 2)]
LATENTS, DRAWS = 2, 3

by_config = pytest.mark.parametrize(
    "config", CONFIGS, ids=lambda config: f"{config.kind}-{getattr(config, 'resnets', None) or config.layers}"
)


def decoder_of(
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork, size: tuple[int, int, int], width: float = 0.2
) -> Autoregressive:
    """A decoder in float64 whose parameters, biases too, are away from their start."""
    height, columns, channels = size
    architecture = Architecture(decoder=PixelCnnDecoder(network=config), latent_dim=4, width=width)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        decoder = DECODERS["pixelcnn"](
            architecture.decoder, architecture, ImageShape(height=height, width=columns, channels=channels)
        )
        assert isinstance(decoder, Autoregressive)
        for parameter in decoder.parameters():
            parameter.data += 0.05 * torch.randn_like(parameter)
    return decoder.double()


def noise() -> StepNoise:
    return StepNoise(0, "test", CPU).at(0)


def latents(rows: int = LATENTS) -> Tensor:
    return torch.randn(rows, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def nothing() -> None:
    pass


@torch.no_grad()
def naive(decoder: Autoregressive, z: Tensor, draws: int) -> Tensor:
    """The slow twin of :meth:`Autoregressive.sample`."""
    shape = decoder.shape
    uniforms = noise().uniform(len(z), draws, shape.channels, shape.height, shape.width).flatten(0, 1)
    x = torch.zeros(uniforms.shape, dtype=z.dtype)
    each = z.repeat_interleave(draws, 0)
    for row, column in product(range(shape.height), range(shape.width)):
        drawn = decoder.likelihood.sample(decoder.network(x, each), uniforms)
        x[:, :, row, column] = drawn[:, :, row, column]
    return x.unflatten(0, (len(z), draws))


@by_config
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_cached_sampling_draws_what_naive_sampling_draws(
    size: tuple[int, int, int], config: PixelCnnPlusPlusNetwork | PixelCnnNetwork
) -> None:
    decoder = decoder_of(config, size)
    images = decoder.sample(latents(), DRAWS, noise(), nothing)
    height, width, channels = size
    assert images.shape == (LATENTS, DRAWS, channels, height, width)
    assert torch.equal(images, naive(decoder, latents(), DRAWS))
    assert len(images.flatten(0, 1).unique(dim=0)) > 1


@by_config
@pytest.mark.parametrize(("size", "width"), [*((size, 0.2) for size in SIZES), ((28, 28, 1), 0.1)], ids=str)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-11), (torch.float32, 1e-4)], ids=str)
def test_cached_logits_are_those_of_one_pass_over_the_image(
    size: tuple[int, int, int],
    width: float,
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork,
    dtype: torch.dtype,
    tolerance: float,
) -> None:
    network = decoder_of(config, size, width).to(dtype).network
    height, columns, channels = size
    z = latents().to(dtype)
    generator = torch.Generator().manual_seed(3)
    x = torch.bernoulli(torch.full((LATENTS * DRAWS, channels, height, columns), 0.4, dtype=dtype), generator=generator)
    cached = torch.empty_like(x)

    def choose(outputs: Tensor, row: int, column: int) -> Tensor:
        cached[:, :, row, column] = outputs
        return x[:, :, row, column]

    images = network.draw(z, DRAWS, choose, nothing)
    assert torch.equal(images.flatten(0, 1), x)
    whole = network(x, z.repeat_interleave(DRAWS, 0))
    assert len(whole.unique()) > 0.9 * whole[: LATENTS * DRAWS : DRAWS].numel()
    torch.testing.assert_close(cached, whole.detach(), atol=tolerance, rtol=0)


@by_config
def test_samples_are_as_frequent_as_they_are_probable(
    config: PixelCnnPlusPlusNetwork | PixelCnnNetwork,
) -> None:
    decoder = decoder_of(config, (2, 2, 1))
    draws = 5_000
    z = latents(1)
    samples = decoder.sample(z, draws, noise(), nothing)[0].flatten(1).int()
    counts = Counter(map(tuple, samples.tolist()))
    images = list(product((0, 1), repeat=4))
    x = torch.tensor(images, dtype=torch.float64).view(16, 1, 2, 2)
    expected = draws * decoder(x, z.expand(16, -1)).exp().detach()
    found = torch.tensor([counts[image] for image in images], dtype=torch.float64)
    assert ((found - expected).square() / expected).sum() < 37.7  # chi-squared of 15 degrees, one in a thousand


@by_config
def test_a_pixel_costs_the_work_of_a_pixel(config: PixelCnnPlusPlusNetwork | PixelCnnNetwork) -> None:
    decoder = decoder_of(config, (12, 12, 1), width=0.5)
    z = latents()
    with FlopCounterMode(display=False) as whole, torch.no_grad():
        decoder.network(torch.zeros(LATENTS, 1, 12, 12, dtype=z.dtype), z)
    with FlopCounterMode(display=False) as cached:
        decoder.sample(z, 1, noise(), nothing)
    assert cached.get_total_flops() < 1.25 * whole.get_total_flops()  # naive sampling takes 144 times as much


@by_config
def test_what_z_gives_is_computed_once_for_each_z(config: PixelCnnPlusPlusNetwork | PixelCnnNetwork) -> None:
    decoder = decoder_of(config, (3, 4, 1))
    rows: list[int] = []
    decoder.network.spread.register_forward_hook(lambda _, __, made: rows.append(len(made)))
    decoder.sample(latents(), DRAWS, noise(), nothing)
    assert rows == [LATENTS]


def test_sampling_asks_at_each_row_whether_to_stop() -> None:
    decoder = decoder_of(CONFIGS[0], (6, 5, 1))
    asked: list[int] = []

    def check() -> None:
        asked.append(torch.get_num_threads())
        if len(asked) == 4:
            raise Cancelled("enough")

    torch.set_num_threads(2)
    try:
        with pytest.raises(Cancelled):
            decoder.sample(latents(), DRAWS, noise(), check)
        assert asked == [1] * 4  # a pixel is too little work to be shared
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    asked.clear()
    asked.extend([1] * 4)
    decoder.sample(latents(), DRAWS, noise(), check)
    assert len(asked) == 4 + 6


def test_samples_carry_no_gradient_and_the_same_noise_gives_the_same_images() -> None:
    decoder = decoder_of(CONFIGS[0], (4, 4, 1))
    first, second = (decoder.sample(latents().requires_grad_(), DRAWS, noise(), nothing) for _ in range(2))
    assert not first.requires_grad
    assert torch.equal(first, second)
    alone = decoder.sample(latents(), 1, noise(), nothing)
    assert alone.shape == (LATENTS, 1, 1, 4, 4)

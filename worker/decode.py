"""What a decoder makes of chosen codes: a short job that a person waits for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import torch
from torch import Tensor

from worker.data.contract import Data
from worker.distributions import Sampler
from worker.flows.distributions import FlowPosterior
from worker.model import Model
from worker.observing import Observer, Progress
from worker.paths import PATHS
from worker.pictures import PICTURE_SEED, Picture, inputs, tile
from worker.pixel_entropy import pixel_entropy
from worker.rng import FixedNoise, Noise, StepNoise, numpy_generator

CODES = 1000
"""Test images whose codes say where q(z_d) lies."""
AT_ONCE = 250
"""Images decoded, or encoded, between two looks at whether the work should stop."""


@dataclass(frozen=True)
class Decoded:
    """Pictures by name, and the numbers that go with them."""

    pictures: Mapping[str, Picture]
    numbers: Mapping[str, Any]


def decode(model: Model, data: Data, asked: Mapping[str, Any], observer: Observer) -> Decoded:
    """Do what a body of ``POST /points/{id}/jobs`` of kind ``decode`` asks for.

    Args:
        model: the trained model; its z is a vector of numbers.
        data: its data.
        asked: the fields of one of ``traversal``, ``interpolation``, ``samples`` and ``entropy``, and ``what``.
        observer: its ``check`` is called between chunks.
    """
    with torch.no_grad():
        return WHAT[asked["what"]](model, data, asked, observer)


def traversal(model: Model, data: Data, asked: Mapping[str, Any], observer: Observer) -> Decoded:
    """One row for each dimension d: the image's code with ``z_d = centre + unit * v``, v evenly from -span to span.

    The centre and unit are mean and standard deviation of q(z_d) over 1000 test images with one z each, or 0 and 1.
    """
    z, code = codes(model.encoder(inputs(data)), _noise(data, "reconstruction"))
    own = z[asked["image"]]
    dimensions = torch.tensor(asked["dimensions"], device=own.device)
    mean, sd = (each[dimensions] for each in spread(model, data, observer.check))
    ends = asked["span"] * torch.linspace(-1, 1, asked["count"], device=own.device)
    values = ends.expand(len(dimensions), -1)
    if asked["unit"] == "sd":
        values = mean[:, None] + sd[:, None] * values
    moved = own.expand(*values.shape, -1).clone()
    moved.scatter_(2, dimensions[:, None, None].expand(*values.shape, 1), values[:, :, None])
    images, shown = decoded(model, moved.flatten(0, 1), map(SameNoise, repeat(data)), observer)
    return Decoded(
        {"traversal": tile(images, asked["count"])},
        {
            "dimensions": asked["dimensions"],
            "values": values.tolist(),
            "own": own[dimensions].tolist(),
            "mean": mean.tolist(),
            "sd": sd.tolist(),
            "code": code,
            "shown": shown,
        },
    )


def interpolation(model: Model, data: Data, asked: Mapping[str, Any], observer: Observer) -> Decoded:
    """The codes of two images, and evenly spaced steps on a path between them (X, figure 9)."""
    x, chosen = AMONG[asked["among"]](data, asked["images"])
    z, code = codes(model.encoder(x), _noise(data, "reconstruction"))
    x, z = x[chosen], z[chosen]
    shares = torch.linspace(0, 1, asked["steps"], device=z.device)
    way = PATHS[asked["path"]](z[0], z[1], shares)
    images, shown = decoded(model, way, map(SameNoise, repeat(data)), observer)
    return Decoded(
        {"interpolation": tile(images, asked["steps"]), "ends": tile(x)},
        {"shares": shares.tolist(), "distance": float((z[1] - z[0]).norm()), "code": code, "shown": shown},
    )


def samples(model: Model, data: Data, asked: Mapping[str, Any], observer: Observer) -> Decoded:
    """z ~ q(z), which is z ~ e(z|x) of a drawn image, and z ~ m(z); both with the noise in x of generations."""
    seed, count = asked["seed"], asked["count"]
    found: dict[str, Picture] = {}
    shown = ""
    for source in asked["sources"]:
        observer.check()
        noise = _noise(data, "generation_sample", seed)
        images, shown = decoded(model, SOURCES[source](model, data, seed, count), repeat(noise), observer)
        found[source] = tile(images)
    return Decoded(found, {"shown": shown})


def entropy(model: Model, data: Data, asked: Mapping[str, Any], observer: Observer) -> Decoded:
    """H(x_i | x_<i, z) of each pixel of some inputs, z as in the point's reconstructions."""
    x = inputs(data)
    z = model.encoder(x).rsample(_noise(data, "reconstruction")).z
    chosen = torch.tensor(asked["images"], device=x.device)
    observer.check()
    found = pixel_entropy(model.decoder, x[chosen], z[chosen])
    return Decoded(
        {"inputs": tile(x[chosen]), "entropy": tile(found.picture)}, {"pictured": asked["images"], **found.numbers}
    )


WHAT: dict[str, Callable[[Model, Data, Mapping[str, Any], Observer], Decoded]] = {
    "traversal": traversal,
    "interpolation": interpolation,
    "samples": samples,
    "entropy": entropy,
}
"""Everything that can be decoded."""


def codes(posterior: Sampler, noise: Noise) -> tuple[Tensor, str]:
    """What stands for the codes of images, shape [B, latent_dim], and its name.

    ``mean`` of e(z|x); behind a flow, which has none in closed form, where it carries the ``centre`` of its Gaussian;
    of a sampler alone one ``draw``.
    """
    if isinstance(posterior, FlowPosterior):
        return posterior.flow(posterior.base.loc, posterior.context), "centre"
    mean = posterior.mean
    return (posterior.rsample(noise).z, "draw") if mean is None else (mean, "mean")


def spread(model: Model, data: Data, check: Callable[[], None]) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each dimension of q(z), shape [latent_dim]: one z of each of 1000 test images."""
    device = data.shown.images.device
    chosen = torch.from_numpy(data.shown.draw(CODES, numpy_generator(0, "decode/codes"))).to(device)
    noise = StepNoise(0, "decode/codes", device).at(0)
    parts = []
    for index in torch.split(chosen, AT_ONCE):
        check()
        parts.append(model.encoder(data.shown.batch(index, noise)).rsample(noise).z)
    z = torch.cat(parts)
    return z.mean(0), z.std(0)


def decoded(model: Model, z: Tensor, noises: Iterator[Noise], observer: Observer) -> tuple[Tensor, str]:
    """Images of codes, shape [N, C, H, W], and what they are: the ``mean`` of d(x|z), or else one ``sample`` each.

    Args:
        model: of the decoder.
        z: codes, shape [N, latent_dim].
        noises: of the samples of each chunk.
        observer: its ``check`` is called between chunks, and between rows where sampling is slow.
    """
    parts = torch.split(z, AT_ONCE)
    images, shown, done = [], "mean", 0

    def step() -> None:
        nonlocal done
        observer.check()
        observer.progress(Progress(stage="drawing", step=done, steps=max(len(parts) * model.shape.height, done)))
        done += 1

    for part, noise in zip(parts, noises, strict=False):
        observer.check()
        image = model.decoder.mean(part)
        if image is None:
            shown = "sample"
            image = model.decoder.sample(part, 1, noise, step)[:, 0]
        images.append(image)
    return torch.cat(images), shown


class SameNoise:
    """The noise of a point's first reconstruction, in every row: images under it differ by their code alone.

    Args:
        data: names the noise.
    """

    def __init__(self, data: Data) -> None:
        self._noise = _noise(data, "reconstruction_sample")

    def normal(self, rows: int, columns: int) -> Tensor:
        return self._noise.normal(1, columns).expand(rows, columns)

    def uniform(self, *shape: int) -> Tensor:
        return self._noise.uniform(1, *shape[1:]).expand(shape)


def _aggregate(model: Model, data: Data, seed: int, count: int) -> Tensor:
    """z ~ q(z), shape [count, latent_dim]: z ~ e(z|x) of so many drawn test images."""
    device = data.shown.images.device
    chosen = torch.from_numpy(data.shown.draw(count, numpy_generator(seed, "decode/aggregate"))).to(device)
    x = data.shown.batch(chosen, StepNoise(seed, "decode/aggregate", device).at(0))
    drawn: Tensor = model.encoder(x).rsample(_noise(data, "aggregate", seed)).z
    return drawn


def _marginal(model: Model, data: Data, seed: int, count: int) -> Tensor:
    """z ~ m(z), shape [count, latent_dim], by the noise of a point's generations."""
    return model.m().sample(count, _noise(data, "generation", seed))


SOURCES: dict[str, Callable[[Model, Data, int, int], Tensor]] = {"aggregate": _aggregate, "marginal": _marginal}
"""Where samples of z come from."""


def _shown_inputs(data: Data, places: Sequence[int]) -> tuple[Tensor, list[int]]:
    """All inputs of a point: a code that is drawn is that of its reconstruction only among all of them."""
    return inputs(data), list(places)


def _test_images(data: Data, places: Sequence[int]) -> tuple[Tensor, list[int]]:
    device = data.shown.images.device
    noise = StepNoise(PICTURE_SEED, "inputs", device).at(0)
    return data.shown.batch(torch.tensor(places, device=device), noise), list(range(len(places)))


AMONG: dict[str, Callable[[Data, Sequence[int]], tuple[Tensor, list[int]]]] = {
    "inputs": _shown_inputs,
    "test": _test_images,
}
"""What images are counted in: the images to encode, and which of them were named."""


def _noise(data: Data, picture: str, seed: int = PICTURE_SEED) -> FixedNoise:
    return FixedNoise(seed, f"{data.name}/{picture}", data.shown.images.device)

"""What a point reconstructs and generates, as PNG tiles that can be compared between points."""

import io
import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from worker.data.contract import Data
from worker.model import Model
from worker.observing import Observer, Progress
from worker.rng import FixedNoise, StepNoise, numpy_generator

COUNT = 16
"""Images of each kind."""
COLUMNS = 8
AVERAGED = 5
"""Draws of x for one z that a mean picture averages (B, figure 4)."""
PICTURE_SEED = 0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Tiles of native size, row-major, without borders, as one PNG."""

    png: bytes
    count: int
    columns: int
    height: int
    width: int
    channels: int


def draw_pictures(
    model: Model, data: Data, *, seed: int = PICTURE_SEED, count: int = COUNT, observer: Observer
) -> dict[str, Picture]:
    """Inputs, reconstructions and generations.

    Inputs are drawn from the whole test split; they and all noise depend on the data set, the picture and ``seed``
    alone. A reconstruction's sample and mean share their z, and so do a generation's.

    Args:
        model: the trained model.
        data: its data.
        seed: 0 for a point's own pictures; another for more of them.
        count: images of each kind, at least 1; at most the test split where that is a sample.
        observer: its ``check`` is called between rows where sampling is slow.
    """
    device = data.shown.images.device
    x = inputs(data, seed, count)
    count = len(x)

    def noise(picture: str) -> FixedNoise:
        return FixedNoise(seed, f"{data.name}/{picture}", device)

    with torch.no_grad():
        encoded = model.encoder(x).rsample(noise("reconstruction")).z
        generated = model.m().sample(count, noise("generation"))
        images = {"inputs": x}
        for name, z in (("reconstruction", encoded), ("generation", generated)):
            for kind, draws in (("sample", 1), ("mean", AVERAGED)):
                observer.check()
                observer.progress(Progress(stage="drawing", step=len(images) - 1, steps=4))
                picture = f"{name}_{kind}"
                images[picture] = model.decoder.sample(z, draws, noise(picture), observer.check).mean(1)
    observer.progress(Progress(stage="drawing", step=4, steps=4))
    return {name: tile(each) for name, each in images.items()}


def inputs(data: Data, seed: int = PICTURE_SEED, count: int = COUNT) -> Tensor:
    """The images that a point shows, shape [count, C, H, W]: the same for every point of a data set."""
    chosen = data.shown.draw(count, numpy_generator(seed, f"{data.name}/inputs"))
    device = data.shown.images.device
    return data.shown.batch(torch.from_numpy(chosen).to(device), StepNoise(seed, "inputs", device).at(0))


def tile(images: Tensor, columns: int = COLUMNS) -> Picture:
    """Lay images in [0, 1], shape [N, C, H, W], side by side, so many in a row.

    Draws of a density may lie outside: they are shown as the black or the white that is nearer. One channel is grey and
    three are colours; any other number is shown as its mean, grey.
    """
    if images.shape[1] not in (1, 3):
        images = images.mean(1, keepdim=True)
    pixels = (images.clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    count, height, width, channels = pixels.shape
    columns = min(columns, count)
    rows = math.ceil(count / columns)
    sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
    sheet[:count] = pixels
    whole = sheet.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return Picture(
        png=_png(whole.reshape(rows * height, columns * width, channels)),
        count=count,
        columns=columns,
        height=height,
        width=width,
        channels=channels,
    )


def _png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()

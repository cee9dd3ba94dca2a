"""Sampling from what is kept against naive sampling: seconds of both, how many times faster, and memory.

    python benchmarks/sampling.py                        # 64 images of 28 x 28 at paper width; goal: at least 20 times
    python benchmarks/sampling.py --network pixelcnn --images 16 --threads 2
    python benchmarks/sampling.py --full                 # every pass of naive sampling (many minutes)

Naive sampling makes one pass over all images for every pixel. Passes take the same time wherever the pixel is, so that
by default a few are timed, at evenly spaced pixels, and the rest is reckoned. Logits of both are compared at those
pixels. Cached sampling always has one thread, the passes have --threads. Memory is the highest that the process has
resided in: after cached, and after naive sampling. Run it on an idle machine.
"""

import argparse
import resource
import time

import torch
from torch import Tensor

from backend.spec import Architecture, PixelCnnDecoder
from worker.decoders.pixelcnn import Autoregressive
from worker.devices import one_thread, set_threads
from worker.memory import keep_freed_memory
from worker.networks.contract import ImageShape
from worker.rng import derive


def resident() -> float:
    """Highest resident memory of this process so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


class _Uniforms:
    """Draws pixels from fixed uniforms, and keeps the logits they were drawn from."""

    def __init__(self, decoder: Autoregressive, shape: tuple[int, int, int, int]) -> None:
        self.decoder = decoder
        self.uniforms = torch.rand(shape)
        self.logits: dict[tuple[int, int], Tensor] = {}

    def choose(self, outputs: Tensor, row: int, column: int) -> Tensor:
        self.logits[row, column] = outputs
        here = self.uniforms[:, :, row : row + 1, column : column + 1]
        return self.decoder.likelihood.sample(outputs[:, :, None, None], here)[:, :, 0, 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="pixelcnnpp", choices=("pixelcnnpp", "pixelcnn"))
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--passes", type=int, default=16, help="passes of naive sampling that are timed")
    parser.add_argument("--full", action="store_true", help="time every pass of naive sampling")
    asked = parser.parse_args()
    set_threads(asked.threads)
    keep_freed_memory()
    torch.manual_seed(derive(0, "sampling"))
    shape = ImageShape(height=asked.size, width=asked.size, channels=1)
    body = {"decoder": {"kind": "pixelcnn", "network": asked.network}, "width": asked.width}
    architecture = Architecture.model_validate(body)
    assert isinstance(architecture.decoder, PixelCnnDecoder)
    decoder = Autoregressive(architecture.decoder, architecture, shape)
    z = torch.randn(asked.images, architecture.latent_dim)
    drawing = _Uniforms(decoder, (asked.images, 1, asked.size, asked.size))
    before = resident()

    began = time.perf_counter()
    with one_thread():
        images = decoder.network.draw(z, 1, drawing.choose, lambda: None)[:, 0]
    cached = time.perf_counter() - began
    memory = resident()

    pixels = asked.size**2
    passes = pixels if asked.full else min(asked.passes, pixels)
    chosen = [divmod(number * pixels // passes, asked.size) for number in range(passes)]
    differences = []
    seconds = 0.0
    with torch.no_grad():
        decoder.network(images, z)  # the first pass also warms up
        for row, column in chosen:
            known = images * (torch.arange(pixels).view(asked.size, asked.size) < row * asked.size + column)
            began = time.perf_counter()
            logits = decoder.network(known, z)[:, :, row, column]
            seconds += time.perf_counter() - began
            differences.append((logits - drawing.logits[row, column]).abs().max().item())
    naive = seconds * pixels / passes
    how = "all timed" if passes == pixels else f"{passes} timed, times {pixels / passes:g}"

    print(f"{asked.network}, {asked.images} images of {asked.size} x {asked.size}, width {asked.width:g}, float32")
    print(f"cached   {cached:9.2f} s   {memory:6.2f} GiB resident at most, {before:.2f} before, 1 thread")
    print(f"naive    {naive:9.2f} s   {resident():6.2f} GiB, {pixels} passes, {how}, {asked.threads} threads")
    print(f"ratio    {naive / cached:9.0f} times")
    print(f"logits   {max(differences):9.1e} apart at most, at {len(chosen)} pixels")


if __name__ == "__main__":
    main()

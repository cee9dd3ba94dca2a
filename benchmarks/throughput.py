"""A training step of each tuple against its floor: the same convolutions and matrix products alone, both ways.

    python benchmarks/throughput.py                                   # the twelve at paper width, 28 x 28, on the CPU
    python benchmarks/throughput.py --device cuda --batch 512 --autocast --compile
    python benchmarks/throughput.py --tuples=-+- --width 0.25 --profile

Each tuple has a process of its own. It records every convolution and matrix product that one step asks the library
for, forward and backward, and replays them on tensors of the same shapes; a convolution is timed in both memory
layouts and the faster one counts. Steps and replays take turns, and the medians are compared. Everything else a step
does (activations, flows' masks, the loss, the gradients' norms, Adam) is what the ratio shows. Resident memory is the
process's highest before the replays. With one thread, time is the processor's, which others leave alone; caches and
memory are shared all the same, so run it on an idle machine.
"""

import argparse
import itertools
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from backend.datasets import DATASETS
from backend.expand import expand
from worker.data.contract import Batch, Split
from worker.devices import set_threads
from worker.memory import keep_freed_memory
from worker.model import build_model
from worker.networks.contract import ImageShape
from worker.objective import Losses, build_objective, pairs_of
from worker.objectives.contract import Position
from worker.players import Player, Round, adam
from worker.rng import StepNoise

TWELVE = ["".join(symbols) for symbols in itertools.product("-+", "-+", "-+v")]
_ATEN = torch.ops.aten
_CONVOLUTIONS = (_ATEN.convolution.default, _ATEN.convolution_backward.default)
_PRODUCTS = (_ATEN.mm.default, _ATEN.addmm.default, _ATEN.bmm.default, _ATEN.baddbmm.default)


@dataclass(frozen=True)
class Call:
    """One operation with the shapes of its tensors in the place of the tensors."""

    operation: Any
    arguments: tuple[Any, ...]

    def ready(self, device: torch.device, layout: torch.memory_format) -> Callable[[], Any]:
        """The same call on fresh tensors of these shapes; images in the layout asked for."""
        made = [_tensor(each, device, layout) if isinstance(each, _Like) else each for each in self.arguments]
        return lambda: self.operation(*made)


@dataclass(frozen=True)
class _Like:
    shape: tuple[int, ...]
    dtype: torch.dtype


def _tensor(like: _Like, device: torch.device, layout: torch.memory_format) -> Tensor:
    made = torch.rand(like.shape, device=device, dtype=like.dtype)
    return made.contiguous(memory_format=layout) if made.ndim == 4 else made


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes the convolutions and matrix products that pass by."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Call] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _CONVOLUTIONS or func in _PRODUCTS:
            shapes = [_Like(tuple(each.shape), each.dtype) if isinstance(each, Tensor) else each for each in args]
            hashable = tuple(tuple(each) if isinstance(each, list) else each for each in shapes)
            self.calls.append(Call(func, hashable))
        return func(*args, **(kwargs or {}))


class Floor:
    """What a step cannot do without: its calls, each in the layout that is faster for it."""

    def __init__(self, calls: list[Call], device: torch.device) -> None:
        layouts = (torch.contiguous_format, torch.channels_last)
        self.runs: list[tuple[Callable[[], Any], int]] = []
        for call, count in Counter(calls).items():
            ready = [call.ready(device, layout) for layout in layouts]
            if call.operation in _CONVOLUTIONS:
                times = [min(seconds(each, device) for _ in range(3)) for each in ready]
                self.runs.append((ready[times.index(min(times))], count))
            else:
                self.runs.append((ready[0], count))

    def __call__(self) -> None:
        for run, count in self.runs:
            for _ in range(count):
                run()


def seconds(work: Callable[[], Any], device: torch.device) -> float:
    """Of one call: the processor's own on one thread of a CPU, else by the clock, with the device's work."""
    now = time.process_time if device.type == "cpu" and torch.get_num_threads() == 1 else time.perf_counter
    began = now()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return now() - began


def step_of(symbols: str, asked: argparse.Namespace) -> Callable[[], Any]:
    """One training step at the paper's recipe on random binary images."""
    device = torch.device(asked.device)
    body = {"dataset": asked.dataset, "preset": "paper", "architecture": symbols, "width": asked.width}
    if asked.network:
        body["network"] = asked.network
    spec, facts = expand(body, DATASETS).spec, DATASETS[asked.dataset]
    shape = ImageShape(height=facts.height, width=facts.width, channels=facts.channels)
    model = build_model(spec.architecture, shape, 0)
    images = (torch.rand(max(asked.batch, 500), facts.channels, facts.height, facts.width) < 0.2).to(torch.uint8)
    model.marginal.start_from(Split(images=images), StepNoise(0, "start", torch.device("cpu")).at(0))
    model.to(device)
    objective, parameters = build_objective(spec, shape).to(device), list(model.parameters())
    forward = torch.compile(model) if asked.compile else model

    def loss(round_: Round, turn: int) -> Losses:
        with torch.autocast(device.type, torch.bfloat16, enabled=asked.autocast):
            return objective(forward, round_.batch, round_.noise, round_.position)

    player = Player(
        name="model",
        parameters=parameters,
        loss=loss,
        optimiser=adam(parameters, 3e-4),
        learning_rate=3e-4,
    )
    x = images[: asked.batch].to(device, torch.float32)
    noise, position = StepNoise(0, "step", device), Position(step=1, steps=100, steps_per_epoch=100, pace=1.0)
    return lambda: player.play(
        Round(batch=Batch(x), noise=noise.at(1), position=position, draw=partial(pairs_of, model))
    )


def measure(symbols: str, asked: argparse.Namespace) -> None:
    """Print one row of the table."""
    device = torch.device(asked.device)
    set_threads(asked.threads)
    if not asked.default_malloc:
        keep_freed_memory()
    step = step_of(symbols, asked)
    step()
    with Recorder() as recorder:
        step()
    step()
    if asked.profile:
        profile(step)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    if device.type == "cuda":
        resident = torch.cuda.max_memory_allocated() / 2**30
    floor = Floor(recorder.calls, device)
    floor()
    pairs = [(seconds(step, device), seconds(floor, device)) for _ in range(asked.pairs)]
    whole, alone = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(
        f"{symbols:>6} {asked.batch / whole:9.1f} {1e3 * whole:9.1f} {1e3 * alone:9.1f} {alone / whole:6.2f} "
        f"{len(recorder.calls):6d} {resident:9.2f}",
        flush=True,
    )


def profile(step: Callable[[], Any]) -> None:
    """Print where the time of one step goes."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as profiler

    with profiler(activities=[ProfilerActivity.CPU], record_shapes=False) as recorded:
        step()
    print(recorded.key_averages().table(sort_by="self_cpu_time_total", row_limit=25, max_name_column_width=40))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tuples", nargs="+", default=TWELVE)
    parser.add_argument("--dataset", default="mnist-static", choices=sorted(DATASETS))
    parser.add_argument("--network", help="another network for the parts that take it")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--autocast", action="store_true", help="bfloat16 where torch holds it to be safe")
    parser.add_argument("--compile", action="store_true", help="the model through torch.compile")
    parser.add_argument("--profile", action="store_true", help="print where the time of a step goes")
    parser.add_argument("--default-malloc", action="store_true", help="without the worker's setting of malloc")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        measure(asked.tuples[0], asked)
        return
    print(f"{asked.dataset}, width {asked.width}, batch {asked.batch}, {asked.threads} threads, {asked.device}")
    print(
        f"{'tuple':>6} {'images/s':>9} {'step, ms':>9} {'floor, ms':>9} {'ratio':>6} {'calls':>6} {'GiB':>9}",
        flush=True,
    )
    own = [each for each in sys.argv[1:] if not each.startswith("--tuples") and each not in asked.tuples]
    for symbols in asked.tuples:
        subprocess.run([sys.executable, __file__, *own, f"--tuples={symbols}", "--alone"], check=True)


if __name__ == "__main__":
    main()

r"""Whether training in bfloat16 moves R or D: each run twice, in float32 and under autocast, measured in float32.

    python benchmarks/precision.py --device cuda --dataset mnist-static --tuples=--- -+v \
        --spec '{"preset": "paper", "epochs": 20}'
    python benchmarks/precision.py --tuples=--- -+-            # digits on the CPU: minutes

A difference is shown in standard errors of the difference. Both runs have the same seed, but rounding parts them after
some steps, so two float32 runs of different seeds are the yardstick: they are the last row of each tuple.
"""

import argparse
import json
import math
import time
from typing import Any

import torch

from backend.datasets import DATASETS
from backend.expand import expand
from backend.results import Estimate
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from worker.data import load
from worker.devices import choose_device, choose_threads, describe_device, set_threads
from worker.evaluate import Measured, evaluate
from worker.memory import keep_freed_memory
from worker.train import SilentObserver, train


def measured(body: dict[str, Any], device: torch.device, autocast: bool) -> tuple[Measured, float]:
    """The point of one run, and the seconds of its training."""
    spec, quiet, settings = expand(body, DATASETS).spec, SilentObserver(), Settings()
    facts = DATASETS[spec.dataset.name]
    data = load(spec.dataset, facts, ArtifactStore(settings.resolved_artifacts_url), quiet, device)
    began = time.monotonic()
    # without its cache: that holds the weights of the first step until the context ends
    with torch.autocast(device.type, torch.bfloat16, enabled=autocast, cache_enabled=False):
        trained = train(spec, data, device=device, observer=quiet)
    if device.type == "cuda":
        torch.cuda.synchronize()
    took = time.monotonic() - began
    (point,) = evaluate(trained.model, spec, data, observer=quiet)
    return point, took


def apart(one: Estimate, other: Estimate) -> float:
    """The difference of two estimates over its standard error."""
    if one.value is None or other.value is None:
        return math.nan
    return (other.value - one.value) / math.hypot(one.stderr or 0.0, other.stderr or 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="digits", choices=sorted(DATASETS))
    parser.add_argument("--tuples", nargs="+", default=["---", "-+-"])
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--spec", default="{}", help="more of the specification, JSON in short form")
    asked = parser.parse_args()
    set_threads(choose_threads(Settings().threads))
    keep_freed_memory()
    device = choose_device(asked.device)
    print(f"{asked.dataset} on {describe_device(device)}")
    print(f"{'tuple':>6} {'training':>14} {'R':>9} {'D':>9} {'R moved':>8} {'D moved':>8} {'seconds':>8}")
    for symbols in asked.tuples:
        body = {"dataset": asked.dataset, "architecture": symbols, **json.loads(asked.spec)}
        rows = (("float32", body, False), ("bfloat16", body, True), ("another seed", {**body, "seed": 1}, False))
        first: Measured | None = None
        for name, each, autocast in rows:
            point, took = measured(each, device, autocast)
            first = first or point
            print(
                f"{symbols:>6} {name:>14} {point.rate.value:9.3f} {point.distortion.value:9.3f} "
                f"{apart(first.rate, point.rate):8.2f} {apart(first.distortion, point.distortion):8.2f} {took:8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

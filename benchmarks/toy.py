"""Where the toy model of paper B, appendix E, ends: target rate 0.5 and the ELBO, from many starts.

    python benchmarks/toy.py --seeds 20

Prints R, R + D - H and I(z; z*) of each run in nats, then the spread of each objective and the longest run. The target
rate has to land on R = 0.5, and the ELBO may end anywhere on the line D = H - R.
"""

import argparse
import time
from typing import Any

import torch

from backend.datasets import DATASETS
from backend.expand import expand
from worker.data import DATASETS as LOADERS
from worker.data.prepare import prepare
from worker.devices import describe_device, set_threads
from worker.evaluate import evaluate
from worker.observing import SilentObserver
from worker.train import train

COLUMNS = ("rate", "gap_to_entropy", "source_information")


def measure(body: dict[str, Any]) -> tuple[list[float], float]:
    """The estimates of :data:`COLUMNS`, and the seconds of the whole run."""
    began = time.monotonic()
    spec = expand({"dataset": "toy", **body}, DATASETS).spec
    facts, observer = DATASETS["toy"], SilentObserver()
    data = prepare(spec.dataset, facts, LOADERS["toy"](facts, observer), "cpu")
    (point,) = evaluate(train(spec, data, device="cpu", observer=observer).model, spec, data, observer=observer)
    return [float(point.estimates[name].value) for name in COLUMNS], time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    set_threads(asked.threads)
    print(describe_device(torch.device("cpu")), f"{asked.threads} threads")
    for name, body in (("target rate 0.5", {"target_rate": 0.5}), ("ELBO", {"beta": 1.0})):
        print(f"\n{name}\n{'seed':>5} {'R':>9} {'R + D - H':>10} {'I(z; z*)':>9} {'seconds':>8}")
        found, longest = [], 0.0
        for seed in range(asked.seeds):
            values, seconds = measure({**body, "seed": seed})
            print(f"{seed:5} {values[0]:9.5f} {values[1]:10.5f} {values[2]:9.4f} {seconds:8.1f}", flush=True)
            found.append(values)
            longest = max(longest, seconds)
        for column, values in zip(COLUMNS, zip(*found, strict=True), strict=True):
            print(f"{column:>20}: {min(values):.5f} to {max(values):.5f}")
        if "target_rate" in body:
            print(f"{'largest |R - 0.5|':>20}: {max(abs(values[0] - 0.5) for values in found):.5f}")
        print(f"{'longest run':>20}: {longest:.1f} s")


if __name__ == "__main__":
    main()

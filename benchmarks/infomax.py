"""The direction of paper X: does InfoMax-VAE carry more information than a VAE with the same networks?

    python benchmarks/infomax.py --seeds 5

Pairs of runs on MNIST, one of each method for each seed: X's dense networks (table 5) with fewer units, its alpha 10,
beta 1, model 1e-3 and critic 1e-4, and the program's own schedule. At latent_dim 2 it prints the self-mixture
estimate of I(x; z), nats, and the paired difference with its standard error over the seeds; at latent_dim 20, where
that is saturated, the active units. R and D stand beside them: D may rise. Exits with 1 where, at latent_dim 2, the
gain is not above 3 standard errors or an estimate is saturated, or where, at 20, a seed lost active units.
"""

import argparse
import math
import statistics
import sys
from typing import Any

import torch
from in_process import Timed, measure

from worker.devices import describe_device, set_threads

METHODS = ("vae", "infomax-vae")
SMALL, LARGE = 2, 20
"""Dimensions of z: where I is no saturated estimate, and where X counts active units."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--units", type=int, default=250, help="of each layer; X has 1000")
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    set_threads(asked.threads)
    print(describe_device(torch.device("cpu")), f"{asked.threads} threads; {vars(asked)}")
    base: dict[str, Any] = {
        "dataset": {"name": "mnist", "binarize": "dynamic", "train_limit": asked.images},
        "network": {"kind": "mlp", "layers": 4, "units": asked.units, "activation": "leaky_relu"},
        "epochs": asked.epochs,
    }
    seen = True
    for latent_dim in (SMALL, LARGE):
        print(f"\nlatent_dim {latent_dim}")
        print(f"{'seed':>4} {'method':>12} {'R':>8} {'D':>8} {'I self':>14} {'I upper':>8} AU   s")
        pairs = []
        for seed in range(asked.seeds):
            pair = [measure({**base, "method": method, "latent_dim": latent_dim, "seed": seed}) for method in METHODS]
            for method, run in zip(METHODS, pair, strict=True):
                print(row(seed, method, run), flush=True)
            pairs.append(pair)
        seen = conclude(latent_dim, pairs) and seen
    sys.exit(0 if seen else 1)


def row(seed: int, method: str, run: Timed) -> str:
    """One line of the table."""
    interval = run.point.mutual_information
    upper = "-" if interval is None else f"{interval.upper:.2f}"
    saturated = "*" if interval is not None and interval.saturated else " "
    information = f"{run.value('mutual_information_self'):.3f} ({run.stderr('mutual_information_self'):.3f}){saturated}"
    return (
        f"{seed:4} {method:>12} {run.value('rate'):8.2f} {run.value('distortion'):8.2f} {information:>14} {upper:>8} "
        f"{run.value('active_units'):2.0f} {run.seconds:3.0f}"
    )


def conclude(latent_dim: int, pairs: list[list[Timed]]) -> bool:
    """Print the paired differences; whether X's direction is seen. A star marks a saturated estimate."""
    gains = [new.value("mutual_information_self") - old.value("mutual_information_self") for old, new in pairs]
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    mean = statistics.fmean(gains)
    print(f"I gained: {mean:.3f} ({error:.3f}) nats, {mean / error:.1f} standard errors of the paired difference")
    units = [new.value("active_units") - old.value("active_units") for old, new in pairs]
    print(f"active units gained: {min(units):.0f} to {max(units):.0f}")
    if latent_dim == LARGE:
        return min(units) >= 0
    intervals = [run.point.mutual_information for pair in pairs for run in pair]
    return mean > 3 * error and not any(each is None or each.saturated for each in intervals)


if __name__ == "__main__":
    main()

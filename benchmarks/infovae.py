"""Figure 2 of paper I at machine scale: the volume of q(z) after training on few images.

    python benchmarks/infovae.py --seeds 3

Trains the ELBO and InfoVAE (alpha 0, lambda 1000, MMD) on 500 MNIST images, z in R^10, with the dense networks of I's
section 5.1.1, and prints log det Cov q(z) of the held-out images, with its standard error, and of the training images.
0 is the volume of N(0, I); the ELBO over-estimates it.
"""

import argparse
from dataclasses import replace

import torch
from in_process import Timed, measure

from worker.devices import describe_device, set_threads
from worker.evaluate import evaluate
from worker.observing import SilentObserver


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, nargs="+", default=[500])
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    set_threads(asked.threads)
    print(describe_device(torch.device("cpu")), f"{asked.threads} threads; {vars(asked)}")
    print(f"{'images':>6} {'method':>8} {'seed':>4} {'R':>8} {'D':>8} {'held out':>14} {'training':>14}   s")
    for images in asked.images:
        for method in ("vae", "infovae"):
            for seed in range(asked.seeds):
                run = measure(
                    {
                        "dataset": {"name": "mnist", "train_limit": images},
                        "method": method,
                        "latent_dim": 10,
                        "network": {"kind": "mlp", "layers": 3, "units": 200, "activation": "relu"},
                        "batch_size": 100,
                        "epochs": max(1, asked.steps * 100 // images),
                        "seed": seed,
                    }
                )
                print(f"{images:6} {method:>8} {seed:4} {row(run)}", flush=True)


def row(run: Timed) -> str:
    """R, D, and both volumes."""
    on_training = replace(run.data, test=run.data.train)
    (there,) = evaluate(run.model, run.spec, on_training, observer=SilentObserver())
    held_out = f"{run.value('log_det_cov'):.2f} ({run.stderr('log_det_cov'):.2f})"
    training = f"{there.estimates['log_det_cov'].value or 0:.2f} ({there.estimates['log_det_cov'].stderr or 0:.2f})"
    return f"{run.value('rate'):8.2f} {run.value('distortion'):8.2f} {held_out:>14} {training:>14} {run.seconds:3.0f}"


if __name__ == "__main__":
    main()

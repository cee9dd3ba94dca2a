"""What the marginal of VIMAE does to q(z) (paper V): kurtosis, and the distance from both marginals.

    python benchmarks/vimae.py --seeds 2

Trains vimae-n and vimae-l on MNIST (V's z in R^8, lambda 10) and prints, of the held-out codes, the mean excess
kurtosis (0 for a normal, 1.2 for a logistic) and the unbiased squared MMD to N(0, I) and to the unit logistic,
inverse multiquadric kernel with C = 2 latent_dim, each with its standard error.
"""

import argparse

import torch
from in_process import measure

from worker.devices import describe_device, set_threads

SHOWN = ("excess_kurtosis", "mmd_normal", "mmd_logistic")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--weight", type=float, default=10.0, help="lambda")
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    set_threads(asked.threads)
    print(describe_device(torch.device("cpu")), f"{asked.threads} threads; {vars(asked)}")
    head = " ".join(f"{name:>22}" for name in SHOWN)
    print(f"{'method':>8} {'seed':>4} {'R':>8} {'D':>8} {head}   s")
    for method in ("vimae-n", "vimae-l"):
        for seed in range(asked.seeds):
            run = measure(
                {
                    "dataset": {"name": "mnist", "binarize": "dynamic", "train_limit": asked.images},
                    "method": method,
                    "lambda": asked.weight,
                    "latent_dim": 8,
                    "network": {"kind": "mlp", "layers": 3, "units": 256, "activation": "relu"},
                    "epochs": asked.epochs,
                    "seed": seed,
                }
            )
            cells = " ".join(f"{f'{run.value(name):.6f} ({run.stderr(name):.6f})':>22}" for name in SHOWN)
            rate, distortion = run.value("rate"), run.value("distortion")
            print(f"{method:>8} {seed:4} {rate:8.2f} {distortion:8.2f} {cells} {run.seconds:3.0f}", flush=True)


if __name__ == "__main__":
    main()

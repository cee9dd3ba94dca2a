"""Images a second of the bare training loop, by network and thread count.

    python benchmarks/training_speed.py --dataset mnist --networks mlp conv --threads 1 2

Each row trains for a few seconds at width 1 and batch 128, after a few steps of warming up. Run it on an idle machine.
"""

import argparse
import time

import torch

from backend.datasets import DATASETS
from backend.errors import Cancelled
from backend.expand import expand
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from worker.data import load
from worker.devices import choose_device, set_threads
from worker.observing import Progress
from worker.train import SilentObserver, train

WARMING_STEPS = 10


class _Clock(SilentObserver):
    """Counts steps after the first ones, and stops the run when its time is up."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began, self.steps = seconds, 0.0, 0

    def progress(self, progress: Progress) -> None:
        if progress.step == WARMING_STEPS:
            self.began = time.monotonic()
        self.steps = progress.step - WARMING_STEPS

    def check(self) -> None:
        if self.steps > 0 and time.monotonic() - self.began > self.seconds:
            raise Cancelled("time is up")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="mnist", choices=sorted(DATASETS))
    parser.add_argument("--networks", nargs="+", default=["mlp", "conv"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--seconds", type=float, default=8.0)
    asked = parser.parse_args()
    settings = Settings()
    device = choose_device(settings.device)
    print(f"{'network':>8} {'threads':>8} {'images/s':>9}  on {device.type}")
    for network in asked.networks:
        body = {"dataset": asked.dataset, "network": network, "width": 1.0, "batch_size": 128, "epochs": 1000}
        spec = expand(body, DATASETS).spec
        facts = DATASETS[spec.dataset.name]
        data = load(spec.dataset, facts, ArtifactStore(settings.resolved_artifacts_url), SilentObserver(), device)
        for threads in asked.threads:
            set_threads(threads)
            clock = _Clock(asked.seconds)
            try:
                train(spec, data, device=device, observer=clock, checkpoint_s=1e9)
            except Cancelled:
                if device.type == "cuda":
                    torch.cuda.synchronize()
                speed = clock.steps * spec.training.batch_size / (time.monotonic() - clock.began)
                print(f"{network:>8} {threads:8d} {speed:9.0f}", flush=True)


if __name__ == "__main__":
    main()

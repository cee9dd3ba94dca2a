"""Where a target rate lands: one row for each target, measured on the test split.

    python benchmarks/target_rate.py --dataset mnist --targets 5 15 40

Prints R*, the held-out R with its standard error, how far it lies off, D, and the last multiplier and set point.
The data set is taken from the artifact store of FRONTIER_HOME, and downloaded into it the first time.
"""

import argparse
import json
import time

from backend.datasets import DATASETS
from backend.expand import expand
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from worker.data import load
from worker.devices import choose_device, choose_threads, describe_device, set_threads
from worker.evaluate import evaluate
from worker.train import SilentObserver, train


class _LastRow(SilentObserver):
    """Remembers the end of the training curve."""

    columns: dict[str, float]

    def history(self, step: int, columns: dict[str, float]) -> None:
        self.columns = columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="mnist", choices=sorted(DATASETS))
    parser.add_argument("--targets", type=float, nargs="+", default=[5.0, 15.0, 40.0])
    parser.add_argument("--spec", default="{}", help="more of the specification, JSON in short form")
    asked = parser.parse_args()
    settings = Settings()
    device = choose_device(settings.device)
    set_threads(choose_threads(settings.threads))
    print(describe_device(device))
    print(f"{'R*':>8} {'R':>9} {'stderr':>7} {'R - R*':>8} {'%':>6} {'D':>9} {'weight':>8} {'set':>8} {'seconds':>8}")
    for target in asked.targets:
        spec = expand({"dataset": asked.dataset, "target_rate": target, **json.loads(asked.spec)}, DATASETS).spec
        observer = _LastRow()
        facts = DATASETS[spec.dataset.name]
        data = load(spec.dataset, facts, ArtifactStore(settings.resolved_artifacts_url), observer, device)
        began = time.monotonic()
        trained = train(spec, data, device=device, observer=observer)
        (point,) = evaluate(trained.model, spec, data, observer=observer)
        off = point.rate.value - target
        share = 100 * off / target if target else float("nan")
        weight, set_point = observer.columns["multiplier"], observer.columns["set_point"]
        print(
            f"{target:8.2f} {point.rate.value:9.3f} {point.rate.stderr:7.3f} {off:8.3f} {share:6.2f} "
            f"{point.distortion.value:9.3f} {weight:8.3f} {set_point:8.3f} {time.monotonic() - began:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

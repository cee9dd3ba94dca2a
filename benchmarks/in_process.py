"""Trains and measures a specification in this process, for the benchmarks that need no server."""

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from backend.datasets import DATASETS
from backend.expand import expand
from backend.settings import Settings
from backend.spec import Dataset, RunSpec
from backend.store.artifacts import ArtifactStore
from worker.data import load
from worker.data.contract import Data
from worker.devices import choose_device
from worker.evaluate import Measured, evaluate
from worker.model import Model
from worker.observing import SilentObserver
from worker.train import train


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A trained model, its point, and the seconds of its run."""

    model: Model
    spec: RunSpec
    data: Data
    point: Measured
    seconds: float

    def value(self, name: str) -> float:
        """One estimate; NaN where the model does not define it."""
        found = self.point.estimates[name].value
        return float("nan") if found is None else found

    def stderr(self, name: str) -> float:
        """Its standard error; NaN where it has none."""
        found = self.point.estimates[name].stderr
        return float("nan") if found is None else found


@cache
def _data(dataset: Dataset, device: torch.device) -> Data:
    artifacts = ArtifactStore(Settings().resolved_artifacts_url)
    return load(dataset, DATASETS[dataset.name], artifacts, SilentObserver(), device)


def measure(body: dict[str, Any]) -> Timed:
    """Train and measure one run on the device that a worker would choose."""
    spec, device, observer = expand(body, DATASETS).spec, choose_device(Settings().device), SilentObserver()
    data = _data(spec.dataset, device)
    began = time.monotonic()
    trained = train(spec, data, device=device, observer=observer, checkpoint_s=1e9)
    (point,) = evaluate(trained.model, spec, data, observer=observer)
    return Timed(model=trained.model, spec=spec, data=data, point=point, seconds=time.monotonic() - began)

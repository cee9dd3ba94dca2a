"""Small runs on digits, for every test of the worker."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from backend.datasets import DATASETS as FACTS
from backend.errors import NotFound
from backend.expand import expand
from backend.spec import Architecture, Dataset, GaussianEncoder, MlpNetwork, RunSpec
from worker.data import load
from worker.data.contract import Data
from worker.distributions import Draw, Posterior
from worker.estimators.contract import Encoded
from worker.model import Model, build_model
from worker.networks.contract import ImageShape
from worker.train import SilentObserver

SMALL = {
    "dataset": {"name": "digits", "train_limit": 320},
    "epochs": 3,
    "batch_size": 32,
    "latent_dim": 4,
    "width": 0.1,
}


class NoArtifacts:
    """Digits need no store."""

    def put(self, key: str, content: bytes) -> None:
        raise AssertionError("digits are not stored")

    def get(self, key: str) -> bytes:
        raise NotFound(key)


class Recorder(SilentObserver):
    """Keeps what a run tells."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, float]] = {}
        self.saved: list[tuple[int, bytes]] = []
        self.told: list[Any] = []

    def history(self, step: int, columns: dict[str, float]) -> None:
        self.rows[step] = columns

    def progress(self, progress: Any) -> None:
        self.told.append(progress)

    def save(self, checkpoint: bytes, step: int) -> None:
        self.saved.append((step, checkpoint))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other slow small runs down many times where the machine has other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def spec_of(**body: Any) -> RunSpec:
    """A specification in short form."""
    return expand(body, FACTS).spec


def small(**body: Any) -> RunSpec:
    """A run of half a second."""
    return spec_of(**(SMALL | body))


def data_of(spec: RunSpec) -> Data:
    return load(spec.dataset, FACTS[spec.dataset.name], NoArtifacts(), SilentObserver(), "cpu")


def encoded_of(posterior: Posterior, draw: Draw, rate: Tensor | None = None, **other: Any) -> Encoded:
    """Examples of a posterior made by hand; what no model made is 0, and the model is any."""
    zero = torch.zeros(len(draw), dtype=torch.float64)
    known = {"rate": zero if rate is None else rate, "distortion": zero, "model": _any_model(), "spec": RunSpec()}
    return Encoded(posterior=posterior, draw=draw, **(known | other))


@cache
def _any_model() -> Model:
    network = MlpNetwork(layers=1, units=2)
    architecture = Architecture(encoder=GaussianEncoder(network=network), latent_dim=1)
    return build_model(architecture, ImageShape(height=2, width=2, channels=1), seed=0)


@pytest.fixture(scope="session")
def digits() -> Data:
    """320 images to train on, and the whole test split."""
    return load(Dataset(name="digits", train_limit=320), FACTS["digits"], NoArtifacts(), SilentObserver(), "cpu")

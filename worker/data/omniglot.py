"""Omniglot as Burda et al. 2016 cut it, 28 x 28 pixels, from their MATLAB file."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.data.download import Tally, download
from worker.data.source import Arrays, read_copy, require_checksum
from worker.observing import Observer
from worker.rng import numpy_generator

FILE = "chardata.mat"
VARIABLES = {"train": "data", "test": "testdata"}
"""The file's names of the two parts; the labels beside them are not read."""


def omniglot(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Download it.

    Raises:
        DataError: the address cannot be reached, or the file is another.
    """
    try:
        return _arrays(facts, download(facts.sources[0], Tally(facts.download_bytes or 0, observer)))
    except DataError as error:
        raise DataError(f"{error}; or bring your own copy: frontier data import {facts.name} FILE") from error


def import_omniglot(facts: DatasetFacts, path: Path) -> Arrays:
    """The same from the file ``chardata.mat``, or from a folder that holds it.

    Raises:
        DataError: the file is missing or another.
    """
    return _arrays(facts, read_copy(path / FILE if path.is_dir() else path))


def _arrays(facts: DatasetFacts, content: bytes) -> Arrays:
    """Check, read, and split the training images by a fixed seed."""
    require_checksum(facts, FILE, content)
    try:
        stored = loadmat(io.BytesIO(content), variable_names=list(VARIABLES.values()))
    except Exception as error:  # a damaged file can raise nearly anything
        raise DataError(f"{FILE} is damaged: {error}") from error
    train, test = (_images(facts, stored, split) for split in VARIABLES)
    order = numpy_generator(0, f"{facts.name}/split").permutation(len(train))
    ends = facts.splits["train"]
    return {"train_images": train[order[:ends]], "validation_images": train[order[ends:]], "test_images": test}


def _images(facts: DatasetFacts, stored: dict[str, NDArray[np.generic]], split: str) -> NDArray[np.float32]:
    """Columns of grey levels in [0, 1], each an image in Fortran order, to [N, 28, 28, 1] in float32."""
    name = VARIABLES[split]
    if name not in stored:
        raise DataError(f"{FILE} should hold the matrix {name}, which is missing")
    columns = stored[name]
    if columns.ndim != 2 or columns.dtype.kind != "f" or len(columns) != facts.pixels:
        raise DataError(f"{FILE}: {name} should have {facts.pixels} rows of numbers, found {columns.shape}")
    levels = columns.astype(np.float32)
    if not (levels >= 0).all() or not (levels <= 1).all():
        raise DataError(f"{FILE}: {name} should lie in [0, 1]")
    return np.ascontiguousarray(levels.T.reshape(-1, facts.width, facts.height).transpose(0, 2, 1)[..., None])

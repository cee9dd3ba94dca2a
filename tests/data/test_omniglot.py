"""Burda's Omniglot: a MATLAB file of the same layout, known by its MD5."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import savemat

from backend.datasets import OMNIGLOT, DatasetFacts
from backend.errors import DataError
from backend.store.dataset_files import artifact_key, unpack
from tests.data.conftest import Shelf, Web
from worker.data import bring, fetch
from worker.observing import SilentObserver

Matrices = dict[str, NDArray[np.generic]]


@pytest.fixture
def matrices() -> Matrices:
    generator = np.random.default_rng(0)
    return {
        "data": generator.random((784, 9)),
        "target": np.eye(50)[:, generator.integers(0, 50, 9)],
        "targetchar": generator.integers(1, 56, (1, 9)),
        "testdata": generator.random((784, 5)),
        "testtarget": np.eye(50)[:, generator.integers(0, 50, 5)],
        "testtargetchar": generator.integers(1, 56, (1, 5)),
    }


def written(matrices: Matrices) -> bytes:
    file = io.BytesIO()
    savemat(file, matrices, do_compression=True)
    return file.getvalue()


def facts_of(content: bytes, **changes: object) -> DatasetFacts:
    digest = hashlib.md5(content).hexdigest()
    splits = {"train": 6, "validation": 3, "test": 5}
    return replace(OMNIGLOT, splits=splits, checksums={"chardata.mat": f"md5:{digest}"}, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["download", "file", "folder"])
def test_columns_are_images_in_fortran_order(
    way: str, matrices: Matrices, web: Web, shelf: Shelf, tmp_path: Path
) -> None:
    content = written(matrices)
    facts = facts_of(content, sources=(f"{web.url}chardata.mat",))
    if way == "download":
        web.files["chardata.mat"] = content
        fetch(facts, shelf, SilentObserver())
    else:
        (tmp_path / "chardata.mat").write_bytes(content)
        bring(facts, tmp_path / "chardata.mat" if way == "file" else tmp_path, shelf)
    arrays = unpack(shelf.objects[artifact_key(facts)], facts)
    test = np.stack([column.reshape(28, 28, order="F") for column in matrices["testdata"].T]).astype(np.float32)
    assert (arrays["test_images"][..., 0] == test).all()
    train = np.concatenate((arrays["train_images"], arrays["validation_images"]))[..., 0]
    expected = np.stack([column.reshape(28, 28, order="F") for column in matrices["data"].T]).astype(np.float32)
    order = [int(np.flatnonzero((expected == each).all((1, 2)))[0]) for each in train]
    assert sorted(order) == list(range(9))
    assert order != list(range(9))


def test_another_file_is_refused(matrices: Matrices, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "chardata.mat").write_bytes(written(matrices))
    with pytest.raises(DataError, match=r"MD5 \w{16}\.\.\., expected 21ecaf34373511aa"):
        bring(OMNIGLOT, tmp_path, shelf)
    assert not shelf.objects


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"testdata": None}, "matrix testdata, which is missing"),
        ({"data": np.zeros((9, 784))}, "should have 784 rows"),
        ({"data": np.zeros((784, 9), np.uint8)}, "should have 784 rows of numbers"),
        ({"data": np.full((784, 9), 1.5)}, r"in \[0, 1\]"),
        ({"data": np.full((784, 9), np.nan)}, r"in \[0, 1\]"),
    ],
    ids=["missing", "transposed", "bytes", "range", "nan"],
)
def test_a_file_of_another_layout_is_refused(
    change: dict[str, object], message: str, matrices: Matrices, shelf: Shelf, tmp_path: Path
) -> None:
    content = written({name: each for name, each in (matrices | change).items() if each is not None})  # type: ignore[misc]
    (tmp_path / "chardata.mat").write_bytes(content)
    with pytest.raises(DataError, match=message):
        bring(facts_of(content), tmp_path, shelf)
    assert not shelf.objects


def test_a_damaged_file_and_a_missing_one(shelf: Shelf, tmp_path: Path) -> None:
    content = b"MATLAB 5.0 MAT-file" + bytes(200)
    (tmp_path / "mine.mat").write_bytes(content)
    with pytest.raises(DataError, match=r"chardata\.mat is damaged"):
        bring(facts_of(content), tmp_path / "mine.mat", shelf)
    with pytest.raises(DataError, match=r"chardata\.mat cannot be read"):
        bring(OMNIGLOT, tmp_path, shelf)

"""Larochelle's set: from its text files, and from a file of the same bits."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.datasets import MNIST_STATIC, DatasetFacts
from backend.errors import DataError
from backend.store.dataset_files import artifact_key, unpack
from tests.data.conftest import Shelf, Web
from worker.data import bring, fetch
from worker.data.mnist_static import text_of_bits
from worker.observing import SilentObserver

SIZES = {"train": 9, "valid": 4, "test": 5}
Bits = dict[str, NDArray[np.uint8]]


@pytest.fixture
def bits() -> Bits:
    generator = np.random.default_rng(0)
    return {split: generator.integers(0, 2, (count, 784), dtype=np.uint8) for split, count in SIZES.items()}


@pytest.fixture
def facts(bits: Bits, web: Web) -> DatasetFacts:
    return replace(
        MNIST_STATIC,
        splits={"train": 9, "validation": 4, "test": 5},
        checksums={split: hashlib.sha256(text_of_bits(each)).hexdigest() for split, each in bits.items()},
        sources=tuple(f"{web.url}binarized_mnist_{split}.amat" for split in SIZES),
    )


def check(shelf: Shelf, facts: DatasetFacts, bits: Bits) -> None:
    arrays = unpack(shelf.objects[artifact_key(facts)], facts)
    for split, ours in (("train", "train"), ("valid", "validation"), ("test", "test")):
        assert (arrays[f"{ours}_images"].reshape(-1, 784) == bits[split]).all()
        assert arrays[f"{ours}_images"].dtype == np.uint8


def test_the_text_is_zeros_and_ones_between_spaces() -> None:
    bits = np.zeros((2, 784), np.uint8)
    bits[1, 0] = bits[1, 783] = 1
    first, second, rest = text_of_bits(bits).decode().split("\n")
    assert first == " ".join("0" * 784)
    assert second == " ".join(["1", *"0" * 782, "1"])
    assert rest == ""


def test_download(bits: Bits, facts: DatasetFacts, web: Web, shelf: Shelf) -> None:
    web.files = {f"binarized_mnist_{split}.amat": text_of_bits(each) for split, each in bits.items()}
    fetch(facts, shelf, SilentObserver())
    check(shelf, facts, bits)


def test_a_corrupt_download_is_an_error_and_nothing_is_kept(
    bits: Bits, facts: DatasetFacts, web: Web, shelf: Shelf
) -> None:
    web.files = {f"binarized_mnist_{split}.amat": text_of_bits(1 - each) for split, each in bits.items()}
    with pytest.raises(DataError, match="frontier data import mnist-static FILE"):
        fetch(facts, shelf, SilentObserver())
    assert not shelf.objects


@pytest.mark.parametrize("form", ["packed", "flat", "square"])
def test_a_file_of_the_bits(form: str, bits: Bits, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    written = {
        split: {"packed": np.packbits(each, axis=1), "flat": each, "square": each.reshape(-1, 28, 28)}[form]
        for split, each in bits.items()
    }
    np.savez_compressed(tmp_path / "bits.npz", **written)
    bring(facts, tmp_path / "bits.npz", shelf)
    check(shelf, facts, bits)


@pytest.mark.parametrize("as_file", [False, True])
def test_a_folder_of_the_text_files(
    as_file: bool, bits: Bits, facts: DatasetFacts, shelf: Shelf, tmp_path: Path
) -> None:
    for split, each in bits.items():
        (tmp_path / f"binarized_mnist_{split}.amat").write_bytes(text_of_bits(each))
    bring(facts, tmp_path / "binarized_mnist_test.amat" if as_file else tmp_path, shelf)
    check(shelf, facts, bits)


def test_other_bits_are_refused(bits: Bits, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    bits["test"][0, 0] ^= 1
    np.savez(tmp_path / "bits.npz", **bits)
    with pytest.raises(DataError, match="test has SHA-256"):
        bring(facts, tmp_path / "bits.npz", shelf)
    assert not shelf.objects


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"train": np.zeros((9, 784), np.uint8)}, "valid"),
        ({split: np.zeros((2, 784)) for split in SIZES}, "should be uint8"),
        ({split: np.zeros((2, 100), np.uint8) for split in SIZES}, "98 packed bytes or 784 bits"),
        ({split: np.array([{}], dtype=object) for split in SIZES}, "without pickles"),
    ],
    ids=["missing", "floats", "width", "objects"],
)
def test_a_file_of_another_form_is_refused(
    arrays: dict[str, NDArray[np.generic]], message: str, facts: DatasetFacts, shelf: Shelf, tmp_path: Path
) -> None:
    np.savez(tmp_path / "bits.npz", **arrays)
    with pytest.raises(DataError, match=message):
        bring(facts, tmp_path / "bits.npz", shelf)
    assert not shelf.objects

"""Larochelle's static MNIST: from its canonical text files, or from a file of the same bits."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.data.download import Tally, download
from worker.data.source import Arrays, require_checksum
from worker.observing import Observer

SPLITS = {"train": "train", "valid": "validation", "test": "test"}
"""Larochelle's names of the splits, and ours."""
SIDE = 28
PIXELS = SIDE * SIDE


def mnist_static(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Download the three text files.

    Raises:
        DataError: the address cannot be reached, or a file is damaged.
    """
    tally = Tally(facts.download_bytes or 0, observer)
    try:
        bits = {}
        for split, url in zip(SPLITS, facts.sources, strict=True):
            text = download(url, tally)
            require_checksum(facts, split, text)
            bits[split] = _bits_of_text(text)
    except DataError as error:
        raise DataError(f"{error}; or bring your own copy: frontier data import {facts.name} FILE") from error
    return _arrays(bits)


def import_mnist_static(facts: DatasetFacts, path: Path) -> Arrays:
    """The same bits from a folder with the three .amat files, one of these files, or an .npz of their bits.

    The .npz holds ``train``, ``valid`` and ``test``, uint8: 98 packed bytes or 784 bits a row. Its bits are written out
    as Larochelle's text, whose checksum is the published one.

    Raises:
        DataError: a file is missing, damaged or another.
    """
    if path.is_file() and zipfile.is_zipfile(path):
        bits = {split: _bits_of_npz(path, split) for split in SPLITS}
        for split, each in bits.items():
            require_checksum(facts, split, text_of_bits(each))
        return _arrays(bits)
    folder = path.parent if path.suffix == ".amat" else path
    bits = {}
    for split in SPLITS:
        file = folder / f"binarized_mnist_{split}.amat"
        if not file.is_file():
            raise DataError(f"{path} should be an .npz of the bits or a folder with {file.name}, which is missing")
        text = file.read_bytes()
        require_checksum(facts, split, text)
        bits[split] = _bits_of_text(text)
    return _arrays(bits)


def text_of_bits(bits: NDArray[np.uint8]) -> bytes:
    """Larochelle's form of bits of shape [N, 784]: ``0 1 ... 0`` and a line feed for each image."""
    text = np.full((len(bits), PIXELS, 2), ord(" "), np.uint8)
    text[:, :, 0] = bits + ord("0")
    text[:, -1, 1] = ord("\n")
    return text.tobytes()


def _bits_of_text(text: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(text, np.uint8).reshape(-1, PIXELS, 2)[:, :, 0] - np.uint8(ord("0"))


def _bits_of_npz(path: Path, split: str) -> NDArray[np.uint8]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            array = stored[split]
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} should hold the arrays train, valid and test without pickles: {error}") from error
    if array.dtype != np.uint8:
        raise DataError(f"{path}: {split} should be uint8, found {array.dtype}")
    rows = array.reshape(len(array), -1) if array.ndim > 1 else array[None]
    if rows.shape[1] == PIXELS // 8:
        rows = np.unpackbits(rows, axis=1)
    if rows.shape[1] != PIXELS:
        raise DataError(f"{path}: {split} should have {PIXELS // 8} packed bytes or {PIXELS} bits a row")
    bits: NDArray[np.uint8] = rows
    return bits


def _arrays(bits: dict[str, NDArray[np.uint8]]) -> Arrays:
    return {f"{SPLITS[split]}_images": each.reshape(-1, SIDE, SIDE, 1) for split, each in bits.items()}

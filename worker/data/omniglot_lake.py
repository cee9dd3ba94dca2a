"""Lake's Omniglot, 105 x 105 pixels of ink, brought to 28 x 28 here: another data set than Burda's."""

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.data.download import Tally, download
from worker.data.npz import array_of_npz
from worker.data.source import Arrays, read_copy, require_checksum
from worker.observing import Observer
from worker.rng import numpy_generator

SIDE = 105
PACKED = -(-SIDE * SIDE // 8)
"""Bytes of an image, one bit a pixel."""
PARTS = ("background", "evaluation")
"""Characters to learn from, and characters of other alphabets."""
LARGEST_PNG = 2**16
"""Bytes; an image of the set has some 250."""
_AT_ONCE = 1000
"""Images brought to their size together; all at once would take a gigabyte."""

Packed = NDArray[np.uint8]
"""Images of ink as bits, rows of :data:`PACKED` bytes: 1 is ink, row by row from the upper left."""


def omniglot_lake(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Download the two archives.

    Raises:
        DataError: an address cannot be reached, or an archive is damaged or another.
    """
    tally = Tally(facts.download_bytes or 0, observer)
    try:
        packed = {}
        for part, url in zip(PARTS, facts.sources, strict=True):
            content = download(url, tally)
            packed[part] = _pack_of_zip(content, url, observer.check)
        return _arrays(facts, packed)
    except DataError as error:
        raise DataError(f"{error}; or bring your own copy: frontier data import {facts.name} FOLDER") from error


def import_omniglot_lake(facts: DatasetFacts, path: Path) -> Arrays:
    """The same from a folder, or from one of its files.

    The folder holds ``images_background.zip`` and ``images_evaluation.zip``, or the same bits as
    ``omniglot_background_105.npz`` and ``omniglot_evaluation_105.npz`` with ``ink_packed``: uint8, 1379 bytes an image.

    Raises:
        DataError: a file is missing, damaged or another.
    """
    folder = path if path.is_dir() else path.parent
    packed = {}
    for part in PARTS:
        archive, bits = folder / f"images_{part}.zip", folder / f"omniglot_{part}_105.npz"
        if archive.is_file():
            packed[part] = _pack_of_zip(read_copy(archive), archive.name)
        elif bits.is_file():
            packed[part] = _pack_of_npz(read_copy(bits), bits.name)
        else:
            raise DataError(f"{folder} should hold {archive.name} or {bits.name}: both are missing")
    return _arrays(facts, packed)


def _pack_of_zip(content: bytes, name: str, check: Callable[[], None] = lambda: None) -> Packed:
    """Every PNG of an archive.

    Args:
        content: the archive.
        name: what to call it in an error.
        check: called between images; raises where the work should stop.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".png")]
            large = [member.filename for member in members if member.file_size > LARGEST_PNG]
            if large:
                raise DataError(f"{name}: {large[0]} is larger than {LARGEST_PNG} bytes: it is no image of the set")
            if not members:
                raise DataError(f"{name} holds no PNG: it is not the archive we want")
            rows = []
            for member in members:
                check()
                rows.append(_pack_of_png(archive.read(member), f"{name}: {member.filename}"))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(f"{name} is damaged: {error}") from error
    return np.stack(rows)


def _pack_of_png(content: bytes, name: str) -> Packed:
    """One image of dark ink on white: its bits, 1 where there is ink."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if image.size != (SIDE, SIDE):
                raise DataError(f"{name} should be {SIDE} x {SIDE} pixels, found {image.size}")
            pixels = np.asarray(image.convert("L"))
    except (OSError, SyntaxError, ValueError, zlib.error) as error:
        raise DataError(f"{name} is damaged: {error}") from error
    return np.packbits(pixels.ravel() < 128)


def _pack_of_npz(content: bytes, name: str) -> Packed:
    array: NDArray[Any] = array_of_npz(content, "ink_packed", name)
    if array.dtype != np.uint8 or array.ndim < 1 or array.shape[-1] != PACKED:
        raise DataError(f"{name}: ink_packed should be uint8 with {PACKED} bytes an image, found {array.shape}")
    packed: Packed = array.reshape(-1, PACKED)
    return packed


def _arrays(facts: DatasetFacts, packed: dict[str, Packed]) -> Arrays:
    """Check, bring to 28 x 28, and split the background by a fixed seed.

    The images are in the order of their bits, so that neither a checksum nor a split depends on that of any file.

    Raises:
        DataError: they are others.
    """
    levels = {}
    for part, rows in packed.items():
        ordered = b"".join(sorted(row.tobytes() for row in rows))
        require_checksum(facts, part, ordered)
        levels[part] = downsampled(np.frombuffer(ordered, np.uint8).reshape(-1, PACKED), facts.height)[..., None]
    order = numpy_generator(0, f"{facts.name}/split").permutation(len(levels["background"]))
    end = facts.splits["train"]
    return {
        "train_images": levels["background"][order[:end]],
        "validation_images": levels["background"][order[end:]],
        "test_images": levels["evaluation"],
    }


def downsampled(rows: Packed, side: int) -> NDArray[np.uint8]:
    """The part of each of ``side x side`` equal squares that is ink, as levels 0 to 255: exact area means, rounded.

    A square of 105 / 28 = 3.75 pixels covers whole pixels and quarters of pixels, so the areas are whole numbers of
    sixteenths, the same on every machine. (Pillow's BOX takes a pixel whole or not at all.)

    Args:
        rows: images of 105 x 105, shape [N, 1379].
        side: of the result.

    Returns:
        shape [N, side, side].
    """
    edges = np.arange(side + 1) * SIDE  # in units of 1 / side of a pixel
    pixels = np.arange(SIDE) * side
    overlap = np.minimum(edges[1:, None], pixels + side) - np.maximum(edges[:-1, None], pixels)
    share = np.clip(overlap, 0, None).astype(np.float64)  # [side, SIDE]; sums and products of these are exact
    found = np.empty((len(rows), side, side), np.uint8)
    for start in range(0, len(rows), _AT_ONCE):
        bits = np.unpackbits(rows[start : start + _AT_ONCE], axis=1, count=SIDE * SIDE)
        area = share @ bits.reshape(-1, SIDE, SIDE).astype(np.float64) @ share.T
        found[start : start + _AT_ONCE] = np.rint(area * 255 / SIDE**2)
    return found

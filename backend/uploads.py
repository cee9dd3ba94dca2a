"""From a stranger's ``.npz`` to a data set: read without pickles, within a size limit, every array checked."""

import hashlib
import math
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from backend.bounded import Bounded
from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.store.dataset_files import SPLITS
from backend.upload_defaults import defaults, kind_defaults

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
FEWEST_IMAGES = 10
LONGEST_SIDE = 1024
MOST_CHANNELS = 4
MOST_CLASSES = 1000

_SPLIT_SEED = 20_180_208
"""Seed of every upload's split; it belongs to stored runs, so it never changes."""
_HELD_OUT = 10
"""One image of this many goes to validation, and one to test."""
_HEADER_BYTES = 10_000
_CONTENTS_BYTES = 2**17
"""Longest table of contents; the end of the file, where it is looked for, is half of that."""
_GREY = ("uint8", "float16", "float32", "float64")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)

Array = NDArray[np.generic]


@dataclass(frozen=True)
class Upload:
    """A checked upload: what it is, and its arrays as :func:`backend.store.dataset_files.pack` takes them."""

    facts: DatasetFacts
    arrays: dict[str, Array]


def check_name(name: str) -> None:
    """
    Raises:
        Invalid: no data set can be called that.
    """
    if not NAME.fullmatch(name):
        raise _bad("name", "should be up to 64 lower-case letters, digits, dots, dashes or underscores")


def read_upload(name: str, file: IO[bytes], most_bytes: int) -> Upload:
    """Check a file and split it 80/10/10 by a fixed seed.

    Args:
        name: what the data set is to be called.
        file: a ``.npz`` with ``images`` [N, H, W] or [N, H, W, C], uint8, bool or float in [0, 1], and optionally
            whole-numbered ``labels`` [N].
        most_bytes: largest size of the arrays, unpacked.

    Raises:
        Invalid: names the array at fault.
    """
    check_name(name)
    arrays = _read_npz(file, most_bytes)
    if "images" not in arrays:
        found = ", ".join(arrays) or "nothing"
        raise _bad("file", f"holds {found}: an array named images is needed, and labels is optional")
    images = _images(arrays["images"])
    labels = _labels(arrays["labels"], len(images)) if "labels" in arrays else None
    facts = _facts(name, images, labels)
    return Upload(facts, _split(images, labels, facts))


def _read_npz(file: IO[bytes], most_bytes: int) -> dict[str, Array]:
    try:
        guarded = Bounded(file, _CONTENTS_BYTES)
        with zipfile.ZipFile(guarded) as archive:
            guarded.most = None
            members = archive.infolist()
            _check_members(members, most_bytes)
            return {_array_name(member): _read_member(archive, member) for member in members}
    except _UNREADABLE as error:
        raise _bad("file", f"is no complete .npz file, as numpy.savez writes it: {error}") from error


def _check_members(members: list[zipfile.ZipInfo], most_bytes: int) -> None:
    names = [_array_name(member) for member in members]
    for name in names:
        if name not in ("images", "labels"):
            raise _bad("file", f"holds {name[:80]!r}: only arrays named images and labels belong into it")
        if names.count(name) > 1:
            raise _bad("file", f"holds {name} twice")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise _bad("file", "is compressed in a way that numpy does not write: save it with numpy.savez_compressed")
    size = sum(member.file_size for member in members)
    if size > most_bytes:
        raise _bad("file", f"holds {size / 2**20:.0f} MiB unpacked, over the limit of {most_bytes / 2**20:.0f} MiB")


def _array_name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(".npy")


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    """One array. What its header promises must be what the archive holds, before any of it is read."""
    name = _array_name(member)
    with archive.open(member) as stream:
        shape, fortran_order, dtype = _read_header(name, stream)
        if dtype.hasobject:
            raise _bad(name, "holds Python objects, which are never loaded: save plain numbers")
        if dtype.kind not in "biuf":
            raise _bad(name, f"has type {dtype}: numbers are needed")
        promised = math.prod(shape) * dtype.itemsize
        if promised != member.file_size - stream.tell():
            raise _bad(name, f"is damaged: its header promises {promised} bytes, the file holds something else")
        content = stream.read(promised)
    flat = np.frombuffer(content, dtype=dtype)
    array: Array = flat.reshape(shape, order="F" if fortran_order else "C")
    return array


def _read_header(name: str, stream: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        read = readers[np.lib.format.read_magic(stream)]
        shape, fortran_order, dtype = read(stream, max_header_size=_HEADER_BYTES)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise  # the archive is damaged, not the header
    except Exception as error:  # it is parsed as Python source, which fails in as many ways as Python does
        raise _bad(name, f"has no header of plain numbers: {type(error).__name__}") from error
    if any(side < 0 for side in shape):
        raise _bad(name, f"has the shape {shape}")
    return shape, fortran_order, dtype


def _images(images: Array) -> Array:
    """[N, H, W, C]: uint8 0/1 where binary, uint8 levels, or float32 in [0, 1]."""
    if images.ndim not in (3, 4):
        raise _bad("images", f"has {images.ndim} dimensions: [N, height, width] or [N, height, width, channels]")
    images = images[..., None] if images.ndim == 3 else images
    count, height, width, channels = images.shape
    if count < FEWEST_IMAGES:
        raise _bad("images", f"holds {count} image{'' if count == 1 else 's'}: at least {FEWEST_IMAGES} are needed")
    if not (1 <= height <= LONGEST_SIDE and 1 <= width <= LONGEST_SIDE):
        raise _bad("images", f"are {height} x {width} pixels: 1 to {LONGEST_SIDE} a side")
    if not 1 <= channels <= MOST_CHANNELS:
        raise _bad("images", f"have {channels} channels in the last dimension: 1 to {MOST_CHANNELS}")
    if images.dtype == np.bool_:
        return np.ascontiguousarray(images).astype(np.uint8)
    if images.dtype.name not in _GREY:
        raise _bad("images", f"has type {images.dtype}: uint8, bool, or float in [0, 1]")
    return _levels(images)


def _levels(images: Array) -> Array:
    if images.dtype == np.uint8:
        return np.ascontiguousarray(images)
    for position, image in enumerate(images):  # one by one: a mask of all of them would double the memory
        if not np.isfinite(image).all():
            raise _bad("images", f"holds NaN or infinity in image {position}")
        if image.min() < 0 or image.max() > 1:
            raise _bad("images", f"has values outside [0, 1] in image {position}: divide by the white level")
    single = np.ascontiguousarray(images, dtype=np.float32)
    binary = bool(((single == 0) | (single == 1)).all())
    return single.astype(np.uint8) if binary else single


def _labels(labels: Array, count: int) -> Array:
    """[N] int64."""
    if labels.shape != (count,):
        raise _bad("labels", f"has the shape {labels.shape}: one label for each of the {count} images")
    if labels.dtype.kind not in "biu":
        raise _bad("labels", f"has type {labels.dtype}: whole numbers are needed")
    if labels.min() < 0 or labels.max() >= MOST_CLASSES:
        raise _bad("labels", f"runs from {labels.min()} to {labels.max()}: 0 to {MOST_CLASSES - 1}")
    return labels.astype(np.int64)


def _facts(name: str, images: Array, labels: Array | None) -> DatasetFacts:
    count, height, width, channels = images.shape
    held_out = max(2, count // _HELD_OUT)
    splits = {"train": count - 2 * held_out, "validation": held_out, "test": held_out}
    binary = images.dtype == np.uint8 and int(np.max(images)) <= 1
    named = {"images": images} | ({} if labels is None else {"labels": labels})
    return DatasetFacts(
        name=name,
        title=name,
        height=height,
        width=width,
        channels=channels,
        splits=splits,
        values="binary" if binary else "grey",
        checksums={key: _checksum(array) for key, array in named.items()},
        classes=None if labels is None else int(np.max(labels)) + 1,
        sources=("upload",),
        defaults=defaults(splits["train"], height * width * channels),
        kind_defaults=kind_defaults(splits["train"], height * width * channels),
        note="Uploaded here; split 80/10/10 by a fixed seed.",
    )


def _split(images: Array, labels: Array | None, facts: DatasetFacts) -> dict[str, Array]:
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(images))
    arrays: dict[str, Array] = {}
    start = 0
    for split in SPLITS:
        chosen = order[start : start + facts.splits[split]]
        start += facts.splits[split]
        arrays[f"{split}_images"] = images[chosen]
        if labels is not None:
            arrays[f"{split}_labels"] = labels[chosen]
    return arrays


def _checksum(array: Array) -> str:
    """SHA-256 of type, shape and content: the same bytes in another shape are other images."""
    digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _bad(name: str, message: str) -> Invalid:
    return Invalid([FieldProblem((name,), message)])

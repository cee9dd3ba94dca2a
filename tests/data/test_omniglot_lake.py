"""Lake's Omniglot: the same set from its archives and from their bits, whatever the order of the files."""

import hashlib
import io
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backend.datasets import OMNIGLOT_LAKE, DatasetFacts
from backend.errors import DataError
from backend.store.dataset_files import artifact_key, unpack
from tests.data.conftest import Shelf, Web
from worker.data import bring, fetch
from worker.data.omniglot_lake import PACKED, downsampled
from worker.observing import SilentObserver

COUNTS = {"background": 6, "evaluation": 4}
Ink = dict[str, NDArray[np.uint8]]


@pytest.fixture
def ink() -> Ink:
    """Blots on images of 105 x 105, 1 where there is ink."""
    generator = np.random.default_rng(0)
    return {
        part: np.kron(generator.integers(0, 2, (count, 21, 21)), np.ones((5, 5))).astype(np.uint8)
        for part, count in COUNTS.items()
    }


def packed(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.packbits(images.reshape(len(images), -1), axis=1)


def archive(images: NDArray[np.uint8], part: str) -> bytes:
    """As Lake published them: PNGs of one bit, dark ink on white, in a folder for each character."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"images_{part}/", "")
        for number, image in enumerate(images):
            made.writestr(f"images_{part}/Greek/character{number:02}/{number:04}_01.png", png(image))
    return file.getvalue()


def png(image: NDArray[np.uint8]) -> bytes:
    file = io.BytesIO()
    Image.fromarray((1 - image) * 255).convert("1").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def facts(ink: Ink, web: Web) -> DatasetFacts:
    return replace(
        OMNIGLOT_LAKE,
        splits={"train": 4, "validation": 2, "test": 4},
        checksums={
            part: hashlib.sha256(b"".join(sorted(row.tobytes() for row in packed(images)))).hexdigest()
            for part, images in ink.items()
        },
        sources=tuple(f"{web.url}images_{part}.zip" for part in COUNTS),
    )


def write_zips(ink: Ink, folder: Path) -> None:
    for part, images in ink.items():
        (folder / f"images_{part}.zip").write_bytes(archive(images, part))


def write_bits(ink: Ink, folder: Path) -> None:
    for part, images in ink.items():
        rows = packed(images[::-1]).reshape(-1, 2, PACKED)  # characters, drawers, in another order
        np.savez_compressed(folder / f"omniglot_{part}_105.npz", ink_packed=rows, shape=np.array([len(rows), 2]))


def test_every_source_makes_the_same_arrays(ink: Ink, facts: DatasetFacts, web: Web, tmp_path: Path) -> None:
    zips, bits, loaded, copied, unpacked = tmp_path / "zips", tmp_path / "bits", Shelf(), Shelf(), Shelf()
    for folder, write in ((zips, write_zips), (bits, write_bits)):
        folder.mkdir()
        write(ink, folder)
    web.files = {f"images_{part}.zip": archive(images, part) for part, images in ink.items()}
    fetch(facts, loaded, SilentObserver())
    bring(facts, zips / "images_background.zip", copied)
    bring(facts, bits, unpacked)
    first, *others = (unpack(shelf.objects[artifact_key(facts)], facts) for shelf in (loaded, copied, unpacked))
    assert all((first[name] == other[name]).all() for other in others for name in first)
    train = np.concatenate((first["train_images"], first["validation_images"]))[..., 0]
    for found, images in ((train, ink["background"]), (first["test_images"][..., 0], ink["evaluation"])):
        assert sorted(each.tobytes() for each in found) == sorted(
            each.tobytes() for each in downsampled(packed(images), 28)
        )


def test_levels_are_exact_areas_and_the_image_stands_upright() -> None:
    generator = np.random.default_rng(1)
    image = generator.integers(0, 2, (105, 105), dtype=np.uint8)
    (found,) = downsampled(packed(image[None]), 28)
    for row, column in ((0, 0), (3, 20), (27, 27), (13, 0)):
        tall, wide = ([overlap(pixel, square) for pixel in range(105)] for square in (row, column))
        area = sum(int(image[i, j]) * tall[i] * wide[j] for i in range(105) for j in range(105) if tall[i] and wide[j])
        assert found[row, column] == round(255 * area / Fraction(15, 4) ** 2)
    corner = np.zeros((1, 105, 105), np.uint8)
    corner[0, 0, 90:] = 1
    assert downsampled(packed(corner), 28)[0].nonzero()[0].tolist() == [0] * 4
    assert downsampled(packed(np.ones((1, 105, 105), np.uint8)), 28).min() == 255


def overlap(pixel: int, square: int) -> Fraction:
    """How much of a pixel lies in a square of 15 / 4 pixels."""
    side = Fraction(15, 4)
    return max(Fraction(0), min(Fraction(pixel + 1), side * (square + 1)) - max(Fraction(pixel), side * square))


def test_other_images_are_refused(ink: Ink, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    ink["evaluation"][0, 0, 0] ^= 1
    write_zips(ink, tmp_path)
    with pytest.raises(DataError, match="evaluation has SHA-256"):
        bring(facts, tmp_path, shelf)
    assert not shelf.objects


def npz(**arrays: NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


def promising(shape: str) -> bytes:
    """An array whose header promises more than there is."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
    return zipped("ink_packed.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("images_background.zip", b"no zip", "is damaged"),
        ("images_background.zip", zipped("a.png", bytes(2**20)), "larger than 65536 bytes"),
        ("images_background.zip", zipped("a.png", b"no picture"), r"a\.png is damaged"),
        ("images_background.zip", zipped("a.png", png(np.zeros((28, 28), np.uint8))), "should be 105 x 105"),
        ("images_background.zip", zipped("a.txt", b""), "holds no PNG"),
        ("omniglot_background_105.npz", npz(other=np.zeros(3)), "array ink_packed, which is missing"),
        ("omniglot_background_105.npz", npz(ink_packed=np.array([{}], dtype=object)), "is damaged"),
        ("omniglot_background_105.npz", npz(ink_packed=np.zeros((2, 20, 99), np.uint8)), "1379 bytes an image"),
        ("omniglot_background_105.npz", npz(ink_packed=np.zeros((2, PACKED))), "should be uint8"),
        ("omniglot_background_105.npz", promising(f"({2**40}, {PACKED})"), "its header promises"),
        ("images_sideways.zip", b"", "both are missing"),
    ],
    ids=["zip", "bomb", "png", "size", "empty", "array", "objects", "width", "type", "promise", "missing"],
)
def test_a_file_of_another_form_is_refused(
    file: str, content: bytes, message: str, facts: DatasetFacts, shelf: Shelf, tmp_path: Path
) -> None:
    (tmp_path / file).write_bytes(content)
    with pytest.raises(DataError, match=message):
        bring(facts, tmp_path, shelf)
    assert not shelf.objects

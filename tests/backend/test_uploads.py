"""Uploads: what is taken, how it is split, and one named reason for everything that is not taken."""

import io
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import Invalid
from backend.store.dataset_files import pack, unpack
from backend.upload_defaults import defaults, kind_defaults
from backend.uploads import read_upload

LIMIT = 2**22


def npz(**arrays) -> io.BytesIO:
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return file


def images(*shape, dtype=np.uint8, seed=0):
    generator = np.random.default_rng(seed)
    if np.issubdtype(dtype, np.integer):
        return generator.integers(0, 256, shape).astype(dtype)
    return generator.random(shape).astype(dtype)


def refusal(file, name="mine") -> tuple[str, str]:
    with pytest.raises(Invalid) as error:
        read_upload(name, file, LIMIT)
    (problem,) = error.value.problems
    return str(problem.loc[0]), problem.msg


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64, ">f4", bool])
@pytest.mark.parametrize("shape", [(20, 5, 7), (20, 5, 7, 1), (20, 5, 7, 3)])
def test_every_kind_of_image_is_taken(dtype, shape):
    raw = images(*shape, dtype=np.float64)
    raw = (raw > 0.5) if dtype is bool else raw * 255 if dtype is np.uint8 else raw
    upload = read_upload("mine", npz(images=raw.astype(dtype)), LIMIT)
    assert upload.facts.shape == (5, 7, shape[3] if len(shape) == 4 else 1)
    assert upload.facts.splits == {"train": 16, "validation": 2, "test": 2}
    assert upload.facts.values == ("binary" if dtype is bool else "grey")
    assert unpack(pack(upload.arrays), upload.facts).keys() == upload.arrays.keys()


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 200))
def test_the_split_uses_every_image_once_and_keeps_labels_with_their_images(count):
    raw = np.arange(count, dtype=np.uint8)[:, None, None].repeat(2, 1).repeat(3, 2)
    upload = read_upload("mine", npz(images=raw, labels=np.arange(count)), LIMIT)
    seen = np.concatenate([upload.arrays[f"{split}_images"][:, 0, 0, 0] for split in upload.facts.splits])
    labels = np.concatenate([upload.arrays[f"{split}_labels"] for split in upload.facts.splits])
    assert sorted(seen.tolist()) == list(range(count))
    assert (seen == labels).all()
    assert sum(upload.facts.splits.values()) == count
    assert min(upload.facts.splits.values()) >= 2
    assert upload.facts.classes == count
    assert upload.facts.splits["test"] == max(2, count // 10)


def test_identity_is_the_content_not_the_file():
    raw = images(12, 4, 6)
    plain = read_upload("mine", npz(images=raw), LIMIT).facts
    packed = io.BytesIO()
    np.savez_compressed(packed, images=np.asfortranarray(raw))
    assert read_upload("mine", packed, LIMIT).facts.sha256 == plain.sha256
    assert read_upload("other", npz(images=raw), LIMIT).facts.sha256 == plain.sha256
    for other in (
        npz(images=raw.reshape(12, 6, 4)),
        npz(images=raw, labels=np.zeros(12, int)),
        npz(images=images(12, 4, 6, seed=1)),
    ):
        assert read_upload("mine", other, LIMIT).facts.sha256 != plain.sha256


def test_fortran_order_is_read_as_what_it_means():
    raw = images(12, 4, 6)
    read = read_upload("mine", npz(images=np.asfortranarray(raw)), LIMIT).arrays
    straight = read_upload("mine", npz(images=raw), LIMIT).arrays
    assert (read["train_images"] == straight["train_images"]).all()


@pytest.mark.parametrize(
    ("arrays", "named", "says"),
    [
        ({"images": np.array([[1, "a"], [None, {}]], dtype=object)}, "images", "objects"),
        ({"images": images(20, 4, 4), "labels": np.array([None] * 20)}, "labels", "objects"),
        ({"images": np.full((20, 4, 4), np.nan)}, "images", "NaN"),
        ({"images": np.full((20, 4, 4), np.inf)}, "images", "infinity"),
        ({"images": images(20, 4, 4, dtype=np.float64) * 2}, "images", "outside [0, 1]"),
        ({"images": images(20, 4, 4, dtype=np.float64) - 1}, "images", "outside [0, 1]"),
        ({"images": images(20, 4, 4).astype(np.int64)}, "images", "int64"),
        ({"images": np.full((20, 4, 4), "a")}, "images", "numbers are needed"),
        ({"images": np.zeros((20, 4, 4), dtype=np.complex64)}, "images", "numbers are needed"),
        ({"images": np.zeros(20, dtype=[("a", "f4")])}, "images", "numbers are needed"),
        ({"images": images(1, 4, 4)}, "images", "1 image:"),
        ({"images": images(0, 4, 4)}, "images", "0 images"),
        ({"images": images(9, 4, 4)}, "images", "at least 10"),
        ({"images": images(20, 16)}, "images", "2 dimensions"),
        ({"images": images(20, 4, 4, 3, 1)}, "images", "5 dimensions"),
        ({"images": np.float64(1.0)}, "images", "0 dimensions"),
        ({"images": images(20, 3, 32, 32)}, "images", "32 channels"),
        ({"images": images(20, 0, 4)}, "images", "0 x 4"),
        ({"images": images(20, 1025, 2)}, "images", "1025 x 2"),
        ({"images": images(20, 4, 4), "labels": np.arange(19)}, "labels", "one label for each"),
        ({"images": images(20, 4, 4), "labels": np.arange(20)[:, None]}, "labels", "one label for each"),
        ({"images": images(20, 4, 4), "labels": np.arange(20.0)}, "labels", "whole numbers"),
        ({"images": images(20, 4, 4), "labels": np.arange(20) - 1}, "labels", "-1"),
        ({"images": images(20, 4, 4), "labels": np.arange(20) * 100}, "labels", "1900"),
        ({"pictures": images(20, 4, 4)}, "file", "pictures"),
        ({"images": images(20, 4, 4), "extra": images(1)}, "file", "extra"),
        ({}, "file", "images is needed"),
    ],
)
def test_a_bad_array_is_named(arrays, named, says):
    loc, message = refusal(npz(**arrays))
    assert loc == named
    assert says in message


def test_what_is_no_npz_is_refused():
    whole = npz(images=images(20, 4, 4)).getvalue()
    for content in (b"", b"PK", b"not a zip", whole[:-30], whole[: len(whole) // 2], whole[200:]):
        assert refusal(io.BytesIO(content))[0] == "file"
    damaged = bytearray(whole)
    damaged[200] ^= 0xFF
    assert "CRC" in refusal(io.BytesIO(damaged))[1]


def test_a_pickle_is_not_loaded(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    file = io.BytesIO()
    np.savez(file, allow_pickle=True, images=np.array([Trap()] * 20, dtype=object))
    assert "never loaded" in refusal(file)[1]
    assert "no complete .npz" in refusal(io.BytesIO(b"\x80\x04K\x01."))[1]
    assert not (tmp_path / "sprung").exists()


def member(header: bytes, body: bytes = b"", name: str = "images.npy") -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body)
    return file


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999, 28, 28)}",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (-20, 4, 4)}",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': (20, 4, 5)}",
        b"{'descr': '|u1', 'fortran_order': False, 'shape': 20}",
        b"{'descr': 'nonsense', 'fortran_order': False, 'shape': (20, 4, 4)}",
        b"{'descr': '|u1'}",
        b"__import__('os').abort()",
        b"(" * 9000,
        b"\xff" * 100,
    ],
)
def test_a_header_that_lies_is_refused_before_anything_is_read(header):
    assert refusal(member(header, bytes(20 * 4 * 4)))[0] in ("images", "file")


def test_a_zip_bomb_is_refused_by_its_declared_size():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", bytes(LIMIT + 1))
    assert len(file.getvalue()) < LIMIT / 100
    assert "over the limit" in refusal(file)[1]


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (20, 4, 4)}"
    file = member(header, bytes(LIMIT * 4))
    content = bytearray(file.getvalue())
    declared = (LIMIT * 4 + 10 + len(header)).to_bytes(4, "little")
    assert content.count(declared) == 2
    content = content.replace(declared, (10 + len(header) + 320).to_bytes(4, "little"))
    assert "no complete .npz" in refusal(io.BytesIO(content))[1]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_that_numpy_does_not_write_is_refused_whole_or_damaged(method):
    file, array = io.BytesIO(), io.BytesIO()
    np.save(array, images(20, 4, 4))
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("images.npy", array.getvalue())
    damaged = bytearray(file.getvalue())
    damaged[60] ^= 0xFF
    for content in (file.getvalue(), bytes(damaged)):
        loc, message = refusal(io.BytesIO(content))
        assert loc == "file"
        assert "numpy.savez_compressed" in message


def test_a_table_of_contents_of_millions_is_refused_before_it_is_read():
    number, entry = 1_000_000, b"PK\1\2" + bytes(42)
    contents = entry * number
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(contents), 0, 0)
    tracemalloc.start()
    loc, message = refusal(io.BytesIO(contents + end))
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (loc, "too long" in message) == ("file", True)
    assert used < 2 * len(contents)


def test_two_arrays_of_one_name_are_refused():
    file = npz(images=images(20, 4, 4))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("images.npy", b"")
    assert "twice" in refusal(file)[1]


@pytest.mark.parametrize("name", ["", "Mine", "a b", "-a", "a/b", "../a", "a\n", "ä", "a" * 65, "."])
def test_a_name_is_one_plain_word(name):
    assert refusal(npz(images=images(20, 4, 4)), name)[0] == "name"


@pytest.mark.parametrize("train", [6, 100, 10_000, 1_000_000])
@pytest.mark.parametrize("pixels", [4, 784, 3_000_000])
def test_default_runs_take_a_bounded_number_of_steps(train, pixels):
    training = defaults(train, pixels)["training"]
    steps = training["epochs"] * train / training["batch_size"]
    assert training["batch_size"] <= train
    assert 100 <= steps <= max(3000, train / training["batch_size"])
    causal = kind_defaults(train, pixels)["decoder", "pixelcnn"]["training"]
    assert 1 <= causal["epochs"] <= 20
    assert causal["epochs"] == 1 or causal["epochs"] * train * pixels <= 30_000_000

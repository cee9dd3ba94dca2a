"""Fashion-MNIST: MNIST's form under its own address, and in a package of Debian's."""

import gzip
import hashlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.datasets import FASHION_MNIST, MNIST, DatasetFacts
from backend.errors import DataError
from backend.store.dataset_files import artifact_key, unpack
from tests.data.conftest import Raw, Shelf, Web, small_idx_set
from worker.data import bring, fetch
from worker.data.download import Tally
from worker.data.idx import write_idx
from worker.data.mnist import DEBIAN_FOLDER, DEBIAN_PACKAGE, FILES, _gunzip
from worker.data.package import debian_files
from worker.observing import SilentObserver

debian = pytest.mark.skipif(
    shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None, reason="needs Debian's apt-get and dpkg-deb"
)


@pytest.fixture
def raw() -> Raw:
    return small_idx_set(seed=1)


@pytest.fixture
def facts(raw: Raw, web: Web) -> DatasetFacts:
    """A small one, to be published by our own server."""
    return replace(
        FASHION_MNIST,
        splits={"train": 22, "validation": 8, "test": 12},
        checksums={name: hashlib.sha256(write_idx(array)).hexdigest() for name, array in raw.items()},
        sources=(web.url, f"apt: {DEBIAN_PACKAGE}"),
    )


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real apt, which knows of one package folder, ours, and keeps its lists beside it."""
    folder = tmp_path / "archive"
    for name in ("archive", "state/lists/partial", "cache/archives/partial", "etc"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "sources.list").write_text(f"deb [trusted=yes] file:{folder} ./\n")
    options = {
        "Dir::State": tmp_path / "state",
        "Dir::Cache": tmp_path / "cache",
        "Dir::Etc": tmp_path / "etc",
        "Dir::Etc::sourcelist": tmp_path / "sources.list",
        "Dir::State::status": "/dev/null",
        "APT::Sandbox::User": "",
    }
    (tmp_path / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in options.items()))
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    return folder


def put_into_debian_package(raw: Raw, archive: Path) -> None:
    """A package like Debian's, and the list that names it."""
    tree = archive.parent / "tree"
    (tree / DEBIAN_FOLDER).mkdir(parents=True)
    (tree / "DEBIAN").mkdir()
    control = f"Package: {DEBIAN_PACKAGE}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <n@example.org>\n"
    (tree / "DEBIAN/control").write_text(f"{control}Description: clothes\n")
    for name, file in FILES.items():
        (tree / DEBIAN_FOLDER / f"{file}.gz").write_bytes(gzip.compress(write_idx(raw[name])))
    package = archive / "package.deb"
    subprocess.run(["dpkg-deb", "--build", tree, package], check=True, capture_output=True)
    content = package.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    (archive / "Packages").write_text(
        f"{control}Filename: ./package.deb\nSize: {len(content)}\nSHA256: {digest}\nDescription: clothes\n\n"
    )
    subprocess.run(["apt-get", "update"], check=True, capture_output=True)


def check(shelf: Shelf, facts: DatasetFacts, raw: Raw) -> None:
    arrays = unpack(shelf.objects[artifact_key(facts)], facts)
    images = np.concatenate((arrays["train_images"], arrays["validation_images"]))[..., 0]
    labels = np.concatenate((arrays["train_labels"], arrays["validation_labels"]))
    assert (arrays["test_images"][..., 0] == raw["test-images"]).all()
    order = [int(np.flatnonzero((raw["train-images"] == each).all((1, 2)))[0]) for each in images]
    assert sorted(order) == list(range(30))
    assert (labels == raw["train-labels"][order]).all()


def test_its_own_address(raw: Raw, facts: DatasetFacts, web: Web, shelf: Shelf) -> None:
    web.files = {f"{file}.gz": gzip.compress(write_idx(raw[name])) for name, file in FILES.items()}
    fetch(facts, shelf, SilentObserver())
    check(shelf, facts, raw)


@debian
def test_debians_package_is_the_last_resort(raw: Raw, facts: DatasetFacts, shelf: Shelf, archive: Path) -> None:
    put_into_debian_package(raw, archive)
    fetch(facts, shelf, SilentObserver())
    check(shelf, facts, raw)
    with pytest.raises(DataError, match="does not hold usr/share/nothing"):
        debian_files(DEBIAN_PACKAGE, ["usr/share/nothing"], Tally(0, SilentObserver()))


@debian
def test_without_a_source_every_reason_is_given(facts: DatasetFacts, shelf: Shelf, archive: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetch(facts, shelf, SilentObserver())
    for words in ("answers 404", "apt-get cannot download", "frontier data import fashion-mnist FILE"):
        assert words in str(caught.value)
    assert not shelf.objects


def test_elsewhere_than_on_debian_there_is_no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DataError, match="apt-get and dpkg-deb, which are not here"):
        debian_files(DEBIAN_PACKAGE, [], Tally(0, SilentObserver()))


def test_a_folder_of_ones_own_and_none_of_mnists(raw: Raw, facts: DatasetFacts, shelf: Shelf, tmp_path: Path) -> None:
    for name, file in FILES.items():
        (tmp_path / file).write_bytes(write_idx(raw[name]))
    with pytest.raises(DataError, match="mnist: train-images has SHA-256"):
        bring(MNIST, tmp_path, shelf)
    bring(facts, tmp_path, shelf)
    check(shelf, facts, raw)


def test_a_small_file_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(DataError, match="more than 1 MiB"):
        _gunzip(gzip.compress(bytes(2**21)), "bomb", most=2**20)

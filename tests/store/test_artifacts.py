"""Objects by key: whole or not at all, on disk and in an object store."""

import errno
import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.errors import DiskFull, NotFound, SetupError
from backend.store.artifacts import ArtifactStore


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    """An empty store; fsspec's memory file system stands for every store that is no disk."""
    root = tmp_path / "with space" if request.param == "file" else Path("/") / uuid.uuid4().hex
    return ArtifactStore(f"{request.param}://{root}")


def test_what_was_put_can_be_had(store: ArtifactStore) -> None:
    assert list(store.keys()) == []
    assert store.used_bytes() == 0
    store.put("checkpoints/a/1.pt", b"one")
    store.put("checkpoints/a/1.pt", b"another")
    store.put("datasets/b.npz", b"two")
    assert store.get("checkpoints/a/1.pt") == b"another"
    assert store.exists("datasets/b.npz")
    assert not store.exists("datasets/c.npz")
    assert store.size("datasets/b.npz") == 3
    assert store.used_bytes() == 10
    assert list(store.keys()) == ["checkpoints/a/1.pt", "datasets/b.npz"]
    assert list(store.keys("checkpoints/")) == ["checkpoints/a/1.pt"]
    assert list(store.keys("datasets/c")) == []
    assert abs(datetime.now(UTC) - store.modified("datasets/b.npz")) < timedelta(minutes=1)


def test_what_was_deleted_is_gone(store: ArtifactStore) -> None:
    store.put("a/b", b"x")
    store.delete("a/b")
    store.delete("a/b")
    for call in (store.get, store.size, store.modified):
        with pytest.raises(NotFound, match="a/b"):
            call("a/b")
    assert list(store.keys()) == []


def test_no_key_leads_out_of_the_store(store: ArtifactStore) -> None:
    for key in ("../outside", "a/../../outside", "", "a//b", "/etc/passwd"):
        with pytest.raises(NotFound):
            store.put(key, b"x")


def test_deleting_leaves_no_empty_folder(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    store.put("checkpoints/a/1", b"x")
    store.put("checkpoints/b/1", b"x")
    store.delete("checkpoints/a/1")
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["b"]


def test_a_put_and_a_delete_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    failures: list[BaseException] = []

    def cycle(name: str) -> None:
        try:
            for _ in range(100):
                store.put(f"folder/{name}", b"x")
                store.delete(f"folder/{name}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=cycle, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_full_disk_is_one_sentence_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ArtifactStore(f"file://{tmp_path}")
    store.put("a/b", b"before")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull, match="is full: make room"):
        store.put("a/b", b"after")
    assert store.get("a/b") == b"before"
    assert list(store.keys()) == ["a/b"]


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(SetupError, match="FRONTIER_ARTIFACTS_URL"):
        ArtifactStore("gopher://host/store")

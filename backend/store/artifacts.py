"""The artifact store: checkpoints and data sets as objects by key, on a disk or in an object store."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO

import fsspec
from fsspec.implementations.local import LocalFileSystem

from backend.errors import DiskFull, NotFound, SetupError, Unavailable

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_PARTIAL = ".partial-"
_FOLDER_TRIES = 20


class ArtifactStore:
    """Objects under one fsspec URL. A key is a relative path with ``/``; an object is there whole or not at all."""

    def __init__(self, url: str) -> None:
        """Open the store; nothing is created before the first object is put.

        Raises:
            SetupError: the URL's protocol is unknown or its client is not installed.
        """
        self.url = url
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise SetupError(f"FRONTIER_ARTIFACTS_URL={url} cannot be opened: {error}") from error
        self._root = self._root.rstrip("/")
        self._is_local = isinstance(self._files, LocalFileSystem)

    def put(self, key: str, content: bytes) -> None:
        """Store an object durably; an older one under that key is replaced at once.

        Raises:
            DiskFull: there is no room.
            Unavailable: the store cannot be reached.
        """
        try:
            if self._is_local:
                _write_file(self._path(key), content)
            else:
                self._files.pipe_file(self._path(key), content)  # object stores show an object when it is complete
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise DiskFull(self.url) from error
            raise Unavailable(f"{self.url} cannot be written: {error}") from error

    def get(self, key: str) -> bytes:
        """The object's content.

        Raises:
            NotFound: there is no such object.
            Unavailable: the store cannot be reached.
        """
        try:
            return bytes(self._files.cat_file(self._path(key)))
        except FileNotFoundError as error:
            raise NotFound(f"{key} is not in the artifact store") from error
        except OSError as error:
            raise Unavailable(f"{self.url} cannot be read: {error}") from error

    def exists(self, key: str) -> bool:
        return bool(self._files.isfile(self._path(key)))

    def delete(self, key: str) -> None:
        """Remove an object; one that is gone already is no error."""
        path = self._path(key)
        with suppress(FileNotFoundError):
            self._files.rm_file(path)
        if self._is_local:
            with suppress(OSError):  # a folder that is not empty stays
                os.rmdir(os.path.dirname(path))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Keys that start with ``prefix``, in order."""
        folder = prefix.rpartition("/")[0]
        for path in sorted(self._files.find(self._path(folder) if folder else self._root)):
            key = path[len(self._root) + 1 :]
            if key.startswith(prefix):
                yield key

    def size(self, key: str) -> int:
        """Bytes of an object.

        Raises:
            NotFound: there is no such object.
        """
        try:
            return int(self._files.size(self._path(key)))
        except FileNotFoundError as error:
            raise NotFound(f"{key} is not in the artifact store") from error

    def modified(self, key: str) -> datetime:
        """When an object was put, by the store's clock.

        Raises:
            NotFound: there is no such object.
        """
        try:
            at: datetime = self._files.modified(self._path(key))
        except FileNotFoundError as error:
            raise NotFound(f"{key} is not in the artifact store") from error
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def used_bytes(self) -> int:
        """Bytes of all objects together."""
        return sum(int(info["size"]) for info in self._files.find(self._root, detail=True).values())

    def _path(self, key: str) -> str:
        if not key or any(part in ("", ".", "..") for part in key.split("/")):
            raise NotFound(f"{key!r} is no key of the artifact store")
        return f"{self._root}/{key}"


def _write_file(path: str, content: bytes) -> None:
    partial = f"{path}{_PARTIAL}{uuid.uuid4().hex}"
    try:
        with _created(partial) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a name must never outlive its content over a power cut
        os.replace(partial, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(partial)
        raise


def _created(path: str) -> BinaryIO:
    """A new file. Another process may remove its folder, empty as it still is, in between; then it is made again."""
    for _ in range(_FOLDER_TRIES):
        with suppress(FileNotFoundError, FileExistsError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            return open(path, "xb")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return open(path, "xb")

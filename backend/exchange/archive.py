"""A stranger's zip, opened with suspicion: everything that its table of contents promises is looked at before it is
unpacked, and no name in it is ever used as a path."""

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from backend.bounded import Bounded
from backend.errors import TooLarge
from backend.exchange.names import (
    DATASETS,
    MANIFEST,
    MOST_CONTENTS_BYTES,
    MOST_LINE_BYTES,
    MOST_MEMBERS,
    MOST_PICTURE_BYTES,
    MOST_RATIO,
    PICTURE,
    RATIO_FROM_BYTES,
    RUNS,
    UNPACKED_FACTOR,
    refuse,
)

_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Signature, lengths of name and extra field of what stands before each member."""
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, struct.error,
)  # fmt: skip
_ENCRYPTED = 0x1


class Archive:
    """The members of a file by name; a context manager is not needed, since it owns no file."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        """
        Args:
            file: seekable; stays open as long as this is used.
            most_bytes: largest file; what it unpacks to may be four times that.

        Raises:
            TooLarge: it is larger, or unpacks to more than that allows.
            Invalid: it is no such archive; says what is wrong.
        """
        size = file.seek(0, os.SEEK_END)
        if size > most_bytes:
            raise TooLarge(
                f"the file has {megabytes(size)}, over the limit of {megabytes(most_bytes)}: export fewer runs, or "
                "raise FRONTIER_UPLOAD_LIMIT_MB where it is read"
            )
        guarded = Bounded(file, MOST_CONTENTS_BYTES)
        with _explained():
            self._zip = zipfile.ZipFile(guarded)
            guarded.most = None
            members = self._zip.infolist()
        _check_members(members, most_bytes)
        with _explained():
            _check_places(file, members, self._zip.start_dir)
        self._members = {member.filename: member for member in members}
        self.most_bytes = most_bytes

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def size(self, name: str) -> int:
        """Bytes of a member, unpacked."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """A whole member."""
        most = MOST_PICTURE_BYTES if PICTURE.fullmatch(name) else MOST_CONTENTS_BYTES
        if self.size(name) > most:
            raise TooLarge(f"the file's {name} has {megabytes(self.size(name))}: at most {megabytes(most)} are read")
        with _explained():
            return self._zip.read(self._members[name])

    def lines(self, name: str) -> Iterator[bytes]:
        """A member line by line."""
        with _explained(), self._zip.open(self._members[name]) as stream:
            while line := stream.readline(MOST_LINE_BYTES + 1):
                if len(line) > MOST_LINE_BYTES:
                    raise TooLarge(f"a line of the file's {name} is longer than {megabytes(MOST_LINE_BYTES)}")
                yield line

    def sha256(self, name: str) -> str:
        """Digest of a member's content."""
        digest = hashlib.sha256()
        with _explained(), self._zip.open(self._members[name]) as stream:
            while chunk := stream.read(2**20):
                digest.update(chunk)
        return digest.hexdigest()


@contextmanager
def _explained() -> Iterator[None]:
    """Turn whatever a damaged archive fails with into one sentence."""
    try:
        yield
    except _UNREADABLE as error:
        raise refuse(
            f"is no complete file of a frontier, as 'frontier export' writes it: {error or type(error).__name__}"
        ) from error


def _check_members(members: list[zipfile.ZipInfo], most_bytes: int) -> None:
    """What the table of contents says of itself."""
    if len(members) > MOST_MEMBERS:
        raise TooLarge(f"the file has {len(members)} members: at most {MOST_MEMBERS} are read")
    seen: set[str] = set()
    for member in members:
        for problem in _problems(member, seen):
            raise refuse(problem)
        seen.add(member.filename)
    missing = [name for name in (MANIFEST, DATASETS, RUNS) if name not in seen]
    if missing:
        raise refuse(f"has no {missing[0]}: it is no file that 'frontier export' wrote")
    unpacked, most = sum(member.file_size for member in members), most_bytes * UNPACKED_FACTOR
    if unpacked > most:
        raise TooLarge(
            f"the file unpacks to {megabytes(unpacked)}, over the limit of {megabytes(most)}: export fewer runs, or "
            "raise FRONTIER_UPLOAD_LIMIT_MB where it is read"
        )


def _problems(member: zipfile.ZipInfo, seen: set[str]) -> Iterator[str]:
    name = member.filename
    if member.orig_filename != name or not (name in (MANIFEST, DATASETS, RUNS) or PICTURE.fullmatch(name)):
        yield f"holds {member.orig_filename[:80]!r}, which does not belong into it"
    if name in seen:
        yield f"holds {name} twice"
    if member.flag_bits & _ENCRYPTED:
        yield f"is encrypted ({name}): unpack and pack it again without a password"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        yield f"holds {name} as a link or a device, not as a file"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"is compressed in a way that is not read here ({name}): use deflate"
    if member.file_size > RATIO_FROM_BYTES and member.file_size > MOST_RATIO * member.compress_size:
        yield f"unpacks {name} to {member.file_size // max(1, member.compress_size)} times its size: it is a bomb"


def _check_places(file: IO[bytes], members: list[zipfile.ZipInfo], end: int) -> None:
    """Members lie one behind the other: none overlaps the next, and nothing stands before the first."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    if ordered[0].header_offset != 0:
        raise refuse("has something before its first member: it is another kind of file, too")
    for member, after in zip(ordered, [*(each.header_offset for each in ordered[1:]), end], strict=True):
        file.seek(member.header_offset)
        signature, name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
        start = member.header_offset + _LOCAL_HEADER.size + name + extra
        if signature != b"PK\3\4" or start + member.compress_size > after:
            raise refuse(f"holds members that overlap ({member.filename}): it is a bomb")


def megabytes(size: int) -> str:
    """A size for a person."""
    return f"{size / 2**20:.0f} MiB"

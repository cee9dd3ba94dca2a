"""A stranger's archive, whose table of contents is read no further than it may be long."""

import zipfile
from typing import IO


class Bounded:
    """A file that gives no more than ``most`` bytes at once: a table of contents of millions would fill the memory.

    Once the archive is open, ``most`` is set to null.
    """

    def __init__(self, file: IO[bytes], most: int) -> None:
        self.most: int | None = most
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.most is None:
            return self._file.read(size)
        content = self._file.read(self.most + 1 if size < 0 else min(size, self.most + 1))
        if len(content) > self.most:
            raise zipfile.BadZipFile("its table of contents is too long")
        return content

"""Downloads that report progress, stop when asked, and give up soon where there is no network."""

import time

import httpx

from backend.errors import DataError
from worker.observing import Observer, Progress

TIMEOUT = httpx.Timeout(connect=3.0, read=4.0, write=4.0, pool=3.0)
"""Seconds. A machine without network goes on to the next source after one short wait, and a server that falls silent
does not keep a cancel from being heard for longer than it may take."""
LARGEST = 512 * 2**20
"""Bytes; more than any file of the table, so that a wrong address cannot fill the memory."""


class Tally:
    """Bytes of one download that may be several files.

    Args:
        total: bytes of all files together, as far as known.
        observer: told of them.
    """

    def __init__(self, total: int, observer: Observer) -> None:
        self.total, self.done = total, 0
        self._observer = observer
        self._began = time.monotonic()

    def set(self, done: int) -> None:
        """So many bytes are here; raises where the work should stop."""
        self._observer.check()
        self.done = done
        eta = None
        if 0 < done < self.total:
            eta = (time.monotonic() - self._began) / done * (self.total - done)
        self._observer.progress(Progress(stage="data", step=done, steps=max(self.total, done), eta_s=eta))


def download(url: str, tally: Tally) -> bytes:
    """The content of a URL.

    Raises:
        DataError: it cannot be reached, breaks off, or is far too large.
    """
    content = bytearray()
    before = tally.done
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT, follow_redirects=True) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise DataError(f"{url} is larger than {LARGEST // 2**20} MiB: it cannot be the file we want")
                tally.set(before + len(content))
    except httpx.HTTPStatusError as error:
        raise DataError(f"{url} answers {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DataError(f"{url} cannot be reached ({type(error).__name__})") from error
    return bytes(content)

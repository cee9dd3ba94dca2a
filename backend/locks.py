"""One ``frontier up`` for each home folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from backend.errors import SetupError


@contextmanager
def home_lock(home: Path) -> Iterator[None]:
    """Own the home folder; the operating system lets go of it even when this process is killed.

    Raises:
        SetupError: another ``frontier up`` owns it, or it cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / "frontier.lock")
        lock.acquire(blocking=False)
    except Timeout as error:
        raise SetupError(
            f"another frontier up{_owner(home)} already runs on {home}: use its page, stop it first, "
            "or choose another folder with --home"
        ) from error
    except OSError as error:
        raise SetupError(
            f"the home folder {home} cannot be used: {error.strerror}; choose another with --home"
        ) from error
    owner = home / "frontier.pid"
    try:
        owner.write_text(f"{os.getpid()}\n")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _owner(home: Path) -> str:
    try:
        return f" (process {int((home / 'frontier.pid').read_text())})"
    except (OSError, ValueError):
        return ""

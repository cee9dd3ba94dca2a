"""What a loader is, and the check that it loaded the right thing."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.data.download import LARGEST
from worker.observing import Observer

Arrays = dict[str, NDArray[Any]]
"""``{split}_images`` [N, H, W, C], ``{split}_labels`` [N] where there are any, as :func:`pack` takes them, and
``{split}_weights`` [N] where a split is a distribution: the probability of each image."""

Loader = Callable[[DatasetFacts, Observer], Arrays]
"""Gets a data set from where it comes from. Nothing is kept when it raises."""


def require_checksum(facts: DatasetFacts, name: str, content: bytes) -> None:
    """Compare one array or file with the facts.

    Raises:
        DataError: it is something else.
    """
    kind, _, expected = facts.checksums[name].rpartition(":")
    sha256 = kind != "md5"
    found = hashlib.sha256(content).hexdigest() if sha256 else hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != expected:
        raise DataError(
            f"{facts.name}: {name} has {'SHA-256' if sha256 else 'MD5'} {found[:16]}..., expected {expected[:16]}...; "
            "nothing of it was kept: load it again"
        )


def read_copy(path: Path) -> bytes:
    """A file of a person's own.

    Raises:
        DataError: it is missing, cannot be read, or is far too large.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path} is larger than {LARGEST // 2**20} MiB: it cannot be the file we want")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def first_that_works(facts: DatasetFacts, attempts: Mapping[str, Callable[[], Arrays]], observer: Observer) -> Arrays:
    """Try sources in order.

    Args:
        facts: the data set.
        attempts: name of a source -> what gets the arrays from there.
        observer: told which source failed, and why.

    Raises:
        DataError: every source failed; gives each reason.
    """
    reasons = []
    for source, attempt in attempts.items():
        observer.check()
        try:
            return attempt()
        except DataError as error:
            reasons.append(str(error))
            observer.log(f"{source}: {error}")
    raise DataError(
        f"data set {facts.name} cannot be had from anywhere: {'; '.join(reasons)}. Connect to the network, or bring "
        f"your own copy: frontier data import {facts.name} FILE"
    )

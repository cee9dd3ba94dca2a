"""What a loader is, and the check that it loaded the right thing."""

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.errors import DataError
from worker.observing import Observer

Arrays = dict[str, NDArray[np.generic]]
"""``{split}_images`` [N, H, W, C] and, where there are labels, ``{split}_labels`` [N]; see backend.store.dataset_files."""

Loader = Callable[[DatasetFacts, Observer], Arrays]
"""Gets a data set from where it comes from. Nothing is kept when it raises."""


def require_checksum(facts: DatasetFacts, name: str, content: bytes) -> None:
    """Compare one array with the facts.

    Raises:
        DataError: it is something else.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != facts.checksums[name]:
        raise DataError(
            f"{facts.name}: {name} has SHA-256 {found[:16]}..., expected {facts.checksums[name][:16]}...; "
            "nothing of it was kept: load it again"
        )

"""{-1, 1}, the two points on which paper I shows what the ELBO prefers (section 3.1)."""

import numpy as np

from backend.datasets import DatasetFacts
from backend.store.dataset_files import SPLITS
from worker.data.source import Arrays, require_checksum
from worker.observing import Observer


def two_points(facts: DatasetFacts, observer: Observer) -> Arrays:
    """0 and 1 in turn, the images of -1 and 1 in [0, 1]: half each in every split, with the point as the label.

    Raises:
        DataError: the facts are of other points.
    """
    arrays: Arrays = {}
    for split in SPLITS:
        points = (np.arange(facts.splits[split]) % 2).astype(np.uint8)
        require_checksum(facts, split, points.tobytes())
        arrays[f"{split}_images"] = points.reshape(-1, 1, 1, 1)
        arrays[f"{split}_labels"] = points
    return arrays

"""Scikit-learn's 8 x 8 digits: ships with the library, no download."""

import numpy as np
from sklearn.datasets import load_digits

from backend.datasets import DatasetFacts
from backend.store.dataset_files import SPLITS
from worker.data.source import Arrays, require_checksum
from worker.observing import Observer
from worker.rng import numpy_generator

LEVELS = 16
"""The brightest pixel; images are written as levels / 16."""


def digits(facts: DatasetFacts, observer: Observer) -> Arrays:
    """The images in [0, 1], float32, split by a fixed seed.

    Raises:
        DataError: this scikit-learn ships other images.
    """
    stored = load_digits()
    images, labels = stored.images.astype(np.uint8), stored.target.astype(np.uint8)
    require_checksum(facts, "images", images.tobytes())
    require_checksum(facts, "labels", labels.tobytes())
    order = numpy_generator(0, "digits/split").permutation(len(images))
    ends = np.cumsum([facts.splits[split] for split in SPLITS])[:-1]
    arrays: Arrays = {}
    for split, index in zip(SPLITS, np.split(order, ends), strict=True):
        arrays[f"{split}_images"] = (images[index, :, :, None] / LEVELS).astype(np.float32)
        arrays[f"{split}_labels"] = labels[index]
    return arrays

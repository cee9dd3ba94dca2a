"""The toy model of paper B, appendix E: thirty one-hot images and their probabilities."""

import numpy as np

from backend.datasets import DatasetFacts
from backend.store.dataset_files import SPLITS
from backend.toy import source
from worker.data.source import Arrays
from worker.observing import Observer


def toy(facts: DatasetFacts, observer: Observer) -> Arrays:
    """Every state once with p*(x), the same in all splits: what is held out is the distribution that is trained on."""
    arrays: Arrays = {}
    for split in SPLITS:
        arrays[f"{split}_images"] = np.eye(facts.width, dtype=np.uint8)[:, None, :, None]
        arrays[f"{split}_weights"] = source().data
    return arrays

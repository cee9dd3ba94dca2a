"""From stored arrays to what a run uses: split, limited, binarised, on the device."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.spec import Dataset
from worker.data.contract import Data, Split
from worker.data.source import Arrays
from worker.networks.contract import ImageShape
from worker.rng import numpy_generator

DATA_SEED = 0
"""Splits, limits and the static draw belong to the data set, not to a run."""


def prepare(dataset: Dataset, facts: DatasetFacts, arrays: Arrays, device: torch.device | str) -> Data:
    """Binarise and limit.

    Args:
        dataset: which binarisation and limits.
        facts: shape and name.
        arrays: as :func:`backend.store.dataset_files.pack` takes them.
        device: where the tensors go.
    """
    train = _split("train", dataset, arrays, device)
    test = _split("test", dataset, arrays, device)
    return Data(
        name=facts.name,
        shape=ImageShape(height=facts.height, width=facts.width, channels=facts.channels),
        train=_limited(train, dataset.train_limit, "train"),
        validation=_split("validation", dataset, arrays, device),
        test=_limited(test, dataset.eval_limit, "test"),
        shown=test,
    )


def _split(name: str, dataset: Dataset, arrays: Arrays, device: torch.device | str) -> Split:
    images = np.ascontiguousarray(arrays[f"{name}_images"].transpose(0, 3, 1, 2))
    labels, weights = arrays.get(f"{name}_labels"), arrays.get(f"{name}_weights")
    white = None
    if dataset.binarize == "dynamic" and name == "train":
        white = float(_white(images))
    elif dataset.binarize == "threshold":
        images = (images >= _white(images) / 2).astype(np.uint8)
    elif dataset.binarize in ("static", "dynamic"):
        images = static_draw(images, name)
    return Split(
        images=torch.from_numpy(images).clone().to(device),
        labels=None if labels is None else torch.from_numpy(labels.astype(np.int64)).to(device),
        white=white,
        weights=None if weights is None else torch.from_numpy(weights).to(device),
    )


def static_draw(images: NDArray[Any], split: str) -> NDArray[np.uint8]:
    """One fixed Bernoulli draw with the grey levels as probabilities: our own, not the literature's."""
    drawn = numpy_generator(DATA_SEED, f"static/{split}").random(images.shape, dtype=np.float32)
    binary: NDArray[np.uint8] = (drawn * np.float32(_white(images)) < images).astype(np.uint8)
    return binary


def _white(images: NDArray[Any]) -> float:
    """The level that is 1: 255 for bytes, 1.0 for floats."""
    return 255.0 if images.dtype == np.uint8 else 1.0


def _limited(split: Split, limit: int | None, name: str) -> Split:
    """So many images, drawn: a stored split may be sorted by class. Of a distribution, what is left is one again."""
    if limit is None:
        return split
    drawn = numpy_generator(DATA_SEED, f"limit/{name}").permutation(len(split))[:limit]
    index = torch.from_numpy(np.sort(drawn)).to(split.images.device)
    weights = None if split.weights is None else split.weights[index]
    return replace(
        split,
        images=split.images[index],
        labels=None if split.labels is None else split.labels[index],
        weights=None if weights is None else weights / weights.sum(),
    )

"""What a run gets: digits as they are, binarised and limited."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from backend.datasets import DIGITS, DatasetFacts
from backend.errors import DataError
from backend.spec import Dataset
from backend.store.dataset_files import artifact_key, pack
from tests.data.conftest import Shelf
from worker.data import bring, load
from worker.data.contract import Data, Split
from worker.data.digits import digits
from worker.data.prepare import _limited
from worker.observing import SilentObserver
from worker.rng import StepNoise

CPU = torch.device("cpu")


def prepared(**options: Any) -> Data:
    return load(Dataset(name="digits", **options), DIGITS, Shelf(), SilentObserver(), "cpu")


def test_digits_are_split_once_and_for_all() -> None:
    arrays = digits(DIGITS, SilentObserver())
    sizes = {split: len(arrays[f"{split}_images"]) for split in ("train", "validation", "test")}
    assert sizes == dict(DIGITS.splits) == {"train": 1257, "validation": 180, "test": 360}
    images = arrays["train_images"]
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0, 1)
    assert set(np.unique(images * 16)) <= set(range(17))
    assert [len(np.unique(arrays[f"{split}_labels"])) for split in sizes] == [10, 10, 10]
    again = digits(DIGITS, SilentObserver())
    assert all((arrays[name] == again[name]).all() for name in arrays)
    # pinned: another split would be another data set
    assert arrays["test_labels"][:12].tolist() == [9, 0, 4, 7, 0, 0, 8, 3, 4, 2, 4, 6]


def test_the_static_draw_is_fixed_binary_and_follows_the_grey_levels() -> None:
    first, second = prepared(), prepared()
    grey = torch.from_numpy(digits(DIGITS, SilentObserver())["train_images"]).permute(0, 3, 1, 2)
    x = first.train.images
    assert torch.equal(x, second.train.images)
    assert x.shape == (1257, 1, 8, 8)
    assert x.dtype == torch.uint8
    assert set(x.unique().tolist()) == {0, 1}
    assert x[grey == 0].max() == 0
    assert x[grey == 1].min() == 1
    halves = x[(grey > 0.4) & (grey < 0.6)].float()
    assert halves.mean().item() == pytest.approx(0.5, abs=0.02)


def test_threshold_is_at_one_half() -> None:
    grey = torch.from_numpy(digits(DIGITS, SilentObserver())["test_images"]).permute(0, 3, 1, 2)
    assert torch.equal(prepared(binarize="threshold").test.images, (grey >= 0.5).to(torch.uint8))


def test_dynamic_trains_on_new_draws_and_measures_the_static_one() -> None:
    static, dynamic = prepared(), prepared(binarize="dynamic")
    assert torch.equal(static.test.images, dynamic.test.images)
    assert torch.equal(static.validation.images, dynamic.validation.images)
    index, noise = torch.arange(1257), StepNoise(0, "test", CPU)
    first, second = (dynamic.train.batch(index, noise.at(step)) for step in (1, 2))
    assert set(first.unique().tolist()) == {0, 1}
    assert not torch.equal(first, second)
    assert torch.equal(first, dynamic.train.batch(index, noise.at(1)))
    mean = torch.stack([dynamic.train.batch(index, noise.at(step)) for step in range(60)]).mean(0)
    assert (mean - dynamic.train.images).abs().max() < 0.35
    assert (mean - dynamic.train.images).mean().abs() < 0.002


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_bytes_and_floats_have_their_own_white(dtype: Any) -> None:
    levels = np.array([0, 127, 128, 255], np.uint8).reshape(1, 2, 2, 1)
    images = levels if dtype == np.uint8 else (levels / 255).astype(np.float32)
    facts, shelf = upload("grey", images), Shelf()
    shelf.put(artifact_key(facts), pack({f"{split}_images": images for split in facts.splits}))
    data = load(Dataset(name="mine", binarize="threshold"), facts, shelf, SilentObserver(), "cpu")
    assert data.test.images.flatten().tolist() == [0, 0, 1, 1]
    data = load(Dataset(name="mine", binarize="static"), facts, shelf, SilentObserver(), "cpu")
    assert data.test.images.flatten()[[0, 3]].tolist() == [0, 1]


def test_binary_images_stay_as_they_are() -> None:
    images = np.array([0, 1, 1, 0, 1, 1], np.uint8).reshape(1, 2, 3, 1)
    facts, shelf = upload("binary", images), Shelf()
    shelf.put(artifact_key(facts), pack({f"{split}_images": images for split in facts.splits}))
    data = load(Dataset(name="mine", binarize="none"), facts, shelf, SilentObserver(), "cpu")
    assert data.train.images.flatten().tolist() == [0, 1, 1, 0, 1, 1]
    assert (data.shape.height, data.shape.width, data.shape.channels) == (2, 3, 1)
    assert data.train.labels is None


def upload(values: Any, images: np.ndarray[Any, Any]) -> DatasetFacts:
    count, height, width, channels = images.shape
    splits = {"train": count, "validation": count, "test": count}
    return DatasetFacts(
        name="mine",
        title="Mine",
        height=height,
        width=width,
        channels=channels,
        splits=splits,
        values=values,
        checksums={"images": "0" * 64},
    )


def test_an_upload_that_is_gone_says_so() -> None:
    facts = upload("binary", np.zeros((1, 2, 2, 1), np.uint8))
    with pytest.raises(DataError, match="upload its file again"):
        load(Dataset(name="mine"), facts, Shelf(), SilentObserver(), "cpu")


def test_a_damaged_file_in_the_store_says_so() -> None:
    facts, shelf = upload("binary", np.zeros((1, 2, 2, 1), np.uint8)), Shelf()
    shelf.put(artifact_key(facts), b"no zip")
    with pytest.raises(DataError, match="damaged"):
        load(Dataset(name="mine"), facts, shelf, SilentObserver(), "cpu")


def test_limits_draw_and_keep_labels_beside_their_images() -> None:
    whole, limited = prepared(), prepared(train_limit=100, eval_limit=40)
    assert (len(limited.train), len(limited.validation), len(limited.test), len(limited.shown)) == (100, 180, 40, 360)
    assert torch.equal(limited.shown.images, whole.test.images)
    assert not torch.equal(limited.test.images, whole.test.images[:40])
    assert limited.test.labels is not None
    assert whole.test.labels is not None
    for image, label in zip(limited.test.images, limited.test.labels, strict=True):
        same = (whole.test.images == image).all((1, 2, 3))
        assert label in whole.test.labels[same]
    assert len(limited.test.labels.unique()) == 10  # a sorted split cut at 40 would hold two classes


def test_digits_are_not_imported() -> None:
    with pytest.raises(DataError, match="needs no file"):
        bring(DIGITS, Path("."), Shelf())


def test_a_limit_keeps_everything_of_the_images_that_are_left() -> None:
    weights, size = torch.arange(1, 11).double() / 55, (10, 1, 2, 2)
    split = Split(
        images=torch.arange(10)[:, None, None, None].expand(size), labels=torch.arange(10), white=9.0, weights=weights
    )
    limited = _limited(split, 4, "test")
    left = limited.images[:, 0, 0, 0]
    assert torch.equal(limited.labels, left)
    assert limited.white == 9.0
    assert limited.weights is not None
    assert torch.allclose(limited.weights, weights[left] / weights[left].sum())
    assert _limited(split, None, "test") is split

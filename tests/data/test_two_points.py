"""{-1, 1}: real numbers, half each, and no bound on an entropy that is minus infinity."""

import torch

from backend.datasets import DATASETS, TWO_POINTS
from backend.expand import expand
from backend.spec import Dataset, GaussianLikelihood
from tests.data.conftest import Shelf
from worker.data import load
from worker.observing import SilentObserver
from worker.rng import StepNoise


def test_half_of_every_split_is_each_point() -> None:
    data = load(Dataset(name="two-points", binarize="none"), TWO_POINTS, Shelf(), SilentObserver(), "cpu")
    for split, count in ((data.train, 1000), (data.validation, 200), (data.test, 1000)):
        assert split.images.shape == (count, 1, 1, 1)
        assert split.images.unique(return_counts=True)[1].tolist() == [count // 2, count // 2]
        assert split.labels is not None
        assert torch.equal(split.images.flatten(), split.labels)
        assert split.weights is None
    noise = StepNoise(0, "test", torch.device("cpu")).at(0)
    assert (2 * data.train.batch(torch.arange(4), noise).flatten() - 1).tolist() == [-1, 1, -1, 1]


def test_its_run_has_a_density_and_no_bound_is_made_up() -> None:
    spec = expand({"dataset": "two-points"}, DATASETS).spec
    assert spec.architecture.likelihood == GaussianLikelihood()
    assert (spec.dataset.binarize, spec.architecture.latent_dim) == ("none", 1)
    assert TWO_POINTS.entropy_bound.value is None
    assert "minus infinity" in TWO_POINTS.entropy_bound.source

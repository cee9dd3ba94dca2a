"""Facts of each data set: shape, splits, checksums, where it comes from, and the run worth having by default.

Nothing here touches the network or reads an image; the worker's ``data`` room does.
"""

from backend.datasets.digits import DIGITS
from backend.datasets.facts import DatasetFacts, EntropyBound, content_digest
from backend.datasets.made import TOY, TWO_POINTS
from backend.datasets.mnist import FASHION_MNIST, MNIST, MNIST_STATIC
from backend.datasets.omniglot import OMNIGLOT, OMNIGLOT_LAKE

DATASETS: dict[str, DatasetFacts] = {
    facts.name: facts
    for facts in (DIGITS, MNIST, MNIST_STATIC, FASHION_MNIST, OMNIGLOT, OMNIGLOT_LAKE, TOY, TWO_POINTS)
}
"""The built-in data sets. Uploads are rows of the store with the same facts."""

__all__ = [
    "DATASETS",
    "DIGITS",
    "FASHION_MNIST",
    "MNIST",
    "MNIST_STATIC",
    "OMNIGLOT",
    "OMNIGLOT_LAKE",
    "TOY",
    "TWO_POINTS",
    "DatasetFacts",
    "EntropyBound",
    "content_digest",
]

"""The demo: a small fixed set of runs on real MNIST that shows a frontier within minutes."""

from typing import Any

from backend.expand import expand
from backend.store import datasets, flags, runs
from backend.store.session import Database

BETAS = (0.1, 0.5, 2.0, 8.0)
_QUEUED = "demo"

_DENSE: dict[str, Any] = {
    "dataset": "mnist",
    "network": "mlp",
    "width": 0.5,
    "train_limit": 20_000,
    "epochs": 4,
    "batch_size": 64,
    "latent_dim": 32,
}
_CONVOLUTIONAL: dict[str, Any] = {
    "dataset": "mnist",
    "network": "conv",
    "width": 0.125,
    "train_limit": 5000,
    "epochs": 4,
    "batch_size": 32,
    "learning_rate": 3e-3,
    "latent_dim": 32,
}
BODIES: tuple[dict[str, Any], ...] = tuple(
    {**base, "beta": beta} for base in (_DENSE, _CONVOLUTIONAL) for beta in BETAS
)
"""What is posted, in the order it is trained."""


def queue_demo(database: Database) -> int:
    """Queue the demo's runs, once in the life of a database; returns how many were queued now."""
    with database.write() as session:
        runs.submitting_alone(session)
        if not flags.first_time(session, _QUEUED):
            return 0
        known = datasets.every(session)
        queued = runs.submit_all(session, [expand(body, known) for body in BODIES])
        return sum(each.created for each in queued)

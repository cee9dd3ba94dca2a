"""Where jobs find their tools, and what they find there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.errors import DataError, NotFound, TrainingError
from backend.settings import Settings
from backend.spec import RunSpec
from backend.store import checkpoints
from backend.store.artifacts import ArtifactStore
from backend.store.results import Tiles
from backend.store.session import Database

if TYPE_CHECKING:
    from worker.pictures import Picture


@dataclass(frozen=True)
class Shop:
    """Where jobs find their tools."""

    database: Database
    artifacts: ArtifactStore
    settings: Settings


def required_checkpoint(shop: Shop, run_id: str) -> bytes:
    """A run's newest checkpoint.

    Raises:
        NotFound: the run has none, or its object is gone.
        DataError: the object is not what was stored.
    """
    with shop.database.read() as session:
        row = checkpoints.newest(session, run_id)
    if row is None:
        raise NotFound(f"run {run_id} has no checkpoint")
    content = shop.artifacts.get(row.key)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise DataError(f"the checkpoint of run {run_id} is damaged: duplicate the run to have its model again")
    return content


def first_weights(shop: Shop, spec: RunSpec) -> bytes | None:
    """The checkpoint of the run that one continues; null where it starts from random weights.

    Raises:
        TrainingError: it is gone, or not the one that was there when the run was submitted.
    """
    continues = spec.training.continues
    if continues is None:
        return None
    hint = "submit it again without training.continues, which trains from the start"
    try:
        content = required_checkpoint(shop, continues.run)
    except (NotFound, DataError) as error:
        raise TrainingError(f"the weights to start from are gone: {error}", hint) from error
    if hashlib.sha256(content).hexdigest() != continues.sha256:
        raise TrainingError(f"the checkpoint of run {continues.run} is not the one that was to be continued", hint)
    return content


def tiles(picture: "Picture") -> Tiles:
    """A picture as the store keeps it."""
    facts: Mapping[str, Any] = vars(picture)
    return Tiles(**facts)

"""Which runs a file is to hold, as a person asks for them."""

from dataclasses import replace

from backend.datasets.named import dataset_in
from backend.exchange.names import SUFFIX
from backend.store import datasets, sweeps
from backend.store.exchange import Selection
from backend.store.session import Database


def selected(database: Database, wanted: Selection) -> Selection:
    """A selection with its data set in full.

    Raises:
        Invalid: there is no such data set.
        NotFound: there is no such sweep.
    """
    with database.read() as session:
        if wanted.sweep:
            sweeps.get(session, wanted.sweep)
        return replace(wanted, dataset=dataset_in(wanted.dataset, datasets.every(session)))


def file_name(selection: Selection) -> str:
    """``digits-static.frontier``: what a file of a selection is called."""
    return f"{(selection.dataset or 'frontier').replace('/', '-')}{SUFFIX}"

"""The one file form of a data set: ``.npz`` without pickles, for downloads, imports and uploads alike."""

import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from backend.datasets import DatasetFacts
from backend.errors import DataError

SPLITS = ("train", "validation", "test")


def artifact_key(facts: DatasetFacts) -> str:
    """Where the artifact store keeps a data set; the content's digest is in the name, so content never changes."""
    return f"datasets/{facts.name}-{facts.sha256[:16]}.npz"


def pack(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Write ``{split}_images`` [N, H, W, C] and, where there are labels, ``{split}_labels`` [N].

    Images are uint8 levels 0..255, uint8 0/1 where the facts say binary, or float32 in [0, 1].
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(arrays))  # type: ignore[arg-type]
    return buffer.getvalue()


def unpack(content: bytes, facts: DatasetFacts) -> dict[str, NDArray[np.generic]]:
    """Read what :func:`pack` wrote, and check that it is the data set the facts describe.

    Raises:
        DataError: the file is damaged or holds something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (ValueError, OSError, KeyError, EOFError) as error:
        raise DataError(f"the stored file of data set {facts.name} is damaged: delete it and load it again") from error
    for split in SPLITS:
        expected = (facts.splits[split], *facts.shape)
        images = arrays.get(f"{split}_images")
        if images is None or images.shape != expected:
            found = "nothing" if images is None else str(images.shape)
            raise DataError(f"data set {facts.name}: {split} images should be {expected}, found {found}")
    return arrays

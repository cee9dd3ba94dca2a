"""Reads numpy arrays out of a pickle without running anything else that may be in it."""

import io
import pickle
from typing import Any

import numpy as np

from backend.errors import DataError

_MULTIARRAY = ("numpy.core.multiarray", "numpy._core.multiarray")
"""Where numpy 1 and numpy 2 say that ``_reconstruct`` lives."""


class _ArrayUnpickler(pickle.Unpickler):
    """Finds the three names that an array is pickled with, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_reconstruct" and module in _MULTIARRAY:
            return np._core.multiarray._reconstruct  # type: ignore[attr-defined]
        if module == "numpy" and name == "ndarray":
            return np.ndarray
        if module == "numpy" and name == "dtype":
            return np.dtype
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def arrays_of_pickle(content: bytes, name: str) -> Any:
    """Nested lists and tuples of arrays.

    Args:
        content: the pickle.
        name: what to call it in an error.

    Raises:
        DataError: it is damaged, or asks for anything but arrays.
    """
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="latin1").load()
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise DataError(f"{name} is damaged or no array file: {error}") from error

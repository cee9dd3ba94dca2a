"""The idx form of MNIST's files: a big-endian header, then bytes."""

import struct

import numpy as np
from numpy.typing import NDArray

from backend.errors import DataError

_BYTES = 0x08
"""The type code of unsigned bytes, the only one these files use."""


def write_idx(array: NDArray[np.uint8]) -> bytes:
    """Header and bytes; data sets are compared by the SHA-256 of this."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, _BYTES, array.ndim, *array.shape) + array.tobytes()


def read_idx(content: bytes, name: str) -> NDArray[np.uint8]:
    """The array of an idx file of bytes.

    Raises:
        DataError: it is something else, or cut short.
    """
    try:
        zero, code, dimensions = struct.unpack_from(">HBB", content)
        shape = struct.unpack_from(f">{dimensions}I", content, 4)
        body = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
        if zero != 0 or code != _BYTES:
            raise ValueError("no idx file of bytes")
        return body.reshape(shape)
    except (struct.error, ValueError) as error:
        raise DataError(f"{name} is damaged: {error}") from error

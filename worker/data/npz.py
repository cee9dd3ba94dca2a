"""One array of an ``.npz``, without pickles, and no larger than its file says."""

import io
import math
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

from backend.errors import DataError
from worker.data.download import LARGEST


def array_of_npz(content: bytes, array: str, name: str) -> NDArray[np.generic]:
    """Read one array.

    Args:
        content: the ``.npz``.
        array: its name.
        name: what to call the file in an error.

    Raises:
        DataError: the file is damaged, or has no such array of plain numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = archive.getinfo(f"{array}.npy")
            if member.file_size > LARGEST:
                raise DataError(f"{name}: {array} is larger than {LARGEST // 2**20} MiB: it cannot be what we want")
            stream = io.BytesIO(archive.read(member))
        header = np.lib.format.read_magic(stream)
        readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        shape, fortran_order, dtype = readers[header](stream)
        if dtype.hasobject or math.prod(shape) * dtype.itemsize != stream.getbuffer().nbytes - stream.tell():
            raise ValueError("it does not hold the numbers that its header promises")
        flat = np.frombuffer(stream.getbuffer(), dtype, offset=stream.tell())
        return flat.reshape(shape, order="F" if fortran_order else "C")
    except KeyError as error:
        raise DataError(f"{name} should hold an array {array}, which is missing") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise DataError(f"{name} is damaged: {error}") from error

"""How a training process holds its memory."""

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
"""Parameters of glibc's mallopt(3)."""
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Let malloc keep what is freed, so that each training step reuses the pages of the one before.

    By default glibc gives large tensors back to the kernel as they are freed, and the next step pays for new pages and
    for filling them with zeros: a fifth of a step of the convolutional networks. Every thread shares one heap, because
    the backward pass runs in a thread of its own. Other C libraries have no such setting, and CUDA caches by itself.

    Returns:
        whether the setting was taken.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return False
    wanted = ((_TRIM_THRESHOLD, _NEVER), (_MMAP_MAX, 0), (_ARENA_MAX, 1))
    taken = [mallopt(name, value) == 1 for name, value in wanted]
    return all(taken)


def give_back_memory() -> None:
    """Return the kept pages to the kernel, between two runs."""
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if malloc_trim is not None:
        malloc_trim(0)

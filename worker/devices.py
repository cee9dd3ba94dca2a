"""Which device a run uses, and how many CPU threads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from backend.errors import SetupError, TrainingError


def choose_device(name: str) -> torch.device:
    """The device for ``auto``, ``cpu`` or ``cuda``.

    Raises:
        SetupError: ``cuda`` is asked for and there is none, or the name is unknown.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise SetupError(f"FRONTIER_DEVICE is {name!r}: it should be auto, cpu or cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise SetupError("FRONTIER_DEVICE is cuda, but torch finds no CUDA device: install a driver, or set it to auto")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def describe_device(device: torch.device) -> str:
    """What a person calls it."""
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return f"cpu ({torch.get_num_threads()} threads)"


def choose_threads(setting: int) -> int:
    """The thread count of a training process: the setting, else one core less than there are.

    OpenMP threads spin and wait for each other, so that a process which owns every core slows down many times as soon
    as another one wants a core; the page that shows the run is such another one.
    """
    return setting or max(1, available_cores() - 1)


def set_threads(count: int) -> None:
    """Use this many threads in the whole process.

    Sums are split by thread, so the count decides the last bits of a result: a resumed run takes the count of its
    checkpoint, not the one this machine would choose.
    """
    if torch.get_num_threads() != count:
        torch.set_num_threads(count)


@contextmanager
def one_thread() -> Iterator[None]:
    """For many small pieces of work, which threads would spend more time handing to each other than doing."""
    before = torch.get_num_threads()
    set_threads(1)
    try:
        yield
    finally:
        set_threads(before)


@contextmanager
def explained_memory() -> Iterator[None]:
    """Say what to change where memory runs out.

    Raises:
        TrainingError: instead of torch's own error, of the device's memory or of the machine's.
    """
    hint = "try a smaller batch_size, width or latent_dim"
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise TrainingError("out of GPU memory", hint) from error
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):
            raise
        raise TrainingError("out of memory", hint) from error


def available_cores() -> int:
    """Cores this process may use, by affinity and by the container's CPU quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _container_quota(Path("/sys/fs/cgroup/cpu.max"))
    return cores if quota is None else max(1, min(cores, quota))


def _container_quota(path: Path) -> int | None:
    """Whole cores of a cgroup quota, such as ``200000 100000``; None where there is no quota."""
    try:
        quota, period = path.read_text().split()
        return int(quota) // int(period)
    except (OSError, ValueError):
        return None

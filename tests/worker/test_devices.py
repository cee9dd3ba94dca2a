"""Devices and threads."""

from pathlib import Path

import pytest
import torch

from backend.errors import SetupError, TrainingError
from worker import devices


def test_auto_is_cuda_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for available, expected in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda available=available: available)
        assert devices.choose_device("auto").type == expected
        assert devices.choose_device("cpu").type == "cpu"


def test_cuda_without_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SetupError, match="no CUDA device"):
        devices.choose_device("cuda")
    with pytest.raises(SetupError, match="auto, cpu or cuda"):
        devices.choose_device("tpu")


@pytest.mark.parametrize(("setting", "cores", "threads"), [(0, 1, 1), (0, 2, 1), (0, 8, 7), (3, 2, 3)])
def test_one_core_is_left_to_everything_else(
    setting: int, cores: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "available_cores", lambda: cores)
    assert devices.choose_threads(setting) == threads


@pytest.mark.parametrize(
    ("text", "cores"), [("200000 100000", 2), ("50000 100000", 0), ("max 100000", None), ("", None)]
)
def test_a_containers_quota_counts_as_cores(text: str, cores: int | None, tmp_path: Path) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(text)
    assert devices._container_quota(file) == cores
    assert devices._container_quota(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"), "out of GPU memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "^out of memory"),
    ],
)
def test_running_out_of_memory_says_what_to_change(error: Exception, words: str) -> None:
    with pytest.raises(TrainingError, match=words) as caught, devices.explained_memory():
        raise error
    assert "smaller batch_size" in caught.value.hint


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shape"), devices.explained_memory():
        raise RuntimeError("shape mismatch")


def test_a_real_allocation_that_is_too_large() -> None:
    with pytest.raises(TrainingError), devices.explained_memory():
        torch.empty(2**60)

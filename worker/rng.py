"""Every random number of a run is a function of (seed, stream, step), so nothing but the step has to be remembered.

A resumed run reseeds its generators from the step it goes on from, and draws what an undisturbed run would have drawn.
"""

import hashlib
from typing import Protocol

import numpy as np
import torch
from torch import Tensor


def derive(seed: int, stream: str) -> int:
    """A 63-bit seed for one stream: the head of BLAKE2b over ``seed/stream``."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


class Noise(Protocol):
    """Where a distribution takes its randomness from."""

    def normal(self, rows: int, columns: int) -> Tensor:
        """Independent N(0, 1), shape [rows, columns]."""
        ...

    def uniform(self, *shape: int) -> Tensor:
        """Independent U[0, 1), of the shape asked for."""
        ...


class StepNoise:
    """Noise of one training or evaluation step, drawn where the model lives.

    Steps take consecutive seeds from their stream's first. torch's CPU generator keeps 32 bits of a seed: seeds hashed
    for each step would meet again after some 60,000 steps, consecutive ones do not before 4 billion.

    Args:
        seed: the run's seed.
        stream: what the numbers are for.
        device: where they are drawn.
    """

    def __init__(self, seed: int, stream: str, device: torch.device) -> None:
        self._first = derive(seed, stream)
        self._device = device
        self._generator = torch.Generator(device)

    def at(self, step: int) -> "StepNoise":
        """Go to a step; returns itself."""
        self._generator.manual_seed((self._first + step) % 2**63)
        return self

    def normal(self, rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, generator=self._generator, device=self._device)

    def uniform(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self._generator, device=self._device)

    def order(self, count: int) -> Tensor:
        """A permutation of 0..count-1, shape [count]."""
        return torch.randperm(count, generator=self._generator, device=self._device)


class FixedNoise:
    """Noise whose first columns do not depend on how many are asked for, and that is the same on every device.

    Pictures of models with different latent dimensions are compared under it: a model of k dimensions sees the first
    k columns of what a larger one sees. NumPy draws one number after the other, column by column.
    """

    def __init__(self, seed: int, stream: str, device: torch.device) -> None:
        self._generator = np.random.Generator(np.random.Philox(derive(seed, stream)))
        self._device = device

    def normal(self, rows: int, columns: int) -> Tensor:
        drawn = self._generator.standard_normal((columns, rows), dtype=np.float32)
        return torch.from_numpy(drawn).T.contiguous().to(self._device)

    def uniform(self, *shape: int) -> Tensor:
        return torch.from_numpy(self._generator.random(shape, dtype=np.float32)).to(self._device)


def numpy_generator(seed: int, stream: str) -> np.random.Generator:
    """For what is drawn once and for all about a data set: splits, static binarisation, limits."""
    return np.random.Generator(np.random.Philox(derive(seed, stream)))

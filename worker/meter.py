"""Collects what each step measured, without waiting for the device, into rows of the training curve."""

import math
import time
from collections.abc import Mapping

import torch
from torch import Tensor

from backend.errors import TrainingError

ROWS = 300
"""Rows of a run's history, at most."""
BATCHED = 64
"""Steps kept on the device before they are looked at."""


class Meter:
    """Means over the steps since the last row, each column in its own unit.

    Rows come at steps that depend on the length of the run alone, so that a resumed run writes the same ones.

    Args:
        total: steps of the run.
        device: where the losses are.
        hints: what to do where a column is not finite any more, by column; under "" for all others.
    """

    def __init__(self, total: int, device: torch.device, hints: Mapping[str, str] = {}) -> None:
        self.total = total
        self.every = math.ceil(total / ROWS)
        self._hints = hints
        self._device = device
        self._names: list[str] = []
        self._waiting = torch.zeros(BATCHED, 0, device=device)
        self._count = 0
        self._sums = torch.zeros(0, dtype=torch.float64)
        self._summed = 0
        self._row_began = time.monotonic()
        self._row_steps = 0

    def add(self, columns: Mapping[str, Tensor], step: int) -> None:
        """Keep what one step measured, shape [] each, the same columns at every step; ``step`` counts it as done."""
        if not self._names:
            self._names = list(columns)
            if not self._waiting.shape[1]:
                self._room(len(columns))
        torch.stack(list(columns.values()), out=self._waiting[self._count])
        self._count += 1
        self._row_steps += 1
        if self._count == BATCHED:
            self._look(step)

    def _room(self, columns: int) -> None:
        self._waiting = torch.zeros(BATCHED, columns, device=self._device)
        self._sums = torch.zeros(columns, dtype=torch.float64)

    def row_due(self, step: int) -> bool:
        return step % self.every == 0 or step == self.total

    def row(self, step: int, batch_size: int) -> dict[str, float]:
        """The means since the last row, and images per second of this process."""
        self._look(step)
        means = self._sums / self._summed
        now = time.monotonic()
        speed = self._row_steps * batch_size / max(now - self._row_began, 1e-9)
        self._sums, self._summed = torch.zeros_like(self._sums), 0
        self._row_began, self._row_steps = now, 0
        return {**dict(zip(self._names, means.tolist(), strict=True)), "images_per_second": speed}

    def check(self, step: int) -> None:
        """Look at the steps that are waiting, and leave them there.

        Raises:
            TrainingError: a loss is not finite; names the step.
        """
        self._require_finite(self._waiting[: self._count].cpu(), step)

    def _look(self, step: int) -> None:
        waiting = self._waiting[: self._count].cpu()
        self._require_finite(waiting, step)
        self._sums += waiting.double().sum(0)
        self._summed += self._count
        self._count = 0

    def _require_finite(self, waiting: Tensor, step: int) -> None:
        bad = (~waiting.isfinite()).any(1).nonzero()
        if len(bad):
            first = int(bad[0])
            what = "NaN" if waiting[first].isnan().any() else "infinite"
            columns = (
                name for name, fine in zip(self._names, waiting[first].isfinite().tolist(), strict=True) if not fine
            )
            hints = dict.fromkeys(self._hints[name] for name in columns if name in self._hints)
            raise TrainingError(
                f"the loss became {what} at step {step - len(waiting) + first + 1}",
                "; ".join(hints) or self._hints.get("", "lower the learning rate"),
            )

    def state(self) -> dict[str, Tensor]:
        """For the checkpoint."""
        return {
            "waiting": self._waiting[: self._count].cpu().clone(),
            "sums": self._sums.clone(),
            "summed": torch.tensor(self._summed),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        self._room(state["waiting"].shape[1])
        self._count = len(state["waiting"])
        self._waiting[: self._count] = state["waiting"]
        self._sums = state["sums"].clone()
        self._summed = int(state["summed"])

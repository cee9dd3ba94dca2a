"""Collects what each step measured, without waiting for the device, into rows of the training curve."""

import math
import time

import torch
from torch import Tensor

from backend.errors import TrainingError
from worker.objectives import Losses

ROWS = 300
"""Rows of a run's history, at most."""
BATCHED = 64
"""Steps kept on the device before they are looked at."""

NAMES = ("loss", "rate", "distortion")


class Meter:
    """Means over the steps since the last row, nats per example.

    Rows come at steps that depend on the length of the run alone, so that a resumed run writes the same ones.

    Args:
        total: steps of the run.
        device: where the losses are.
    """

    def __init__(self, total: int, device: torch.device) -> None:
        self.total = total
        self.every = math.ceil(total / ROWS)
        self._waiting = torch.zeros(BATCHED, len(NAMES), device=device)
        self._count = 0
        self._sums = torch.zeros(len(NAMES), dtype=torch.float64)
        self._summed = 0
        self._row_began = time.monotonic()
        self._row_steps = 0

    def add(self, losses: Losses, step: int) -> None:
        """Keep one step's losses; ``step`` counts it as done."""
        torch.stack([losses.loss.detach(), losses.rate, losses.distortion], out=self._waiting[self._count])
        self._count += 1
        self._row_steps += 1
        if self._count == BATCHED:
            self._look(step)

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
        return {**dict(zip(NAMES, means.tolist(), strict=True)), "images_per_second": speed}

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
            raise TrainingError(
                f"the loss became {what} at step {step - len(waiting) + first + 1}",
                "lower the learning rate, or normalise gradients",
            )

    def state(self) -> dict[str, Tensor]:
        """For the checkpoint."""
        return {
            "waiting": self._waiting[: self._count].cpu().clone(),
            "sums": self._sums.clone(),
            "summed": torch.tensor(self._summed),
        }

    def restore(self, state: dict[str, Tensor]) -> None:
        self._count = len(state["waiting"])
        self._waiting[: self._count] = state["waiting"]
        self._sums = state["sums"].clone()
        self._summed = int(state["summed"])

"""Observers that time work from inside, and stop it once enough of it has been seen."""

import time

import torch

from worker.observing import Observer, Progress, SilentObserver


class Enough(Exception):
    """What was to be timed has been."""


def now(device: torch.device) -> float:
    """Seconds, once the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.monotonic()


class Stopwatch(SilentObserver):
    """Of training: lets a first step pass, times some more, and ends it once the budget is spent.

    Args:
        budget_s: seconds.
        least: steps to time at least.
        device: where the steps are done.
        outside: asked between steps whether to go on.

    Raises:
        Enough: the budget is spent; ``step_s`` holds the seconds of one step.
    """

    def __init__(self, budget_s: float, least: int, device: torch.device, outside: Observer) -> None:
        self.device = device
        self._budget_s, self._least, self._outside = budget_s, least, outside
        self._began: float | None = None
        self._first = 0
        self.step_s = 0.0

    def check(self) -> None:
        self._outside.check()

    def progress(self, progress: Progress) -> None:
        if self._began is None:
            self._began, self._first = now(self.device), progress.step
            return
        steps = progress.step - self._first
        if steps >= self._least and time.monotonic() - self._began >= self._budget_s:
            self.step_s = (now(self.device) - self._began) / steps
            raise Enough


class Rows:
    """Of sampling: what a decoder calls between rows of pixels.

    Args:
        budget_s: seconds.
        device: where the rows are drawn.
        outside: asked between rows whether to go on.

    Raises:
        Enough: the budget is spent and two rows after the first were timed; ``row_s`` holds the seconds of one.
    """

    def __init__(self, budget_s: float, device: torch.device, outside: Observer) -> None:
        self._budget_s, self._device, self._outside = budget_s, device, outside
        self._times: list[float] = []
        self.row_s = 0.0

    def __call__(self) -> None:
        self._outside.check()
        self._times.append(now(self._device))
        timed = self._times[1:]  # the first row also prepares what the others use
        if len(timed) > 2 and timed[-1] - timed[0] > self._budget_s:
            self.row_s = (timed[-1] - timed[0]) / (len(timed) - 1)
            raise Enough

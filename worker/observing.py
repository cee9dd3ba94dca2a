"""How work tells the outside where it is, and learns that it should stop."""

from dataclasses import dataclass
from typing import Literal, Protocol

Stage = Literal["data", "training", "measuring", "drawing"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run is."""

    stage: Stage
    epoch: int = 0
    """Finished epochs."""
    epochs: int = 0
    step: int = 0
    """Steps done; in stage ``data``, bytes."""
    steps: int = 0
    eta_s: float | None = None
    """Seconds until this stage ends; null where nothing is known yet."""


class Observer(Protocol):
    """What a run calls while it works."""

    def check(self) -> None:
        """Return at once, or raise to stop the work.

        Raises:
            Cancelled: a person asked for it.
            Released: the worker is being stopped; a training run saves a checkpoint first.
            LeaseLost: another worker owns the job.
        """
        ...

    def progress(self, progress: Progress) -> None:
        """Where the run is now; cheap."""
        ...

    def history(self, step: int, columns: dict[str, float]) -> None:
        """One row of the training curve. Steps are the same in every attempt at a run."""
        ...

    def log(self, text: str) -> None:
        """A line that a person can read."""
        ...

    def save(self, checkpoint: bytes, step: int) -> None:
        """Store a checkpoint durably before returning."""
        ...


class SilentObserver:
    """For notebooks and tests: nothing is kept, nothing stops."""

    def check(self) -> None:
        pass

    def progress(self, progress: Progress) -> None:
        pass

    def history(self, step: int, columns: dict[str, float]) -> None:
        pass

    def log(self, text: str) -> None:
        pass

    def save(self, checkpoint: bytes, step: int) -> None:
        pass

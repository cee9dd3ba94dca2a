"""The Lab's benches: what the papers claim of objectives, computed where the truth is known; no queue, no store."""

from collections.abc import Callable
from typing import Any

from worker.lab import duals, particles, proposition
from worker.observing import Observer

BENCHES: dict[str, Callable[[Observer], dict[str, Any]]] = {
    "proposition": proposition.bench,
    "particles": particles.bench,
    "duals": duals.bench,
}
"""From an observer, whose ``check`` may stop the work, to plain JSON."""

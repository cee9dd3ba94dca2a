"""Runs from elsewhere as they are handed to the store: plain records, whatever they were read from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.spec import RunSpec
from backend.store.results import Result


@dataclass(frozen=True, kw_only=True)
class NewPicture:
    """Tiles of one kind, row-major; their PNG is read when it is stored, and not kept."""

    name: str
    count: int
    columns: int
    height: int
    width: int
    channels: int
    png: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class NewPoint:
    """One point of a run."""

    id: str
    """Where it comes from."""
    result: Result
    """Without pictures."""
    pictures: Sequence[NewPicture]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """A run from elsewhere, checked."""

    id: str
    """Where it comes from."""
    trained_as: str
    """Its id in the program that trained it: what makes it the same run, by whatever detour it comes."""
    origin: Mapping[str, Any]
    """What the run is to remember of that."""
    spec: RunSpec
    method: str
    notes: str
    tags: Sequence[str]
    device: str | None
    timings: Mapping[str, float]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    history: Sequence[tuple[int, Mapping[str, Any]]]
    """(step, columns), by step."""
    points: Sequence[NewPoint]
    size: int
    """Bytes it was read from, without pictures."""


@dataclass(frozen=True)
class Imported:
    """What came in."""

    runs: Sequence[str]
    """Ids of the runs that were added, in the order they came."""
    points: int
    """Points of theirs."""
    already: Sequence[str]
    """Ids of the runs that were here before; nothing of them was changed."""
    datasets: Sequence[str]
    """Names of data sets that are known by now, without their images."""

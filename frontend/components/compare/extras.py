"""What short jobs brought for the columns of Compare, beside the pictures that each point has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontend.components.tiles import Sheet


@dataclass(frozen=True, kw_only=True)
class Extras:
    """By point; empty before anything was asked for."""

    seed: int | None = None
    """Of what was drawn, the same for every column."""
    drawn: Mapping[str, Mapping[str, Sheet]] = field(default_factory=dict)
    entropy: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The result of each entropy job."""
    refused: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By kind of job, then by point: why there is nothing."""
    drawing: bool = False
    """Whether such a job waits or runs."""
    measuring: bool = False

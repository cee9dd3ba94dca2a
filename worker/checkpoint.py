"""A run as bytes: weights-only, with the specification and its digest inside."""

import io
import pickle
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from backend.errors import DataError
from backend.spec import RunSpec
from worker.model import Model, build_model
from worker.networks.contract import ImageShape

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a run is made of between two steps. Random numbers are functions of (seed, stream, step): no state."""

    spec_digest: str
    spec: str
    """The specification in full, JSON."""
    shape: tuple[int, int, int]
    """Height, width, channels of an image."""
    step: int
    """Steps done."""
    threads: int
    """CPU threads: they decide the last bits of every sum."""
    model: dict[str, Tensor]
    objective: dict[str, Tensor] = field(default_factory=dict)
    """What the terms of the objective learn, such as the multiplier of a target rate."""
    players: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Each player's optimiser."""
    meter: dict[str, Tensor] = field(default_factory=dict)
    """Sums of the history row that is being collected."""
    train_s: float = 0.0
    """Seconds of training so far."""


def save(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as a file that ``torch.load(..., weights_only=True)`` reads."""
    buffer = io.BytesIO()
    torch.save({"format": FORMAT, **vars(checkpoint)}, buffer)
    return buffer.getvalue()


def load(content: bytes, spec: RunSpec | None = None) -> Checkpoint:
    """Read a checkpoint without running anything in it.

    Args:
        content: what :func:`save` wrote.
        spec: the run it should belong to; None accepts any.

    Raises:
        DataError: it is damaged, of another format, or of another run.
    """
    try:
        stored = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        version = stored.pop("format")
    except (RuntimeError, pickle.UnpicklingError, EOFError, KeyError, AttributeError, ValueError) as error:
        raise DataError("the checkpoint is damaged: run it again from the start") from error
    if version != FORMAT:
        raise DataError(f"the checkpoint has format {version}, this program reads {FORMAT}: update the program")
    checkpoint = Checkpoint(**stored)
    if spec is not None and checkpoint.spec_digest != spec.digest:
        raise DataError(
            f"the checkpoint belongs to the run of digest {checkpoint.spec_digest[:12]}, not to {spec.digest[:12]}"
        )
    return checkpoint


def finished(content: bytes) -> bytes:
    """The same without the optimisers' state: what is kept of a run that succeeded."""
    whole = load(content)
    return save(Checkpoint(**{**vars(whole), "players": {}, "meter": {}}))


def load_model(content: bytes, spec: RunSpec, device: torch.device | str = "cpu") -> Model:
    """The model of a checkpoint, ready to be measured.

    Raises:
        DataError: it is damaged, or belongs to another run.
    """
    checkpoint = load(content, spec)
    height, width, channels = checkpoint.shape
    model = build_model(spec.architecture, ImageShape(height=height, width=width, channels=channels), spec.seed)
    model.load_state_dict(checkpoint.model)
    return model.to(device).eval()

"""Named scales: what stands in for a data set's own defaults when a run asks for one by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.datasets import DatasetFacts


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A recipe for any tuple and any data set of samples; whatever a run says beside it goes first.

    A data set that is a distribution has its own recipe. Where the recipe sets a rate term, the run has to have one of
    that kind.
    """

    name: str
    title: str
    paper: str
    note: str
    """What the recipe fixes, and which of it the paper leaves open."""
    tree: Mapping[str, Any]
    """The part of a specification it sets; the rest are class defaults, which are paper B's networks and sizes."""

    @property
    def rate_kind(self) -> str | None:
        """The kind of rate term that the recipe is for; null where it is for any."""
        kind: str | None = self.tree.get("objective", {}).get("rate", {}).get("kind")
        return kind


_TRAINING = {
    "epochs": 200,
    "batch_size": 128,
    "learning_rate": 3e-4,
    "schedule": "paper",
    "normalize_gradients": True,
}
_OURS = "B leaves the batch size (128 here) and the number of pseudo-inputs (500 here) open."

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="paper",
            title="Paper scale",
            paper="B, appendix F",
            note=f"B's networks at full width, 64 latents, 200 epochs, no KL annealing. {_OURS}",
            tree={"training": _TRAINING},
        ),
        Preset(
            name="paper-annealed",
            title="Paper scale, KL annealing",
            paper="B, appendix F",
            note=f"The same with the weight of the rate rising from 0 over 100 epochs, a length B leaves open. {_OURS}",
            tree={"training": _TRAINING, "objective": {"rate": {"kind": "beta", "anneal_epochs": 100}}},
        ),
    )
}
"""Every preset by name."""


def presets_for(facts: DatasetFacts) -> list[str]:
    """The presets that a data set takes, by name; data made by a paper, of which none is an image, take none."""
    return [] if facts.distribution or facts.values == "real" else list(PRESETS)

"""Training longer: what a run that continues another takes over from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.spec import RunSpec


@dataclass(frozen=True, kw_only=True)
class Parent:
    """A run that another one may start from."""

    id: str
    spec: RunSpec
    method: str
    sha256: str | None
    """Digest of its checkpoint; null where it has none."""
    obstacle: str = ""
    """Why nothing can start from it; empty where something can."""

    @property
    def epochs(self) -> int:
        """Epochs behind its weights, those of the runs that it continues counted."""
        return self.spec.training.epochs_before + self.spec.training.epochs

    def tree(self) -> dict[str, Any]:
        """What a run that continues this one has where its writer says nothing else.

        KL annealing is over: another one would begin by leaving the place that the weights are at.
        """
        tree = self.spec.model_dump(mode="json")
        del tree["dataset"]["sha256"]  # of what is here now; a rule holds the two against each other
        if "anneal_epochs" in tree["objective"]["rate"]:
            tree["objective"]["rate"]["anneal_epochs"] = 0
        tree["training"]["continues"] = {"run": self.id, "sha256": self.sha256, "epochs": self.epochs}
        return tree

    def method_of(self, spec: RunSpec) -> str | None:
        """The name that this run was asked by, where the other one minimises the same; else null."""
        return self.method if _without_annealing(spec) == _without_annealing(self.spec) else None


Parents = Callable[[str], Parent | None]
"""The run of an id, or null where there is none."""


def nobody(run_id: str) -> Parent | None:
    """Where no run is stored, there is nothing to continue."""
    return None


def _without_annealing(spec: RunSpec) -> dict[str, Any]:
    tree = spec.objective.model_dump()
    tree["rate"].pop("anneal_epochs", None)
    return tree

"""What the new-run form asks for, from what its controls hold: one run, or a sweep."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend.form import axes, bodies, controls, forms, uneven
from frontend.form.axes import Axes
from frontend.form.defaults import Json, Values
from frontend.form.forms import RESTARTS, SHORT, Layout


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A form as it stands."""

    layout: Layout
    values: Values
    axes: Axes
    written: Values
    """The specification, without what is swept over."""
    posted: Values
    """The body to post: of a sweep where it has a ``grid``."""
    held: Values
    """What every control holds, by path."""
    faults: Mapping[str, str]
    """What is wrong, by path, as far as the catalogue's schemas tell."""
    uneven: str
    """What the tuples of a sweep differ in beside themselves."""

    @property
    def own(self) -> set[str]:
        """Faults that no server is asked about: of the number of seeds, and of what is swept over."""
        return {RESTARTS, *map(axes.path_of, range(axes.COUNT))}

    def words(self, number: int) -> str | None:
        """What stands under the values of an axis: how they were read, and what else changes with them."""
        path = axes.path_of(number)
        also = self.uneven if path == self.axes.paths.get(axes.TUPLE) else ""
        return ". ".join(filter(None, (self.axes.words.get(path), also))) or None

    def record(self, question: str) -> Json:
        """The same for the browser."""
        return {
            "body": self.written,
            "posted": self.posted,
            "wanted": json.dumps(self.posted, sort_keys=True),
            "question": question,
            "held": self.held,
            "faults": self.faults,
            "titles": controls.titles(self.layout, self.held),
            "swept": self.axes.paths,
            "epochs": self.axes.grid.get("epochs") or self.values.get("training.epochs"),
            "runs": bodies.runs_of(self.posted),
        }


def asked(catalogue: Json, groups: list[Any], states: list[list[Json]]) -> Asked:
    """What the form asks for.

    Args:
        catalogue: GET /catalogue.
        groups: what the controls hold: those that shape the form, the others, the fields swept over, their values.
        states: their ids, as Dash tells of a callback's inputs.
    """
    held = controls.raw(groups, states[: len(groups)])
    values = controls.gathered(catalogue, groups[0], groups[1], states)
    shape = forms.layout(catalogue, values)
    several = axes.read(shape, held)
    written = bodies.body(catalogue, values)
    faults = {**controls.faults(shape, values), **several.faults}
    seeds = 1 if RESTARTS in faults else bodies.seeds(values)
    if seeds > 1 and "seed" in several.grid:
        faults[RESTARTS] = "should be 1: the seeds are swept over"
    for path in list(faults):
        if SHORT.get(path, path) in several.grid:
            del faults[path]  # another value takes its place
    grid = several.grid
    posted = bodies.sweep(written, grid, seeds) if grid or seeds > 1 else written
    return Asked(
        layout=shape, values=values, axes=several, written=written, posted=posted, held=held, faults=faults,
        uneven=uneven.told(catalogue, values, shape, written, grid),
    )  # fmt: skip

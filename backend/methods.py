"""The table of named methods: what each one minimises, and which knobs it shows.

A method is a row; it expands to an :class:`~backend.spec.Objective`. The first row that an objective matches names a
run that was not asked for by method, so rows go from the special to the general.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.spec import Objective

CUSTOM = "custom"
"""The method of an objective that no row matches."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """One number or choice that a method leaves open; ``name`` is its short key."""

    name: str
    default: Any
    path: tuple[str, ...]
    """Where the objective stores it."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """A named objective of the literature."""

    name: str
    title: str
    paper: str
    formula: str
    """What is minimised, in plain text."""
    knobs: tuple[Knob, ...]
    objective: Callable[[Mapping[str, Any]], dict[str, Any]]
    """From the knobs' values to the objective, in spec form."""

    def expand(self, knobs: Mapping[str, Any]) -> dict[str, Any]:
        """The objective for these knobs; a knob not given takes its default."""
        return self.objective({knob.name: knobs.get(knob.name, knob.default) for knob in self.knobs})

    def matches(self, objective: Objective) -> bool:
        """Whether some setting of the knobs expands to this objective; annealing and solver options are free."""
        written = objective.model_dump()
        try:
            knobs = {knob.name: _at(written, knob.path) for knob in self.knobs}
        except KeyError:
            return False
        return _agrees(self.expand(knobs), written)


def _at(tree: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = tree
    for key in path:
        value = value[key]
    return value


def _agrees(expected: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Every leaf of ``expected`` stands in ``written``."""
    return all(
        key in written and (_agrees(value, written[key]) if isinstance(value, Mapping) else written[key] == value)
        for key, value in expected.items()
    )


_NO_TERMS = {"divergence": {"kind": "none"}, "information": {"kind": "none"}}
_BETA = Knob(name="beta", default=4.0, path=("rate", "beta"))
_TARGET = Knob(name="target_rate", default=10.0, path=("rate", "target_rate"))

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            name="vae",
            title="VAE",
            paper="B, section 3",
            formula="D + R",
            knobs=(),
            objective=lambda knobs: {"rate": {"kind": "beta", "beta": 1.0}, **_NO_TERMS},
        ),
        Method(
            name="beta-vae",
            title="Beta-VAE",
            paper="B, section 3; X, section 4",
            formula="D + beta R",
            knobs=(_BETA,),
            objective=lambda knobs: {"rate": {"kind": "beta", "beta": knobs["beta"]}, **_NO_TERMS},
        ),
        Method(
            name="target-rate",
            title="Target rate",
            paper="B, section 4",
            formula="D subject to R = R*",
            knobs=(_TARGET,),
            objective=lambda knobs: {
                "rate": {"kind": "target", "target_rate": knobs["target_rate"]},
                **_NO_TERMS,
            },
        ),
        Method(
            name="autoencoder",
            title="Autoencoder",
            paper="I, section 2",
            formula="D",
            knobs=(),
            objective=lambda knobs: {"rate": {"kind": "none"}, **_NO_TERMS},
        ),
    )
}


def method_of(objective: Objective) -> str:
    """The name of the first method that expands to this objective, else ``custom``."""
    return next((name for name, method in METHODS.items() if method.matches(objective)), CUSTOM)

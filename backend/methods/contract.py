"""What a named method is: a row that expands to a part of a specification, and is found again in one."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.errors import FieldProblem
from backend.spec import kinds

Knobs = Mapping[str, Any]
Tree = dict[str, Any]

NONE = {"kind": "none"}
_STEP = 0.5
"""Between two settings of a knob, neither of which takes a term away."""


@dataclass(frozen=True, kw_only=True)
class Knob:
    """One number or choice that a method leaves open; ``name`` is its short key."""

    name: str
    default: Any
    path: tuple[str, ...]
    """The field of the objective that it decides: an error there goes by the knob's name."""
    title: str
    schema: Mapping[str, Any] | None = None
    """Type, range and description where the knob is not that field itself; None takes the field's."""
    choices: tuple[str, ...] = ()
    """Kinds that it may be, of a knob that chooses a term; the term's own fields may be given beside the kind."""

    def chosen(self, given: Any) -> Any:
        """The knob as it was given: of a term, its fields over the default kind."""
        return {"kind": self.default, **given} if self.choices and isinstance(given, Mapping) else given

    def problems(self, value: Any) -> list[FieldProblem]:
        """What is wrong with a value before the specification is asked: no number, or no term of these."""
        if self.choices:
            return self._not_a_term(value)
        if not is_number(value):
            return [FieldProblem((self.name,), "Input should be a valid number")]
        return []

    def _not_a_term(self, value: Any) -> list[FieldProblem]:
        kind = value.get("kind") if isinstance(value, Mapping) else value
        if not isinstance(kind, str) or kind not in self.choices:
            return [FieldProblem((self.name,), f"choose from: {', '.join(self.choices)}")]
        if isinstance(value, Mapping) and "weight" in value:
            msg = "the method's own knobs give its weight: leave weight out, or leave method out"
            return [FieldProblem((self.name, "weight"), msg)]
        return []


def no_problem(knobs: Knobs, given: Knobs) -> list[FieldProblem]:
    """Every setting of the knobs is one."""
    return []


@dataclass(frozen=True, kw_only=True)
class Method:
    """A named objective of the literature."""

    name: str
    title: str
    paper: str
    formula: str
    """What is minimised, in plain text."""
    knobs: tuple[Knob, ...] = ()
    objective: Callable[[Knobs], Tree]
    """From the knobs' values to the objective, in spec form."""
    architecture: Mapping[str, Any] = field(default_factory=dict)
    """The parts that belong to the method, in spec form."""
    read: Callable[[Mapping[str, Any]], Knobs] | None = None
    """From an objective to the knobs that would expand to it, where they are not its fields; KeyError where none do."""
    problems: Callable[[Knobs, Knobs], list[FieldProblem]] = no_problem
    """What values that are right each for itself get wrong together; the second argument holds those given."""

    def _chosen(self, given: Knobs) -> Tree:
        return {knob.name: knob.chosen(given.get(knob.name, knob.default)) for knob in self.knobs}

    def expand(self, given: Knobs) -> Tree:
        """The part of a specification for these knobs; a knob not given takes its default."""
        return {"objective": self.objective(self._chosen(given)), "architecture": dict(self.architecture)}

    def slopes(self) -> dict[str, dict[str, float]]:
        """How far each number of the objective moves with each knob, by its path: every one is linear in the knobs."""
        at_default = _numbers(self.objective(self._chosen({})))
        found: dict[str, dict[str, float]] = {}
        for knob in self.knobs:
            if not knob.choices:
                moved = _numbers(self.objective(self._chosen({knob.name: knob.default - _STEP})))
                for path, value in moved.items():
                    if value != at_default[path]:
                        found.setdefault(path, {})[knob.name] = (at_default[path] - value) / _STEP
        return found

    def complaints(self, given: Knobs) -> list[FieldProblem]:
        """What is wrong with the knobs given, by the knob's name."""
        chosen = self._chosen(given)
        wrong = [problem for knob in self.knobs for problem in knob.problems(chosen[knob.name])]
        return wrong or self.problems(chosen, given)

    def knobs_of(self, objective: Mapping[str, Any], marginal: str) -> Tree | None:
        """The knobs that expand to an objective, to the last bit; None where none do.

        A knob that chooses a term is the term's kind. Annealing, kernels, critics and the like are free; so is every
        part but a marginal that belongs to the method.

        Args:
            objective: written out in full.
            marginal: the kind of m(z).
        """
        try:
            found = self.read(objective) if self.read else {knob.name: _at(objective, knob.path) for knob in self.knobs}
        except KeyError:
            return None
        knobs = {knob.name: found[knob.name] for knob in self.knobs}
        possible = self.architecture.get("marginal", {}).get("kind", marginal) == marginal and not self.complaints(
            knobs
        )
        return knobs if possible and _agrees(self.objective(knobs), objective) else None


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number that a float holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def terms_of(union: str) -> tuple[str, ...]:
    """The kinds of a union of terms, without the one that is none."""
    return tuple(kind for kind in kinds(union) if kind != "none")


def terms(*, rate: Any = NONE, divergence: Any = NONE, information: Any = NONE) -> Tree:
    """An objective; what is not given is none."""
    return {"rate": rate, "divergence": divergence, "information": information}


def beta_rate(beta: Any) -> Tree:
    """beta * R."""
    return {"kind": "beta", "beta": beta}


def weighted(part: Any, weight: Any) -> Tree:
    """A term by its kind alone or in full, with this weight."""
    return {**({"kind": part} if isinstance(part, str) else part), "weight": weight}


def _at(tree: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = tree
    for key in path:
        value = value[key]
    return value


def _numbers(objective: Mapping[str, Any]) -> dict[str, float]:
    """The numbers of an objective's terms by ``term.field``; a term by its name alone has none."""
    return {
        f"{term}.{name}": value
        for term, part in objective.items()
        if isinstance(part, Mapping)
        for name, value in part.items()
        if is_number(value)
    }


def _agrees(expected: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Every leaf of ``expected`` stands in ``written``."""
    return all(key in written and _same(value, written[key]) for key, value in expected.items())


def _same(expected: Any, written: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(written, Mapping) and _agrees(expected, written)
    return bool(expected == written)

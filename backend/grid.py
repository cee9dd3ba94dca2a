"""From a base specification and a grid to one body for each combination. Pure."""

import copy
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from backend.continuing import Parents, nobody
from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.expand import Expanded, expand
from backend.reading import symbols

MOST_RUNS = 1000
"""Runs in one sweep."""

_MOST_PROBLEMS = 20
_AXES = (("encoder", "encoders"), ("decoder", "decoders"), ("marginal", "marginals"))

Tree = dict[str, Any]


def expand_grid(
    base: Any, grid: Any, datasets: Mapping[str, DatasetFacts], parents: Parents = nobody
) -> list[Expanded]:
    """Every combination of the grid laid over the base, written out in full; the last key varies fastest.

    Args:
        base: a specification in short or full form.
        grid: short key or dotted path -> list of values.
        datasets: facts of every data set there is, by name.
        parents: finds the run that a body continues.

    Raises:
        Invalid: names the key of the grid at fault, or the field of the base.
    """
    _check(base, grid)
    expanded: list[Expanded] = []
    problems: list[FieldProblem] = []
    for choice in combinations(grid):
        body = copy.deepcopy(base)
        try:
            for key, value in choice.items():
                _lay(body, key, copy.deepcopy(value))
            expanded.append(expand(body, datasets, parents))
        except Invalid as error:
            problems += [each for p in error.problems if (each := _in_sweep(p, choice)) not in problems]
            if len(problems) >= _MOST_PROBLEMS:
                break
    if problems:
        raise Invalid(problems)
    return expanded


def combinations(grid: Mapping[str, list[Any]]) -> Iterator[Tree]:
    """The cells of a grid, key -> value."""
    return (dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values()))


def _check(base: Any, grid: Any) -> None:
    if not isinstance(base, dict):
        raise Invalid([FieldProblem(("base",), 'should be a specification, such as {"dataset": "digits"}')])
    if not isinstance(grid, dict):
        raise Invalid([FieldProblem(("grid",), 'should be an object of lists, such as {"beta": [0.5, 1, 2]}')])
    problems = [
        FieldProblem(("grid", key), "should be a list of at least one value")
        for key, values in grid.items()
        if not isinstance(values, list) or not values
    ]
    if problems:
        raise Invalid(problems)
    size = 1
    for values in grid.values():
        size *= len(values)
    if size > MOST_RUNS:
        raise Invalid([FieldProblem(("grid",), f"makes {size} runs; a sweep has at most {MOST_RUNS}")])


def _lay(body: Tree, key: str, value: Any) -> None:
    """Set one field of a body; a short text on the way there is first written as the object it stands for."""
    *above, name = key.split(".")
    here = body
    for depth, part in enumerate(above):
        inner = _as_object(part, here.get(part, {}), at_root=depth == 0)
        if not isinstance(inner, dict):
            raise Invalid([FieldProblem(tuple(above[: depth + 1]), "is no object that a path could lead into")])
        here[part] = inner
        here = inner
    if not above and name in ("architecture", "dataset") and name in body:
        below, value = _as_object(name, body[name], at_root=True), _as_object(name, value, at_root=True)
        if isinstance(below, dict) and isinstance(value, dict):
            value = _merged(below, value)
    here[name] = value


def _as_object(name: str, value: Any, *, at_root: bool) -> Any:
    if not isinstance(value, str):
        return value
    if not at_root:
        return {"kind": value}
    if name == "dataset":
        dataset, slash, binarize = value.partition("/")
        return {"name": dataset, "binarize": binarize} if slash else {"name": dataset}
    if name == "architecture" and len(value) == len(_AXES):
        kinds = [symbols(union).get(symbol) for symbol, (_, union) in zip(value, _AXES, strict=True)]
        if None not in kinds:
            return {part: {"kind": kind} for kind, (part, _) in zip(kinds, _AXES, strict=True)}
    return value


def _merged(below: Tree, above: Tree) -> Tree:
    """One object over another; a part of another kind replaces the one below."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        if isinstance(old, str) and isinstance(value, dict):
            old = {"kind": old}
        if isinstance(old, dict) and isinstance(value, dict) and value.get("kind") in (None, old.get("kind")):
            value = _merged(old, value)
        found[key] = value
    return found


def _in_sweep(problem: FieldProblem, choice: Tree) -> FieldProblem:
    """The same problem, named by the key of the grid that brought it, else by its place in the base."""
    loc = tuple(map(str, problem.loc))
    for key, value in choice.items():
        path = tuple(key.split("."))
        if loc and (loc[: len(path)] == path or path[: len(loc)] == loc):
            return FieldProblem(("grid", key), f"{_shown(value)}: {problem.msg}")
    return FieldProblem(("base", *problem.loc), problem.msg)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."

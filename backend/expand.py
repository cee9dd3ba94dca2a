"""From what a person writes, short or full, to the specification written out.

Precedence: explicit > method > preset, the run that is continued, or data set > field default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.continuing import Parent, Parents, nobody
from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.methods import method_of
from backend.presets import Preset
from backend.reading import AXES, Reader, Tree
from backend.rules import broken_rules
from backend.rules.continuation import broken_by_continuation
from backend.spec import DEFAULT_DATASET, RunSpec
from backend.wording import kind_of


@dataclass(frozen=True)
class Expanded:
    """A specification in full, and the name of what it minimises."""

    spec: RunSpec
    method: str


def expand(body: Any, datasets: Mapping[str, DatasetFacts], parents: Parents = nobody) -> Expanded:
    """Write a body in short, full or mixed form out in full.

    Args:
        body: the parsed JSON of a request.
        datasets: facts of every data set there is, by name.
        parents: finds the run that the body continues, which says whatever the body leaves out.

    Raises:
        Invalid: names each field at fault, as the writer named it.
    """
    if not isinstance(body, dict):
        raise Invalid([FieldProblem((), 'a specification is a JSON object, such as {"dataset": "digits"}')])
    reader = Reader(_whole_numbers(body))
    explicit = reader.explicit()
    parent = reader.parent(explicit, parents)
    facts = _facts(explicit, parent, datasets, reader)
    method, preset = reader.method(), reader.preset(explicit, facts)
    above = (reader.method_tree(method), explicit)
    layers = _defaults(facts, preset, parent, above)
    tree = _laid(*layers, *above)
    reader.network(explicit, tree)
    spec = reader.validate(_laid(*layers, *above))
    problems = [*(broken_by_continuation(spec, parent) if parent else ()), *_unused(preset, spec)]
    problems += broken_rules(spec, facts)
    if problems:
        raise Invalid([FieldProblem(reader.as_written(p.loc), p.msg) for p in problems])
    return Expanded(spec, method or (parent and parent.method_of(spec)) or method_of(spec))


def _defaults(
    facts: DatasetFacts, preset: Preset | None, parent: Parent | None, above: tuple[Tree, ...]
) -> list[Mapping[str, Any]]:
    """What lies below the writer's own words: the data set's name for itself, then what the continued run has, the
    preset or the data set's defaults.

    A data set has defaults for single kinds of part too; the kinds are those that are in the tree without them.
    """
    identity = {"dataset": {"binarize": facts.binarizations[0], "sha256": facts.sha256}}
    if parent is not None:
        return [identity, parent.tree(), *([preset.tree] if preset else [])]
    if preset is not None:
        return [identity, preset.tree]
    architecture = _laid(identity, facts.defaults, *above)["architecture"]
    if not isinstance(architecture, dict):
        return [identity, facts.defaults]  # of the wrong type; validation says so
    chosen = [(part, kind_of(architecture.get(part)) or "") for part, _ in AXES]
    return [identity, facts.defaults, *(facts.kind_defaults[each] for each in chosen if each in facts.kind_defaults)]


def _unused(preset: Preset | None, spec: RunSpec) -> list[FieldProblem]:
    """A rate term of another kind would drop what the preset sets there, and the run would not be the recipe."""
    kind = preset.rate_kind if preset else None
    if preset is None or kind in (None, spec.objective.rate.kind):
        return []
    return [
        FieldProblem(
            ("preset",),
            f"{preset.name} sets a rate term of kind {kind}, and objective.rate here is {spec.objective.rate.kind}: "
            "choose another preset, or a method with that term",
        )
    ]


def _laid(*layers: Mapping[str, Any]) -> Tree:
    """The layers over the field defaults, the last on top."""
    tree: Tree = RunSpec().model_dump()
    for layer in layers:
        tree = _merge(tree, layer)
    return tree


def _whole_numbers(value: Any) -> Any:
    """JSON has one kind of number: 2.0 is the integer 2 (and a field of fractions reads 2 as 2.0)."""
    if isinstance(value, dict):
        return {key: _whole_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(each) for each in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _merge(below: Any, above: Any) -> Any:
    """Lay one tree over another. A part of another kind replaces the one below instead of mixing with it."""
    if isinstance(above, str) and isinstance(below, dict) and "kind" in below:
        above = {"kind": above}
    if not (isinstance(below, dict) and isinstance(above, Mapping)):
        return above
    if "kind" in above and above["kind"] != below.get("kind"):
        return dict(above)
    return {**below, **{key: _merge(below.get(key), value) for key, value in above.items()}}


def _facts(explicit: Tree, parent: Parent | None, datasets: Mapping[str, DatasetFacts], reader: Reader) -> DatasetFacts:
    default = parent.spec.dataset.name if parent else DEFAULT_DATASET
    name = explicit.get("dataset", {}).get("name", default)
    if not isinstance(name, str) or name not in datasets:
        loc = reader.as_written(("dataset", "name"))
        raise Invalid([FieldProblem(loc, f"no such data set; there are: {', '.join(sorted(datasets))}")])
    return datasets[name]

"""Reads one body in the writer's own words: short keys, tuples, mixed forms; its errors name what was written."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.continuing import Parent, Parents
from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.methods import METHODS, Knob
from backend.presets import PRESETS, Preset, presets_for
from backend.spec import RunSpec, kinds
from backend.wording import kind_of, listed, networks_of, no_such_field, takers, weight_of, without_tags

Tree = dict[str, Any]
Path = tuple[str, ...]

SHORT_KEYS: dict[str, tuple[Path, ...]] = {
    "latent_dim": (("architecture", "latent_dim"),),
    "width": (("architecture", "width"),),
    "network": (("architecture", "encoder", "network"), ("architecture", "decoder", "network")),
    "epochs": (("training", "epochs"),),
    "batch_size": (("training", "batch_size"),),
    "learning_rate": (("training", "learning_rate"),),
    "train_limit": (("dataset", "train_limit"),),
    "beta": (("objective", "rate", "beta"),),
    "target_rate": (("objective", "rate", "target_rate"),),
    "divergence": (("objective", "divergence"),),
    "alpha": (("objective", "information", "weight"),),
    "lambda": (("objective", "divergence", "weight"),),
}
"""Short keys that stand for one field, or for the same field of several parts."""

KNOB_KEYS = ("beta", "target_rate", "divergence", "alpha", "lambda")
"""Short keys that a method takes as its knobs."""

MOST_PROBLEMS = 50
"""Problems named at once: nobody reads more, and a body of a million wrong fields must not take minutes."""

_RATE_KIND = {"beta": "beta", "target_rate": "target"}
_ROOT_KEYS = (*RunSpec.model_fields, "method", "preset", *SHORT_KEYS)
AXES = (("encoder", "encoders"), ("decoder", "decoders"), ("marginal", "marginals"))


class Reader:
    """Reads one body; remembers which short key wrote which field, so that errors use the writer's words."""

    def __init__(self, body: Tree) -> None:
        self.body = body
        self.problems: list[FieldProblem] = []
        self.written_by: dict[Path, Path] = {}

    def explicit(self) -> Tree:
        """The fields the writer gave, as a tree in full form.

        Raises:
            Invalid: unknown keys, a short key beside its field, beta beside target_rate.
        """
        tree: Tree = {}
        for key, value in self.body.items():
            if key in RunSpec.model_fields:
                tree[key] = self._section(key, value)
            elif key not in _ROOT_KEYS:
                self._problem((key,), _unknown(key))
        self._raise()
        knobs_go_to_method = "method" in self.body
        for key in SHORT_KEYS:
            if key in self.body:
                later = key == "network" or (knobs_go_to_method and key in KNOB_KEYS)
                self._short(tree, key, write=not later)
        if "beta" in self.body and "target_rate" in self.body:
            self._problem(("target_rate",), "beta and target_rate exclude each other: keep one")
        self._raise()
        return tree

    def _section(self, key: str, value: Any) -> Any:
        if key == "architecture" and isinstance(value, str):
            return self._tuple(value)
        if key == "dataset" and isinstance(value, str):
            name, _, binarize = value.partition("/")
            self.written_by[("dataset", "name")] = ("dataset",)
            self.written_by[("dataset", "binarize")] = ("dataset",)
            return {"name": name, "binarize": binarize} if binarize else {"name": name}
        if key != "seed" and not isinstance(value, dict):
            shape = 'a string such as "---" or an object' if key == "architecture" else "an object"
            self._problem((key,), f"should be {shape}")
        copy = json.loads(json.dumps(value))  # deep, in plain JSON types
        if key == "training" and isinstance(copy, dict) and isinstance(copy.get("continues"), str):
            self.written_by[("training", "continues", "run")] = ("training", "continues")
            copy["continues"] = {"run": copy["continues"]}
        return copy

    def _tuple(self, text: str) -> Tree:
        tree: Tree = {}
        if len(text) != len(AXES):
            self._problem(("architecture",), "a tuple has three symbols (encoder, decoder, marginal), such as ---")
            return tree
        for position, (symbol, (part, union)) in enumerate(zip(text, AXES, strict=True), start=1):
            known = symbols(union)
            self.written_by[("architecture", part)] = ("architecture",)
            if symbol in known:
                tree[part] = {"kind": known[symbol]}
            elif symbol == "?":
                named = [kind for kind in kinds(union) if kind not in known.values()]
                full = json.dumps({"architecture": {part: {"kind": named[-1]}}})
                msg = f"symbol {position} is '?', which stands for each {part} that has no symbol ({', '.join(named)})"
                self._problem(("architecture",), f"{msg}: write the parts in full, such as {full}")
            else:
                choices = ", ".join(f"{s} ({k})" for s, k in known.items())
                self._problem(("architecture",), f"symbol {position} is {symbol!r}, no {part}; choose from: {choices}")
        return tree

    def _short(self, tree: Tree, key: str, *, write: bool) -> None:
        value = self.body[key]
        knob = self._knobs().get(key)
        for path in (("objective", *knob.path),) if knob else SHORT_KEYS[key]:
            if _has(tree, path):
                fields = _at(tree, path)
                if _joined(value, fields) is None:
                    self._problem((key,), f"stands for {'.'.join(path)}, which is given too: keep one")
                    continue
                self.written_by |= {(*path, name): (*path, name) for name in fields}
            if write:
                self.written_by[path] = (key,)
                self._write(tree, path, value)
                if key in _RATE_KIND:
                    self._rate_kind(tree, key)

    def _rate_kind(self, tree: Tree, key: str) -> None:
        rate = tree["objective"].get("rate") if isinstance(tree["objective"], dict) else None
        if not isinstance(rate, dict):
            return  # of the wrong type; validation says so
        if rate.setdefault("kind", _RATE_KIND[key]) != _RATE_KIND[key]:
            self._problem((key,), f"does not fit objective.rate of kind {rate['kind']!r}: keep one")

    def network(self, explicit: Tree, tree: Tree) -> None:
        """Write the short key ``network`` into each part that takes that kind of network.

        Args:
            explicit: what the writer gave; changed in place.
            tree: the same over all defaults, which says what kind each part is.
        """
        if "network" not in self.body:
            return
        value = self.body["network"]
        choices: list[str] = []
        for path in SHORT_KEYS["network"]:
            _, part, _ = path
            known = networks_of(part, kind_of(tree["architecture"].get(part)))
            choices += known
            if kind_of(value) in known:
                self.written_by[path] = ("network",)
                self._write(explicit, path, value)
        if ("network",) not in self.written_by.values():
            none = "this architecture takes no network"
            msg = f"no part of this architecture takes it; choose from: {listed(choices)}" if choices else none
            self._problem(("network",), f"{msg}; {takers(value)}")
            self._raise()

    def _write(self, tree: Tree, path: Path, value: Any) -> None:
        for part in path[:-1]:
            inner = tree.setdefault(part, {})
            if isinstance(inner, str):  # "rate": "beta" stands for {"kind": "beta"}
                inner = tree[part] = {"kind": inner}
            if not isinstance(inner, dict):
                return  # of the wrong type; validation says so
            tree = inner
        tree[path[-1]] = _joined(value, tree.get(path[-1])) or value

    def _knobs(self) -> dict[str, Knob]:
        """The knobs of the method asked for, by short key; none where there is no such method."""
        name = self.body.get("method")
        method = METHODS.get(name) if isinstance(name, str) else None
        return {knob.name: knob for knob in method.knobs} if method else {}

    def method(self) -> str | None:
        """The name the run was asked by, or None."""
        if "method" not in self.body:
            return None
        name = self.body["method"]
        if not isinstance(name, str) or name not in METHODS:
            self._problem(("method",), f"no such method; choose from: {', '.join(METHODS)}")
            self._raise()
        return str(name)

    def preset(self, explicit: Tree, facts: DatasetFacts) -> Preset | None:
        """The preset asked for, or None; the fields that it sets, and the writer did not, go by its name."""
        if "preset" not in self.body:
            return None
        name = self.body["preset"]
        if not isinstance(name, str) or name not in PRESETS:
            self._problem(("preset",), f"no such preset; choose from: {', '.join(PRESETS)}")
        elif name not in presets_for(facts):
            self._problem(
                ("preset",),
                f"{facts.name} is a paper's own, and its own defaults are the paper's recipe: leave preset out",
            )
        self._raise()
        preset = PRESETS[str(name)]
        for path in _leaves(preset.tree):
            if not _has(explicit, path):
                self.written_by[path] = ("preset",)
        return preset

    def parent(self, explicit: Tree, parents: Parents) -> Parent | None:
        """The run to continue, or None where none is asked for, or the field is of the wrong type.

        None too where nothing can start from that run any more, but the body says itself what would be filled in: it
        may be that of a known run, which needs no start. Whoever makes a new one of it is refused then.
        """
        continues = (explicit.get("training") or {}).get("continues")
        if not isinstance(continues, dict):
            return None
        run_id = continues.get("run")
        if not isinstance(run_id, str) or not run_id:
            return None
        parent = parents(run_id)
        if (parent is None or parent.obstacle) and continues.get("sha256") and continues.get("epochs"):
            return None
        if parent is None:
            msg = f"no run has the id {run_id[:64]!r}: choose one that has succeeded, or leave training.continues out"
            self._problem(self.as_written(("training", "continues", "run")), msg)
            self._raise()
        return parent

    def method_tree(self, name: str | None) -> Tree:
        """What the method asked for sets, its knobs taken from the short keys."""
        if name is None:
            return {}
        method = METHODS[name]
        given = {key: self.body[key] for key in KNOB_KEYS if key in self.body}
        known = self._knobs()
        for key in given:
            if key not in known:
                has = f"its knobs: {', '.join(known)}" if known else "it has no knobs"
                self._problem((key,), f"method {name} has no such knob; {has}")
            else:
                self.written_by[("objective", *known[key].path)] = (key,)
        self._raise()
        for problem in method.complaints(given):
            self._problem(problem.loc, problem.msg)
        self._raise()
        return method.expand(given)

    def validate(self, tree: Tree) -> RunSpec:
        """The frozen specification.

        Raises:
            Invalid: for every field that is unknown, of the wrong type, or out of range.
        """
        try:
            return RunSpec.model_validate_json(json.dumps(tree))
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False):
                loc = without_tags(each["loc"])
                if each["type"].startswith("union_tag"):
                    loc = (*loc, "kind")
                written = self.as_written(loc)
                unknown = each["type"] == "extra_forbidden"
                msg = no_such_field(each["loc"]) + weight_of(written) if unknown else self._told(loc, each)
                self._problem(written, msg)
            self._raise()
            raise

    def _told(self, loc: tuple[str | int, ...], error: ErrorDetails) -> str:
        """What is wrong with a field, named where it lies inside what a short key gave as an object."""
        short = self.as_written(loc)
        inside = loc != short and loc[-1] != "kind" and isinstance(self.body.get(str(short[0])), dict)
        return f"{loc[-1]}: {error['msg']}" if inside and len(short) == 1 else error["msg"]

    def as_written(self, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
        """The writer's name for a field: the short key where one wrote it."""
        for length in range(len(loc), 0, -1):
            short = self.written_by.get(tuple(map(str, loc[:length])))
            if short is not None:
                return short
        return loc

    def _problem(self, loc: tuple[str | int, ...], msg: str) -> None:
        if FieldProblem(loc, msg) not in self.problems:
            self.problems.append(FieldProblem(loc, msg))
        if len(self.problems) == MOST_PROBLEMS:
            self._raise()

    def _raise(self) -> None:
        if self.problems:
            raise Invalid(self.problems)


def symbols(axis: str) -> dict[str, str]:
    """Tuple symbol -> kind, for one of encoders, decoders, marginals."""
    return {part.symbol: kind for kind, part in kinds(axis).items() if part.symbol != "?"}


def _leaves(tree: Mapping[str, Any], above: Path = ()) -> list[Path]:
    """The path of every field that a tree sets."""
    return [
        path
        for key, value in tree.items()
        for path in (_leaves(value, (*above, key)) if isinstance(value, Mapping) else [(*above, key)])
    ]


def _has(tree: Any, path: Path) -> bool:
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return False
        tree = tree[part]
    return True


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def _joined(value: Any, fields: Any) -> Tree | None:
    """A part whose kind a short key gives, with the fields given in its place; None where both say the same field."""
    chosen = {"kind": value} if isinstance(value, str) else value
    if not (isinstance(chosen, dict) and isinstance(fields, dict)) or chosen.keys() & fields.keys():
        return None
    return {**chosen, **fields}


def _unknown(key: str) -> str:
    close = get_close_matches(key, _ROOT_KEYS, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(_ROOT_KEYS)}"
    return f"unknown field{hint}"

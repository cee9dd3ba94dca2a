"""Reads one body in the writer's own words: short keys, tuples, mixed forms; its errors name what was written."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.methods import METHODS
from backend.presets import PRESETS, Preset, presets_for
from backend.spec import UNIONS, Config, RunSpec, kinds

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
        return json.loads(json.dumps(value))  # a deep copy in plain JSON types

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
            else:
                choices = ", ".join(f"{s} ({k})" for s, k in known.items())
                self._problem(("architecture",), f"symbol {position} is {symbol!r}, no {part}; choose from: {choices}")
        return tree

    def _short(self, tree: Tree, key: str, *, write: bool) -> None:
        value = self.body[key]
        for path in SHORT_KEYS[key]:
            if _has(tree, path):
                self._problem((key,), f"stands for {'.'.join(path)}, which is given too: keep one")
            elif write:
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
            msg = f"no part of this architecture takes it; choose from: {_listed(choices)}" if choices else none
            self._problem(("network",), f"{msg}; {_takers(value)}")
            self._raise()

    def _write(self, tree: Tree, path: Path, value: Any) -> None:
        for part in path[:-1]:
            inner = tree.setdefault(part, {})
            if isinstance(inner, str):  # "rate": "beta" stands for {"kind": "beta"}
                inner = tree[part] = {"kind": inner}
            if not isinstance(inner, dict):
                return  # of the wrong type; validation says so
            tree = inner
        tree[path[-1]] = value

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
                f"{facts.name} is a distribution, whose own defaults are the paper's recipe for it: leave preset out",
            )
        self._raise()
        preset = PRESETS[str(name)]
        for path in _leaves(preset.tree):
            if not _has(explicit, path):
                self.written_by[path] = ("preset",)
        return preset

    def method_objective(self, name: str | None) -> Tree:
        """The objective of the method asked for, its knobs set from the short keys."""
        if name is None:
            return {}
        method = METHODS[name]
        given = {key: self.body[key] for key in KNOB_KEYS if key in self.body}
        known = {knob.name: knob for knob in method.knobs}
        for key in given:
            if key not in known:
                has = f"its knobs: {', '.join(known)}" if known else "it has no knobs"
                self._problem((key,), f"method {name} has no such knob; {has}")
            else:
                self.written_by[("objective", *known[key].path)] = (key,)
        self._raise()
        return {"objective": method.expand(given)}

    def validate(self, tree: Tree) -> RunSpec:
        """The frozen specification.

        Raises:
            Invalid: for every field that is unknown, of the wrong type, or out of range.
        """
        try:
            return RunSpec.model_validate_json(json.dumps(tree))
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False):
                loc = _without_tags(each["loc"])
                if each["type"].startswith("union_tag"):
                    loc = (*loc, "kind")
                msg = _no_such_field(each["loc"]) if each["type"] == "extra_forbidden" else each["msg"]
                self._problem(self.as_written(loc), msg)
            self._raise()
            raise

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


def kind_of(part: Any) -> str | None:
    """The kind of a part in full or short form."""
    kind = part.get("kind") if isinstance(part, dict) else part
    return kind if isinstance(kind, str) else None


def networks_of(part: str, kind: str | None) -> tuple[str, ...]:
    """The kinds of network that an encoder or decoder of this kind takes."""
    config = kinds(f"{part}s").get(kind or "")
    field = config.model_fields.get("network") if config else None
    return tuple(each.model_fields["kind"].default for each in _configs(field.annotation)) if field else ()


def _takers(network: Any) -> str:
    """Says which kinds of part take a network; where there is no such network, which take any."""
    taken = {
        part: {kind: networks_of(part, kind) for kind in kinds(f"{part}s")} for _, part, _ in SHORT_KEYS["network"]
    }
    wanted = kind_of(network)
    known = any(wanted in networks for kinds_of in taken.values() for networks in kinds_of.values())
    found = []
    for part, kinds_of in taken.items():
        takers = [kind for kind, networks in kinds_of.items() if (wanted in networks if known else networks)]
        if takers:
            found.append(f"{part}s that take {wanted if known else 'one'}: {', '.join(takers)}")
    return "; ".join(found)


def symbols(axis: str) -> dict[str, str]:
    """Tuple symbol -> kind, for one of encoders, decoders, marginals."""
    return {part.symbol: kind for kind, part in kinds(axis).items() if part.symbol != "?"}


_TAGS = {kind for union in UNIONS for kind in kinds(union)}


def _without_tags(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Pydantic puts the member's kind into the path of a union; the body has no such key."""
    return tuple(part for index, part in enumerate(loc) if index == len(loc) - 1 or index == 0 or part not in _TAGS)


def _no_such_field(loc: tuple[str | int, ...]) -> str:
    """Says what stands where a field was written that does not exist."""
    *path, name = loc
    here: list[type[Config]] = [RunSpec]
    for part in (part for part in path if isinstance(part, str)):
        tagged = [each for each in here if each.model_fields.get("kind", FieldInfo()).default == part]
        fields = [each.model_fields[part] for each in here if part in each.model_fields]
        here = tagged or [config for field in fields for config in _configs(field.annotation)]
    known = list(dict.fromkeys(field for config in here for field in config.model_fields))
    close = get_close_matches(str(name), known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has: {', '.join(known)}"
    return f"{'.'.join(map(str, _without_tags(loc)[:-1]))} has no {name}; {hint}"


def _configs(annotation: Any) -> list[type[Config]]:
    """The configs that an annotation names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, Config):
        return [annotation]
    return [config for inner in get_args(annotation) for config in _configs(inner)]


def _leaves(tree: Mapping[str, Any], above: Path = ()) -> list[Path]:
    """The path of every field that a tree sets."""
    return [
        path
        for key, value in tree.items()
        for path in (_leaves(value, (*above, key)) if isinstance(value, Mapping) else [(*above, key)])
    ]


def _listed(names: list[str]) -> str:
    """Each name once, in order."""
    return ", ".join(dict.fromkeys(names))


def _has(tree: Any, path: Path) -> bool:
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            return False
        tree = tree[part]
    return True


def _unknown(key: str) -> str:
    close = get_close_matches(key, _ROOT_KEYS, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; known: {', '.join(_ROOT_KEYS)}"
    return f"unknown field{hint}"

"""What a run or a point is called: its method with the settings, and the parts that its tuple has no symbol for."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from frontend.words.formats import MINUS, compact, method_words

KNOBS = {"beta": "β", "alpha": "α", "lambda": "λ"}
"""Settings of methods by their letters."""


def unmarked(kinds: Mapping[str, str]) -> str:
    """The parts that a tuple has no symbol for, in words: ``implicit encoder``.

    Args:
        kinds: of each such part.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    for part, kind in kinds.items():
        parts[kind].append(part)
    return ", ".join(f"{kind} {' and '.join(each)}" for kind, each in parts.items())


def unmarked_of(architecture: str, spec: Mapping[str, Any]) -> str:
    """The same of a run: its tuple, and its specification written out in full."""
    parts = zip(("encoder", "decoder", "marginal"), architecture, strict=True)
    return unmarked({part: spec["architecture"][part]["kind"] for part, symbol in parts if symbol == "?"})


def setting(name: str, value: Any) -> str:
    """One setting of a method: ``β = 0.5``, ``R* = 8 nats``, ``mmd``."""
    if name == "target_rate":
        return f"R* = {compact(value)} nats"
    return f"{KNOBS[name]} = {compact(value)}" if name in KNOBS else str(value)


def settings(knobs: Mapping[str, Any]) -> list[str]:
    """Every setting of a method, in its own order."""
    return [setting(name, value) for name, value in knobs.items()]


def spelled(label: str) -> str:
    """A label with the names of its letters, so that a search finds either: ``β (beta), weight of the rate``."""
    for name, letter in KNOBS.items():
        label = label.replace(letter, f"{letter} ({name})")
    return label


def terms_words(terms: Mapping[str, Mapping[str, Any]]) -> str:
    """The terms of an objective, as they are added to D: ``β = 1, 10 × mmd, −5 × tv``.

    Args:
        terms: of rate, divergence and information: its kind, and how much it counts.
    """
    rate = dict(terms.get("rate") or {"kind": "none"})
    kind = rate.pop("kind")
    named = {"none": ["no rate term"], "beta": [], "target": []}.get(kind, [f"{kind} rate"])
    words = [*named, *(setting(name, value) for name, value in rate.items())]
    for name, sign in (("divergence", ""), ("information", MINUS)):
        term = terms.get(name) or {"kind": "none"}
        if term["kind"] != "none":
            words.append(f"{sign}{compact(term.get('weight', 1.0))} × {term['kind']}")
    return ", ".join(words)


def method_label(
    name: str,
    knobs: Mapping[str, Any] | None,
    beta: float | None,
    *,
    changed: bool,
    terms: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """What a point minimises, in a few words.

    Args:
        name: of the method.
        knobs: its settings; None where none make the run.
        beta: weight of the rate, named only where there are no settings and no terms to name.
        changed: whether the run's own fields made it something else than its method.
        terms: of the objective, where no settings say it.
    """
    if knobs is None and terms:
        return f"{method_words(name, changed=changed)}: {terms_words(terms)}"
    if knobs is None:
        knobs = {} if beta is None else {"beta": beta}
    return ", ".join([method_words(name, changed=changed), *settings(knobs)])

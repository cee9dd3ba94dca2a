"""One line of a file of a frontier: a run, parsed and held against itself."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson
from pydantic import ValidationError

from backend.datasets import DatasetFacts
from backend.errors import FieldProblem, Invalid
from backend.exchange.entries import PointEntry, RunEntry
from backend.exchange.names import RUNS, refuse
from backend.methods import CUSTOM, METHODS
from backend.spec import RunSpec
from backend.version import program_version

_MOST_PROBLEMS = 5
_SUM_TOLERANCE = 1e-6
"""Of R + D, relative: means over the same images, so that only rounding parts them, in some writer that of float32."""


@dataclass(frozen=True)
class ReadRun:
    """One run of a file: as it stands there, and its specification."""

    entry: RunEntry
    spec: RunSpec
    size: int
    """Bytes of its line."""


def read_run(line: bytes, datasets: Mapping[str, DatasetFacts], program: str) -> ReadRun:
    """One line, parsed and checked against itself."""
    try:
        entry = RunEntry.model_validate_json(line, strict=True)
        spec = RunSpec.model_validate_json(json.dumps(entry.spec))
    except ValidationError as error:
        raise explained(error, f"{RUNS} ({_which(line)})", program) from error
    for problem in _contradictions(entry, spec, datasets):
        raise refuse(f"holds run {entry.id}, {problem}")
    return ReadRun(entry, spec, len(line))


def _contradictions(entry: RunEntry, spec: RunSpec, datasets: Mapping[str, DatasetFacts]) -> Iterator[str]:
    facts = datasets.get(spec.dataset.name)
    if spec.digest != entry.digest:
        yield "whose digest is not that of its specification"
    if facts is None:
        yield f"whose data set {spec.dataset.name} the file does not tell of"
    elif spec.dataset.sha256 != facts.sha256 or spec.dataset.binarize not in facts.binarizations:
        yield f"which was not trained on the data set {spec.dataset.name} that the file tells of"
    if entry.architecture != spec.architecture.symbols:
        yield f"whose tuple is {spec.architecture.symbols} and not {entry.architecture}"
    if entry.dataset != f"{spec.dataset.name}/{spec.dataset.binarize}":
        yield f"whose data set is not {entry.dataset}"
    if entry.method not in (*METHODS, CUSTOM):
        yield f"whose method {entry.method!r} this version does not know: upgrade it"
    if len({len(column) for column in entry.history.values()}) > 1 or not _counts_up(entry.history.get("step", [])):
        yield "whose training curve is no table with rising steps"
    for point in entry.points:
        if not {"rate", "distortion", "neg_elbo"} <= set(point.estimates):
            yield f"whose point {point.id} lacks a rate, a distortion or their sum"
        elif not _adds_up(point):
            yield f"whose point {point.id} has a rate and a distortion that are no numbers, or not of the sum it tells"
        if len({picture.name for picture in point.pictures}) < len(point.pictures):
            yield f"whose point {point.id} has two pictures of one name"


def _adds_up(point: PointEntry) -> bool:
    """Whether R + D is the sum of R and D, all three finite; without R or D there is none."""
    rate, distortion, both = (point.estimates[name].value for name in ("rate", "distortion", "neg_elbo"))
    if not all(value is None or math.isfinite(value) for value in (rate, distortion, both)):
        return False
    if rate is None or distortion is None or both is None:
        return both is None and (rate is None or distortion is None)
    return abs(rate + distortion - both) <= _SUM_TOLERANCE * (1 + abs(rate) + abs(distortion))


def _counts_up(steps: list[Any]) -> bool:
    whole = all(isinstance(step, int) and step >= 0 for step in steps)
    return whole and all(before < after for before, after in pairwise(steps))


def _which(line: bytes) -> str:
    """Which run a line tells of, as far as that can be said of a bad one."""
    try:
        found = orjson.loads(line)
        return f"run {str(found['id'])[:64]}"
    except (ValueError, KeyError, TypeError):
        return "a line of it"


def explained(error: ValidationError, place: str, program: str | None) -> Invalid:
    """Each field at fault, where it stands."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    here = program_version()
    other = program not in (None, here)
    by = f" (the file was made by version {program}, and this is {here}: a newer one knows more)" if other else ""
    problems = [
        FieldProblem(("file", place, *each["loc"]), each["msg"] + (by if not index else ""))
        for index, each in enumerate(found[:_MOST_PROBLEMS])
    ]
    return Invalid(problems)

"""The columns of GET /points as records, and the choice of those a view shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontend.query import FULL, View

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class PlanePoint:
    """One point of the plane, as much of it as the plot needs; R and D in nats."""

    id: str
    run_id: str
    rate: float
    rate_stderr: float | None
    distortion: float
    distortion_stderr: float | None
    beta: float | None
    mi_lower: float | None
    mi_upper: float | None
    saturated: bool
    label: str
    architecture: str
    networks: str
    method: str
    seed: int
    evaluation: str

    @property
    def neg_elbo(self) -> float:
        return self.rate + self.distortion


def points(columns: Columns) -> list[PlanePoint]:
    """Every point that has a place in the plane: an implicit model's has no R, so it has none."""
    count = len(columns.get("id", ()))
    empty: list[Any] = [None] * count

    def column(name: str) -> Sequence[Any]:
        return columns.get(name) or empty

    rows = zip(
        column("id"), column("run_id"), column("rate"), column("rate_stderr"), column("distortion"),
        column("distortion_stderr"), column("beta"), column("mi_lower"), column("mi_upper"), column("saturated"),
        column("label"), column("architecture"), column("network"), column("method"), column("seed"),
        column("eval_limit"), strict=True,
    )  # fmt: skip
    return [
        PlanePoint(
            point, run, rate, rate_se, distortion, distortion_se, beta, low, high, bool(saturated), label or "",
            architecture or "???", network or "", method or "", seed or 0, FULL if limit is None else str(limit),
        )
        for (
            point, run, rate, rate_se, distortion, distortion_se, beta, low, high, saturated, label,
            architecture, network, method, seed, limit,
        ) in rows
        if rate is not None and distortion is not None
    ]  # fmt: skip


def evaluations(records: Sequence[PlanePoint]) -> list[str]:
    """The different evaluation sets, the one with the most points first, the full one first among equals."""
    counts = Counter(record.evaluation for record in records)
    return sorted(counts, key=lambda name: (-counts[name], name != FULL, name))


def chosen_evaluation(records: Sequence[PlanePoint], view: View) -> str:
    """The evaluation set a view shows: points of different ones never share a plane."""
    there = evaluations(records)
    if view.evaluation in there:
        return str(view.evaluation)
    return there[0] if there else FULL


def shown(records: Sequence[PlanePoint], view: View) -> list[PlanePoint]:
    """The points of a view."""
    evaluation = chosen_evaluation(records, view)
    return [
        record
        for record in records
        if record.evaluation == evaluation
        and (not view.tuples or record.architecture in view.tuples)
        and (not view.methods or record.method in view.methods)
    ]

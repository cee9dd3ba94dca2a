"""The columns of GET /points as records, and the choice of those a view shows."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from frontend.views.query import FULL, View
from frontend.words.formats import tuple_text
from frontend.words.labels import method_label, unmarked

Columns = Mapping[str, Sequence[Any]]
_COLUMNS = (
    "id", "run_id", "rate", "rate_stderr", "distortion", "distortion_stderr", "neg_elbo_stderr", "beta", "mi_lower",
    "mi_upper", "saturated", "label", "architecture", "network", "method", "method_changed", "knobs", "terms",
    "unmarked", "seed", "eval_limit", "recipe",
)  # fmt: skip
EPOCHS = "training.epochs"
"""The field of the specification that every hover tells."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measured point, as much of it as the plot needs; D in nats. By itself it is one without R."""

    id: str
    run_id: str
    distortion: float
    distortion_stderr: float | None
    beta: float | None
    label: str
    architecture: str
    networks: str
    method: str
    changed: bool
    """Whether the run's own fields made it something else than its method."""
    knobs: Mapping[str, Any] | None
    """The settings of its method; None where none make the run."""
    unmarked: str
    """The parts that the tuple has no symbol for, in words."""
    seed: int
    evaluation: str
    recipe: str = ""
    """Points of one recipe and beta are seeds of one experiment."""
    terms: Mapping[str, Mapping[str, Any]] | None = None
    """Of the objective, where the settings of a method do not say it."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the specification that were asked for, by their dotted paths."""

    @property
    def epochs(self) -> int | None:
        """Passes over the training images; None where it was not asked for."""
        return self.fields.get(EPOCHS)

    @property
    def symbols(self) -> str:
        """The tuple as the papers print it."""
        return tuple_text(self.architecture)

    @property
    def how(self) -> str:
        """What it minimises, in a few words."""
        return method_label(self.method, self.knobs, self.beta, changed=self.changed, terms=self.terms)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How far the seeds of one experiment lie apart; nats."""

    ids: tuple[str, ...]
    """Of every point that the mean is of."""
    seeds: int
    rate: float
    """Standard deviation of R over the seeds, with n - 1 in the denominator."""
    distortion: float
    neg_elbo: float

    def stderr(self, deviation: float) -> float:
        """The standard error of the mean over the seeds."""
        return float(deviation / self.seeds**0.5)


@dataclass(frozen=True, kw_only=True)
class PlanePoint(Measured):
    """One point of the plane; R and D in nats."""

    rate: float
    rate_stderr: float | None
    mi_lower: float | None
    mi_upper: float | None
    saturated: bool
    neg_elbo_stderr: float | None = None
    spread: Spread | None = None
    """Of a mean over seeds; None of a point that was measured."""

    @property
    def neg_elbo(self) -> float:
        return self.rate + self.distortion


def ids_of(point: Measured) -> list[str]:
    """The id that a click selects, and with a mean those of its other seeds."""
    spread = point.spread if isinstance(point, PlanePoint) else None
    return list(spread.ids) if spread else [point.id]


def points(columns: Columns) -> list[PlanePoint]:
    """Every point that has a place in the plane."""
    return [
        PlanePoint(
            **_measured(row),
            rate=row["rate"],
            rate_stderr=row["rate_stderr"],
            neg_elbo_stderr=row["neg_elbo_stderr"],
            mi_lower=row["mi_lower"],
            mi_upper=row["mi_upper"],
            saturated=bool(row["saturated"]),
        )
        for row in _rows(columns)
        if row["rate"] is not None
    ]


def without_rate(columns: Columns) -> list[Measured]:
    """Every point whose encoder has no density, so that R is not defined: it has a D, and no place in the plane."""
    return [Measured(**_measured(row)) for row in _rows(columns) if row["rate"] is None]


def _rows(columns: Columns) -> Iterator[Mapping[str, Any]]:
    """The points that have a D, with null where a column is missing."""
    count = len(columns.get("id", ()))
    empty: list[Any] = [None] * count
    paths = [name for name in columns if "." in name]
    fields = zip(*(columns[name] for name in paths), strict=True) if paths else [()] * count
    for values, extra in zip(zip(*(columns.get(name) or empty for name in _COLUMNS), strict=True), fields, strict=True):
        row = dict(zip(_COLUMNS, values, strict=True))
        row["fields"] = dict(zip(paths, extra, strict=True))
        if row["distortion"] is not None:
            yield row


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    limit = row["eval_limit"]
    return {
        "id": row["id"],
        "run_id": row["run_id"],
        "distortion": row["distortion"],
        "distortion_stderr": row["distortion_stderr"],
        "beta": row["beta"],
        "label": row["label"] or "",
        "architecture": row["architecture"] or "???",
        "networks": row["network"] or "",
        "method": row["method"] or "",
        "changed": bool(row["method_changed"]),
        "knobs": row["knobs"],
        "unmarked": unmarked(row["unmarked"] or {}),
        "seed": row["seed"] or 0,
        "recipe": row["recipe"] or "",
        "terms": row["terms"],
        "fields": row["fields"],
        "evaluation": FULL if limit is None else str(limit),
    }


Point = TypeVar("Point", bound=Measured)


def evaluations(records: Sequence[Measured]) -> list[str]:
    """The different evaluation sets, the one with the most points first, the full one first among equals."""
    counts = Counter(record.evaluation for record in records)
    return sorted(counts, key=lambda name: (-counts[name], name != FULL, name))


def chosen_evaluation(records: Sequence[Measured], view: View) -> str:
    """The evaluation set a view shows: points of different ones never share a plane."""
    there = evaluations(records)
    if view.evaluation in there:
        return str(view.evaluation)
    return there[0] if there else FULL


def shown(records: Sequence[Point], view: View, evaluation: str) -> list[Point]:
    """The points of a view that were measured on one evaluation set."""
    return [
        record
        for record in records
        if record.evaluation == evaluation
        and (not view.tuples or record.architecture in view.tuples)
        and (not view.methods or record.method in view.methods)
    ]

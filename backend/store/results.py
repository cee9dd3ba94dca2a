"""Writing what a run measured: points, pictures and estimates, in the transaction that ends the job."""

import json
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.results import Estimate, InformationInterval
from backend.spec import RunSpec
from backend.store.clock import utc_now
from backend.store.session import mark_changed
from backend.store.tables import JobPicture, Picture, Point, Run


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """One PNG of equal tiles, row-major, without borders."""

    png: bytes
    count: int
    columns: int
    height: int
    width: int
    channels: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """One measured point and its pictures by name."""

    beta: float | None
    condition: Mapping[str, float] | None
    mutual_information: InformationInterval | None
    label: str | None
    estimates: Mapping[str, Estimate]
    """Every estimate by name; ``rate``, ``distortion`` and ``neg_elbo`` are among them, nats."""
    arrays: Mapping[str, Sequence[float | None]]
    pictures: Mapping[str, Tiles]


def stored_spec(run: Run) -> RunSpec:
    """The specification of a stored run."""
    return RunSpec.model_validate_json(json.dumps(run.spec))


def save_run(session: Session, run_id: str, results: Sequence[Result], timings: Mapping[str, float]) -> None:
    """Store what a run measured, and how many seconds each stage took."""
    run = session.get_one(Run, run_id)
    run.timings = dict(timings)
    save_points(session, run, results)


def save_points(session: Session, run: Run, results: Sequence[Result]) -> list[str]:
    """Make these the points of a run, in order; returns their ids."""
    session.execute(delete(Point).where(Point.run_id == run.id))
    spec, now = stored_spec(run), utc_now()
    points = [
        Point(id=uuid.uuid4().hex, created_at=now, **point_row(run.id, run.method, spec, position, result))
        for position, result in enumerate(results)
    ]
    session.add_all(points)
    session.flush()
    for point, result in zip(points, results, strict=True):
        session.add_all(Picture(point_id=point.id, name=name, **vars(tiles)) for name, tiles in result.pictures.items())
    mark_changed(session, run.id, points=True)
    return [point.id for point in points]


def save_job_pictures(session: Session, job_id: str, pictures: Mapping[str, Tiles]) -> None:
    """Make these the pictures of a short job."""
    session.execute(delete(JobPicture).where(JobPicture.job_id == job_id))
    session.add_all(JobPicture(job_id=job_id, name=name, **vars(tiles)) for name, tiles in pictures.items())


def point_row(run_id: str, method: str, spec: RunSpec, position: int, result: Result) -> dict[str, Any]:
    """The columns of a point but for its id and its time; what follows from specification and estimates is made here.

    Args:
        run_id: of the run that it belongs to.
        method: the name that the run goes by.
        position: among the points of the run.
    """
    estimates = {name: _defined(estimate) for name, estimate in result.estimates.items()}
    rate, distortion, both = (estimates[name] for name in ("rate", "distortion", "neg_elbo"))
    information, architecture = result.mutual_information, spec.architecture
    return {
        "run_id": run_id,
        "position": position,
        "dataset": f"{spec.dataset.name}/{spec.dataset.binarize}",
        "eval_limit": spec.dataset.eval_limit,
        "encoder": architecture.encoder.symbol,
        "decoder": architecture.decoder.symbol,
        "marginal": architecture.marginal.symbol,
        "architecture": architecture.symbols,
        "method": method,
        "seed": spec.seed,
        "beta": result.beta,
        "condition": None if result.condition is None else dict(result.condition),
        "rate": rate.value,
        "rate_stderr": rate.stderr,
        "distortion": distortion.value,
        "distortion_stderr": distortion.stderr,
        "neg_elbo": both.value,
        "neg_elbo_stderr": both.stderr,
        "mi_lower": None if information is None else information.lower,
        "mi_upper": None if information is None else information.upper,
        "saturated": None if information is None else information.saturated,
        "label": result.label,
        "estimates": {name: estimate.model_dump(mode="json") for name, estimate in estimates.items()},
        "arrays": {name: list(values) for name, values in result.arrays.items()},
    }


def _defined(estimate: Estimate) -> Estimate:
    """The estimate with null for what is no number: no JSON has a NaN, and no database likes a text with one."""
    numbers = {name: getattr(estimate, name) for name in ("value", "stderr", "seconds")}
    undefined = {name: None for name, number in numbers.items() if number is not None and not math.isfinite(number)}
    return estimate.model_copy(update=undefined) if undefined else estimate

"""What is known of runs without loading them whole: by digest, by point, by what is being trained."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.spec.recipes import Texts
from backend.store import specs
from backend.store.statuses import ACTIVE
from backend.store.tables import Run

_AT_ONCE = 500
"""Values in one query: SQLite takes a limited number."""


@dataclass(frozen=True)
class Made:
    """A run's specification, and what it took."""

    spec: Mapping[str, Any]
    timings: Mapping[str, Any]


def statuses_of(session: Session, digests: Iterable[str], *, ignoring: Collection[str] = ()) -> dict[str, str]:
    """The status of the oldest run of each digest; one that no run has is left out.

    Args:
        ignoring: states in which a run does not count.
    """
    found: dict[str, str] = {}
    for part in _parts(list(dict.fromkeys(digests))):
        rows = session.execute(
            select(Run.digest, Run.status)
            .where(Run.digest.in_(part), Run.status.not_in(ignoring))
            .order_by(Run.created_at, Run.id)
        )
        for digest, status in rows:
            found.setdefault(digest, status)
    return found


def made_by(session: Session, run_ids: Collection[str]) -> dict[str, Made]:
    """Those of these runs that exist, by id."""
    found: dict[str, Made] = {}
    for part in _parts(list(run_ids)):
        for run_id, spec, timings in session.execute(select(Run.id, Run.spec, Run.timings).where(Run.id.in_(part))):
            found[run_id] = Made(spec, timings)
    return found


def beginnings(session: Session, made: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any] | None]:
    """The specification of the run that the chain of each began with; its own where it continues none.

    Args:
        made: specifications of runs, by their ids.

    Returns:
        by the same ids; None where the first of the chain, or one between, was deleted.
    """
    known: dict[str, Mapping[str, Any] | None] = dict(made)
    while missing := {before for spec in known.values() if (before := _before(spec)) and before not in known}:
        found = made_by(session, missing)
        known |= {run_id: found[run_id].spec if run_id in found else None for run_id in missing}

    def first(spec: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        while before := _before(spec):
            spec = known[before]
        return spec

    return {run_id: first(spec) for run_id, spec in made.items()}


def without_points(session: Session, dataset: str) -> Collection[Texts]:
    """Specifications of the runs of a data set that wait, run or have failed.

    Args:
        dataset: ``name/binarize``.
    """
    return specs.texts_of(session, (Run.dataset == dataset) & Run.status.in_((*ACTIVE, "failed"))).values()


def _before(spec: Mapping[str, Any] | None) -> str | None:
    """Id of the run that another one continues."""
    continues = spec and spec["training"].get("continues")
    return str(continues["run"]) if continues else None


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE)]

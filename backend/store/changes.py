"""What changed since a revision: the one cheap question that a page asks again and again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.runs import RunDetails, details
from backend.store.session import current_revision
from backend.store.tables import Deletion, Run

MOST_RUNS = 500
"""Runs in one answer."""


@dataclass(frozen=True)
class Changes:
    """What happened up to ``revision``; ask again from there, at once where there is ``more``."""

    revision: int
    runs: Sequence[RunDetails]
    deleted: Sequence[str]
    more: bool


def since(session: Session, revision: int) -> Changes:
    """Runs changed and deleted after a revision, in order of change.

    A revision from the future is one of another database, so it counts as none.
    """
    now = current_revision(session).value
    if revision == now:
        return Changes(now, (), (), more=False)
    if revision > now:
        revision = 0
    changed = session.scalars(
        select(Run).where(Run.revision > revision).order_by(Run.revision).limit(MOST_RUNS + 1)
    ).all()
    more = len(changed) > MOST_RUNS
    changed = changed[:MOST_RUNS]
    upto = changed[-1].revision if more else now
    deleted = session.scalars(
        select(Deletion.run_id).where(Deletion.revision > revision, Deletion.revision <= upto)
    ).all()
    return Changes(upto, details(session, changed), deleted, more)

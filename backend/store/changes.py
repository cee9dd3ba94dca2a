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
MOST_DELETED = 5000
"""Ids of deleted runs in one answer; a few more where they were deleted at the same revision."""


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
    upto = min(_cut(session, Run, revision, MOST_RUNS, now), _cut(session, Deletion, revision, MOST_DELETED, now))
    changed = select(Run).where(Run.revision > revision, Run.revision <= upto).order_by(Run.revision)
    deleted = select(Deletion.run_id).where(Deletion.revision > revision, Deletion.revision <= upto)
    deleted = deleted.order_by(Deletion.revision)
    return Changes(
        upto, details(session, session.scalars(changed).all()), session.scalars(deleted).all(), more=upto < now
    )


def _cut(session: Session, table: type[Run] | type[Deletion], after: int, most: int, now: int) -> int:
    """The revision of the last row that fits into one answer; ``now`` where all do."""
    revisions = select(table.revision).where(table.revision > after).order_by(table.revision).offset(most - 1).limit(2)
    found = session.scalars(revisions).all()
    return found[0] if len(found) == 2 else now

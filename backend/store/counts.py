"""How much of everything there is."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.store.jobs import QUEUES
from backend.store.statuses import ACTIVE, STATUSES
from backend.store.tables import Job, Point, Run


@dataclass(frozen=True)
class Counts:
    """Numbers of rows."""

    runs: Mapping[str, int]
    """By status."""
    jobs: Mapping[tuple[str, str], int]
    """By queue and state, those that wait or run."""
    points: int


def stored(session: Session) -> Counts:
    """What the database holds."""
    runs = dict.fromkeys(STATUSES, 0)
    for status, number in session.execute(select(Run.status, func.count()).group_by(Run.status)):
        runs[status] = number
    jobs = {(queue, state): 0 for queue in QUEUES for state in ACTIVE}
    active = select(Job.queue, Job.state, func.count()).where(Job.state.in_(ACTIVE)).group_by(Job.queue, Job.state)
    for queue, state, number in session.execute(active):
        jobs[queue, state] = number
    return Counts(runs, jobs, session.scalar(select(func.count()).select_from(Point)) or 0)

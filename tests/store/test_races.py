"""People who act on the same runs at the same moment, on a real Postgres: SQLite lets one writer in at a time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.datasets import DATASETS
from backend.errors import Conflict, NotFound
from backend.expand import Expanded, expand
from backend.store import jobs, runs, sweeps
from backend.store.clock import utc_now
from backend.store.session import Database
from backend.store.tables import Job, Run, Sweep

pytestmark = pytest.mark.parametrize("database", ["postgres"], indirect=True)

T = TypeVar("T")


def spec(seed: int = 0) -> Expanded:
    return expand({"dataset": "digits", "seed": seed}, DATASETS)


def submitted(database: Database, seed: int = 0) -> str:
    with database.write() as session:
        return runs.submit(session, spec(seed)).run.id


def until_one_waits(database: Database) -> None:
    """Until a connection waits for a lock."""
    give_up = time.monotonic() + 10
    with database.engine.connect() as connection:
        while not connection.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first():
            assert time.monotonic() < give_up, "nobody waits"
            time.sleep(0.01)


def second_after_first(database: Database, first: Callable[[Session], object], second: Callable[[Session], T]) -> T:
    """What the second does or raises that waits for the first one's commit."""

    def late() -> T:
        with database.write() as session:
            return second(session)

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            first(session)
            result: Future[T] = pool.submit(late)
            until_one_waits(database)
        return result.result()


@pytest.mark.parametrize("action", [runs.cancel, runs.remove, runs.retry])
def test_who_acts_on_a_run_that_is_just_being_deleted_finds_none(
    database: Database, action: Callable[[Session, str], object]
) -> None:
    run_id = submitted(database)
    with pytest.raises(NotFound):
        second_after_first(
            database, lambda session: runs.remove(session, run_id), lambda session: action(session, run_id)
        )


def test_a_note_on_a_run_that_is_just_being_deleted_finds_none(database: Database) -> None:
    run_id = submitted(database)
    with pytest.raises(NotFound):
        second_after_first(
            database,
            lambda session: runs.remove(session, run_id),
            lambda session: runs.annotate(session, run_id, notes="mine", tags=None),
        )


def test_a_job_that_is_just_being_deleted_cannot_be_cancelled(database: Database) -> None:
    run_id = submitted(database)
    with pytest.raises(NotFound):
        second_after_first(
            database,
            lambda session: runs.remove(session, run_id),
            lambda session: jobs.request_cancel(session, session.query(Job).one()),
        )


def test_a_second_cancel_and_a_second_retry_are_conflicts(database: Database) -> None:
    run_id = submitted(database)
    for action in (runs.cancel, runs.retry):
        with pytest.raises(Conflict):
            second_after_first(
                database,
                lambda session, act=action: act(session, run_id),  # type: ignore[misc]
                lambda session, act=action: act(session, run_id),  # type: ignore[misc]
            )


def test_a_run_that_is_just_being_claimed_is_not_deleted(database: Database) -> None:
    run_id = submitted(database)
    with pytest.raises(Conflict, match="is running"):
        second_after_first(
            database,
            lambda session: jobs.claim(session, "train", {"host": "here", "pid": 1}, 30.0),
            lambda session: runs.remove(session, run_id),
        )


def test_submitting_what_is_just_being_deleted_makes_a_new_run(database: Database) -> None:
    run_id = submitted(database)
    made = second_after_first(
        database, lambda session: runs.remove(session, run_id), lambda session: runs.submit(session, spec())
    )
    assert made.created
    with database.read() as session:
        assert session.get(Run, run_id) is None
        assert session.get_one(Run, made.run.id).status == "queued"


def test_submitting_what_is_just_being_retried_is_that_run(database: Database) -> None:
    run_id = submitted(database)
    with database.write() as session:
        runs.cancel(session, run_id)
    again = second_after_first(
        database, lambda session: runs.retry(session, run_id), lambda session: runs.submit(session, spec())
    )
    assert (again.run.id, again.created, again.run.status) == (run_id, False, "queued")


def test_who_moves_a_run_and_who_locks_its_neighbours_do_not_lock_each_other_out(database: Database) -> None:
    """A move makes a job give way that comes before the moved one in everybody's order of locks."""
    ahead, before, moved = sorted(submitted(database, seed) for seed in range(3))
    at = utc_now()
    with database.write() as session:
        for run_id, later in ((ahead, 0), (before, 1), (moved, 2)):
            session.query(Job).filter(Job.run_id == run_id).one().created_at = at + timedelta(microseconds=later)

    def move() -> None:
        with database.write() as session:
            runs.place(session, moved, before)

    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            runs.locked(session, [ahead])
            placed = pool.submit(move)
            until_one_waits(database)
            runs.locked(session, [moved])
        placed.result()
    with database.read() as session:
        assert [run.id for run in runs.next_in_line(session, 3)[0]] == [ahead, moved, before]


def test_overlapping_sweeps_do_not_lock_each_other_out(database: Database) -> None:
    number, rounds = 12, 5
    forward = [spec(seed) for seed in range(number)]
    with database.write() as session:
        one = sweeps.create(session, {}, {}, forward).id
        other = sweeps.create(session, {}, {}, forward[::-1]).id
    start = threading.Barrier(3)

    def flip(sweep_id: str) -> None:
        start.wait()
        for action in (sweeps.cancel, sweeps.retry) * rounds:
            with database.write() as session:
                try:
                    action(session, session.get_one(Sweep, sweep_id))
                except Conflict:
                    continue

    def resubmit() -> None:
        start.wait()
        for turn in range(rounds):
            with database.write() as session:
                sweeps.create(session, {}, {}, forward if turn % 2 else forward[::-1])

    with ThreadPoolExecutor(3) as pool:
        for ended in [pool.submit(flip, one), pool.submit(flip, other), pool.submit(resubmit)]:
            ended.result()

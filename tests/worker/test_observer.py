"""What a worker stores while it works, and how it learns to stop; on both databases."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict

import pytest
from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.exc import OperationalError

from backend.datasets import DATASETS
from backend.errors import Cancelled, LeaseLost, Released
from backend.expand import expand
from backend.queue import take_back_lost
from backend.store import jobs, runs
from backend.store.artifacts import ArtifactStore
from backend.store.session import Database, current_revision
from backend.store.tables import Artifact, History, Job, LogLine, Run
from worker.observer import JobObserver
from worker.observing import Progress

LEASE_S = 0.6


@pytest.fixture
def run_id(database: Database) -> str:
    """A run that this process has claimed."""
    with database.write() as session:
        run_id = runs.submit(session, expand({"dataset": "digits"}, DATASETS)).run.id
    with database.write() as session:
        assert jobs.claim(session, "train", {"host": "here", "pid": 1}, LEASE_S) is not None
    return run_id


@pytest.fixture
def stopping() -> list[bool]:
    """Set the item to stop the worker."""
    return [False]


@pytest.fixture
def observer(database: Database, artifacts: ArtifactStore, run_id: str, stopping: list[bool]) -> Iterator[JobObserver]:
    with database.read() as session:
        lease = jobs.lease_of(session.scalars(select(Job)).one(), LEASE_S)
    with JobObserver(database, artifacts, lease, run_id, lambda: stopping[0]) as observer:
        yield observer


def until(holds: Callable[[], bool], timeout_s: float = 5) -> None:
    give_up = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def stored_steps(database: Database) -> list[int]:
    with database.read() as session:
        return list(session.scalars(select(History.step).order_by(History.step)))


def stopped_by(observer: JobObserver) -> type[Exception] | None:
    try:
        observer.check()
    except (Cancelled, LeaseLost, Released) as stop:
        return type(stop)
    return None


def test_progress_history_and_log_are_stored_by_themselves(
    database: Database, observer: JobObserver, run_id: str
) -> None:
    progress = Progress(stage="training", epoch=1, epochs=2, step=3, steps=6, eta_s=1.5)
    observer.progress(progress)
    for step in range(1, 4):
        observer.history(step, {"rate": float(step)})
    observer.log("hello")
    until(lambda: stored_steps(database) == [1, 2, 3])
    with database.read() as session:
        run = session.get_one(Run, run_id)
        assert run.progress == asdict(progress)
        assert run.revision == current_revision(session).value
        assert list(session.scalars(select(LogLine.text))) == ["hello"]


def test_a_heartbeat_alone_does_not_move_the_revision(database: Database, observer: JobObserver) -> None:
    observer.write(lambda session, job: None)
    with database.read() as session:
        before = current_revision(session).value
        until_then = session.scalars(select(Job.lease_until)).one()
    time.sleep(LEASE_S)
    with database.read() as session:
        assert current_revision(session).value == before
        renewed = session.scalars(select(Job.lease_until)).one()
    assert until_then is not None
    assert renewed is not None
    assert renewed > until_then
    assert take_back_lost(database) == 0


def test_a_stage_without_epochs_keeps_those_before_it(database: Database, observer: JobObserver, run_id: str) -> None:
    observer.progress(Progress(stage="training", epoch=2, epochs=2, step=6, steps=6))
    observer.progress(Progress(stage="measuring", step=1, steps=4))
    observer.write(lambda session, job: None)
    with database.read() as session:
        stored = session.get_one(Run, run_id).progress
    assert (stored["stage"], stored["epoch"], stored["epochs"], stored["step"]) == ("measuring", 2, 2, 1)


def test_a_checkpoint_comes_with_the_history_before_it_and_replaces_the_last(
    database: Database, observer: JobObserver, artifacts: ArtifactStore, run_id: str
) -> None:
    with database.write() as session:
        session.scalars(select(Job)).one().lost_leases = 2
    for step in (10, 20):
        observer.history(step, {})
        observer.save(b"checkpoint %d" % step, step)
        assert stored_steps(database)[-1] == step
    with database.read() as session:
        (row,) = session.scalars(select(Artifact))
        assert (row.step, row.bytes, row.run_id) == (20, 13, run_id)
        assert session.scalars(select(Job.lost_leases)).one() == 0
    assert list(artifacts.keys()) == [row.key]
    assert artifacts.get(row.key) == b"checkpoint 20"


def test_a_checkpoint_of_the_same_step_forgives_nothing(database: Database, observer: JobObserver) -> None:
    observer.save(b"x", 10)
    with database.write() as session:
        session.scalars(select(Job)).one().lost_leases = 2
    observer.save(b"x", 10)
    with database.read() as session:
        assert session.scalars(select(Job.lost_leases)).one() == 2


def test_who_lost_the_lease_stops_and_writes_nothing(database: Database, observer: JobObserver) -> None:
    with database.write() as session:
        jobs.expire_all(session)
        job = session.scalars(select(Job)).one()
        assert jobs.take_back(session, job.id) == "queued"
    observer.history(1, {})
    until(lambda: stopped_by(observer) is LeaseLost)
    with pytest.raises(LeaseLost):
        observer.save(b"x", 1)
    with database.read() as session:
        assert stored_steps(database) == []
        assert session.scalar(select(func.count()).select_from(Artifact)) == 0


def test_a_wish_to_cancel_is_heard(database: Database, observer: JobObserver) -> None:
    assert stopped_by(observer) is None
    with database.write() as session:
        jobs.request_cancel(session, session.scalars(select(Job)).one())
    until(lambda: stopped_by(observer) is Cancelled)


def test_a_worker_that_is_stopped_hands_back(observer: JobObserver, stopping: list[bool]) -> None:
    stopping[0] = True
    assert stopped_by(observer) is Released


def test_rows_whose_commit_only_seemed_to_fail_are_written_again(
    database: Database, artifacts: ArtifactStore, run_id: str
) -> None:
    broken = [True]

    def commit_and_lose_the_answer(connection: Connection) -> None:
        database.engine.dialect.do_commit(connection.connection.dbapi_connection)  # type: ignore[arg-type]
        if broken:
            broken.clear()
            raise OperationalError("COMMIT", None, Exception("the connection was lost"))

    with database.read() as session:
        lease = jobs.lease_of(session.scalars(select(Job)).one(), 60.0)
    observer = JobObserver(database, artifacts, lease, run_id, lambda: False)
    observer.history(1, {"rate": 1.0})
    event.listen(database.engine, "commit", commit_and_lose_the_answer)
    observer.write(lambda session, job: None)
    event.remove(database.engine, "commit", commit_and_lose_the_answer)
    assert not broken
    assert stored_steps(database) == [1]
    observer.save(b"x", 2)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # a file has no connections to break
def test_connections_that_break_are_made_again(database: Database, observer: JobObserver) -> None:
    observer.write(lambda session, job: None)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with database.engine.connect() as connection:
        connection.execute(text(f"{others} pg_backend_pid()"))
    observer.history(1, {})
    observer.save(b"x", 1)
    assert stored_steps(database) == [1]

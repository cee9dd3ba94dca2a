"""The life of a job on both databases: claim, lease, cancel, retry, loss."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend.datasets import DATASETS
from backend.errors import Conflict, LeaseLost
from backend.queue import sweep_orphans, take_back_lost
from backend.store import history, jobs, results
from backend.store.artifacts import ArtifactStore
from backend.store.clock import database_clock, utc_now
from backend.store.dataset_files import artifact_key
from backend.store.session import Database, current_revision
from backend.store.tables import Artifact, Attempt, History, Job, JobPicture, Run

MakeRun = Callable[..., Job]

WORKER = {"host": "here", "pid": 1}
OTHER = {"host": "there", "pid": 2}
LEASE_S = 30.0


def claim(session: Session, worker: dict[str, object] = WORKER, lease_s: float = LEASE_S) -> Job | None:
    return jobs.claim(session, "train", worker, lease_s)


def run_of(database: Database, run_id: str = "a") -> Run:
    with database.read() as session:
        return session.get_one(Run, run_id)


def attempts_of(database: Database, run_id: str = "a") -> list[Attempt]:
    with database.read() as session:
        return list(session.scalars(select(Attempt).where(Attempt.run_id == run_id).order_by(Attempt.id)))


def let_lease_run_out(database: Database) -> None:
    with database.write() as session:
        jobs.expire_all(session)


def test_the_database_clock_is_the_time_now(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(select(database_clock())) == pytest.approx(time.time(), abs=5)


def test_claim_takes_priority_first_then_the_oldest(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        for run_id, priority in (("a", 0), ("b", 0), ("c", 5)):
            make_run(session, run_id, priority)
    taken = []
    for _ in range(4):
        with database.write() as session:
            job = claim(session)
            taken.append(job.run_id if job else None)
    assert taken == ["c", "a", "b", None]


def test_claim_ignores_other_queues(database: Database) -> None:
    with database.write() as session:
        jobs.enqueue(session, kind="draw", queue="interactive", payload={})
    with database.write() as session:
        assert claim(session) is None
        assert jobs.waiting(session) == {"interactive": 1}


def test_claim_makes_the_run_running_and_adds_an_attempt(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
    with database.write() as session:
        job = claim(session)
        assert job is not None
        assert job.lease_until == pytest.approx(time.time() + LEASE_S, abs=5)
    run = run_of(database)
    assert (run.status, run.worker, run.revision) == ("running", WORKER, 1)
    assert run.started_at is not None
    (attempt,) = attempts_of(database)
    assert (attempt.worker, attempt.from_step, attempt.outcome) == (WORKER, 0, None)


def test_many_workers_claim_each_job_once(database: Database, make_run: MakeRun) -> None:
    number, workers = 40, 8
    with database.write() as session:
        for index in range(number):
            make_run(session, f"run-{index:02}")
    start = threading.Barrier(workers)

    def work(pid: int) -> list[str]:
        mine: list[str] = []
        start.wait()
        while True:
            with database.write() as session:
                job = claim(session, {"host": "here", "pid": pid})
                if job is None:
                    return mine
                mine.append(str(job.run_id))

    with ThreadPoolExecutor(workers) as pool:
        taken = [run_id for mine in pool.map(work, range(workers)) for run_id in mine]
    assert sorted(taken) == [f"run-{index:02}" for index in range(number)]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Attempt)) == number
        assert current_revision(session).value == 1 + number - 1


def test_a_renewed_lease_reports_a_wish_to_cancel(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        waiting = make_run(session, "a")
        claimed = claim(session)
        assert claimed is not None
        lease = jobs.lease_of(claimed, LEASE_S)
        assert not jobs.hold(session, lease).cancel_requested
        jobs.request_cancel(session, waiting)
        assert jobs.hold(session, lease).cancel_requested
    run = run_of(database)
    assert (run.status, run.cancel_requested) == ("running", True)


def test_a_waiting_job_is_cancelled_at_once_and_can_be_retried(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        job = make_run(session, "a")
        jobs.request_cancel(session, job)
        assert claim(session) is None
        with pytest.raises(Conflict, match="already been cancelled"):
            jobs.request_cancel(session, job)
    assert run_of(database).status == "cancelled"
    assert run_of(database).finished_at is not None
    with database.write() as session:
        jobs.requeue(session, job)
        with pytest.raises(Conflict, match="queued"):
            jobs.requeue(session, job)
    run = run_of(database)
    assert (run.status, run.finished_at, run.error) == ("queued", None, None)


def test_finish_ends_job_run_and_attempt(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        job = claim(session)
        assert job is not None
        jobs.finish(session, job, "failed", error={"type": "T", "message": "m", "hint": "h"})
    run = run_of(database)
    assert (run.status, run.worker, run.error) == ("failed", None, {"type": "T", "message": "m", "hint": "h"})
    (attempt,) = attempts_of(database)
    assert attempt.outcome == "failed"
    assert attempt.ended_at is not None


def test_a_released_job_waits_in_its_old_place(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        make_run(session, "b")
        job = claim(session)
        assert job is not None
        jobs.release(session, job)
    assert run_of(database).status == "queued"
    assert attempts_of(database)[0].outcome == "released"
    with database.write() as session:
        again = claim(session)
        assert again is not None
        assert (again.run_id, again.attempts, again.lost_leases) == ("a", 2, 0)


def test_a_cancelled_job_that_its_worker_hands_back_stays_cancelled(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        job = claim(session)
        assert job is not None
    with database.write() as session:
        jobs.request_cancel(session, job)
    with database.write() as session:
        jobs.release(session, jobs.hold(session, jobs.lease_of(job, LEASE_S)))
    run = run_of(database)
    assert (run.status, run.cancel_requested) == ("cancelled", False)
    assert attempts_of(database)[0].outcome == "cancelled"


def test_who_lost_the_lease_can_write_nothing(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        job = claim(session)
        assert job is not None
        lease = jobs.lease_of(job, LEASE_S)
    assert take_back_lost(database) == 0, "a lease that runs is not taken"
    let_lease_run_out(database)
    assert take_back_lost(database) == 1
    assert run_of(database).status == "queued"
    with database.write() as session, pytest.raises(LeaseLost):
        jobs.hold(session, lease)
    with database.write() as session:
        assert claim(session, OTHER) is not None
    with database.write() as session, pytest.raises(LeaseLost):
        jobs.hold(session, lease)
    assert [attempt.outcome for attempt in attempts_of(database)] == ["lost", None]


def test_a_late_worker_that_nobody_replaced_keeps_its_job(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        job = claim(session)
        assert job is not None
        lease = jobs.lease_of(job, LEASE_S)
    let_lease_run_out(database)
    with database.write() as session:
        jobs.hold(session, lease)
    assert take_back_lost(database) == 0


def test_the_third_lost_lease_fails_the_run_with_a_hint(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
    for expected in ("queued", "queued", "failed"):
        with database.write() as session:
            assert claim(session) is not None
        let_lease_run_out(database)
        take_back_lost(database)
        assert run_of(database).status == expected
    error = run_of(database).error
    assert error is not None
    assert "memory" in error["hint"]
    with database.write() as session:
        job = session.scalars(select(Job)).one()
        jobs.requeue(session, job)
        assert job.lost_leases == 0


@pytest.mark.parametrize(("kind", "says"), [("draw", "fewer samples"), ("download", "download it again")])
def test_a_short_job_that_is_lost_three_times_says_what_helps_it(database: Database, kind: str, says: str) -> None:
    with database.write() as session:
        job_id = jobs.enqueue(session, kind=kind, queue="interactive", payload={}).id
    for _ in range(3):
        with database.write() as session:
            assert jobs.claim(session, "interactive", WORKER, LEASE_S) is not None
        let_lease_run_out(database)
        take_back_lost(database)
    with database.read() as session:
        error = jobs.get(session, job_id).error
    assert error is not None
    assert says in error["hint"]
    assert "batch_size" not in error["hint"]
    assert "checkpoint" not in error["message"]


def test_a_job_to_be_cancelled_whose_worker_died_is_cancelled(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        job = make_run(session, "a")
        claim(session)
        jobs.request_cancel(session, job)
    let_lease_run_out(database)
    take_back_lost(database)
    run = run_of(database)
    assert (run.status, run.cancel_requested) == ("cancelled", False)


def test_an_attempt_starts_at_the_newest_checkpoint(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        for step in (10, 30, 20):
            session.add(
                Artifact(
                    key=f"checkpoints/a/{step}",
                    kind="checkpoint",
                    run_id="a",
                    step=step,
                    bytes=1,
                    sha256="",
                    created_at=utc_now(),
                )
            )
        history.add_rows(session, "a", [(step, {"rate": 1.0}) for step in (10, 20, 30, 40)])
    with database.write() as session:
        claim(session)
        history.drop_after(session, "a", 30)
    assert attempts_of(database)[0].from_step == 30
    with database.read() as session:
        assert list(session.scalars(select(History.step).order_by(History.step))) == [10, 20, 30]


def test_deleting_a_run_takes_its_job_and_history_along(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        history.add_rows(session, "a", [(1, {})])
        history.add_log(session, "a", [(utc_now(), "started")])
    with database.write() as session:
        assert [job.run_id for job in jobs.jobs_of(session, ["a"])] == ["a"]
        session.execute(delete(Run).where(Run.id == "a"))
    with database.read() as session:
        for table in (Job, History, Attempt):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_drawings_and_timings_that_ended_long_ago_are_forgotten(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")
        for kind in ("draw", "download", "time"):
            for ended in (False, True):
                job = jobs.enqueue(session, kind=kind, queue="interactive", payload={})
                tiles = results.Tiles(png=b"", count=1, columns=1, height=1, width=1, channels=1)
                results.save_job_pictures(session, job.id, {"generation_mean": tiles})
                if ended:
                    jobs.finish(session, job, "succeeded")
    with database.write() as session:
        assert jobs.forget_answers(session, utc_now() - timedelta(days=1)) == 0
        assert jobs.forget_answers(session, utc_now() + timedelta(seconds=1)) == 2
    with database.read() as session:
        kept = sorted((job.kind, job.state) for job in session.scalars(select(Job)))
        pictures = session.scalar(select(func.count()).select_from(JobPicture))
    assert kept == [
        ("download", "queued"), ("download", "succeeded"), ("draw", "queued"), ("time", "queued"), ("train", "queued"),
    ]  # fmt: skip
    assert pictures == 4


def test_counters_survive_many_writers(database: Database, make_run: MakeRun) -> None:
    with database.write() as session:
        make_run(session, "a")

    def add(_: int) -> None:
        with database.write() as session:
            job = session.scalars(select(Job).with_for_update()).one()
            session.execute(update(Job).values(attempts=job.attempts + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    with database.read() as session:
        assert session.scalars(select(Job.attempts)).one() == 40


def test_the_file_of_a_built_in_data_set_is_no_orphan_though_no_row_names_it(
    database: Database, artifacts: ArtifactStore
) -> None:
    key = artifact_key(DATASETS["mnist"])
    artifacts.put(key, b"images")
    assert sweep_orphans(database, artifacts, older_than=timedelta(0)) == 0
    assert artifacts.exists(key)


def test_an_object_that_goes_while_orphans_are_looked_for_is_no_obstacle(
    database: Database, artifacts: ArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        artifacts.put(f"checkpoints/{name}/1", b"orphan")
    modified = artifacts.modified

    def gone_first(key: str) -> datetime:
        if "/a/" in key:
            artifacts.delete(key)
        return modified(key)

    monkeypatch.setattr(artifacts, "modified", gone_first)
    assert sweep_orphans(database, artifacts, older_than=timedelta(0)) == 1
    assert list(artifacts.keys()) == []


def test_orphans_are_swept_once_they_are_old(database: Database, artifacts: ArtifactStore) -> None:
    artifacts.put("checkpoints/a/1", b"known")
    artifacts.put("checkpoints/a/2", b"orphan")
    with database.write() as session:
        session.add(
            Artifact(
                key="checkpoints/a/1", kind="checkpoint", run_id=None, step=1, bytes=5, sha256="", created_at=utc_now()
            )
        )
    assert sweep_orphans(database, artifacts) == 0
    assert sweep_orphans(database, artifacts, older_than=timedelta(0)) == 1
    assert list(artifacts.keys()) == ["checkpoints/a/1"]

"""The one task: claim a waiting job, do it, and write down how it ended."""

import logging
import os
import socket
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from backend.errors import Cancelled, FrontierError, LeaseLost, Released, TrainingError
from backend.queue import LOOK, Wakeups
from backend.store import jobs
from backend.store.artifacts import ArtifactStore
from backend.store.session import Database, Session
from backend.store.tables import Job
from worker.app import INTERACTIVE, app, postponed_termination, settings, stopping
from worker.kinds import KINDS, import_torch
from worker.memory import give_back_memory, keep_freed_memory
from worker.observer import JobObserver
from worker.shop import Shop

_log = logging.getLogger(__name__)

_AGAIN = {
    "train": "retry",
    "draw": "draw again",
    "decode": "ask again",
    "estimate": "ask again",
    "download": "download it again",
    "time": "ask again",
    "lab": "run it again",
}
"""What REST offers after a failure, by kind of job."""


@app.task(name=LOOK, ignore_result=True)  # type: ignore[untyped-decorator]
def look(queue: str) -> None:
    """Do the next waiting job of a queue, if there is one; while others wait, another worker gets to look too."""
    if stopping():
        return
    if queue == INTERACTIVE:
        import_torch()
    shop, wakeups = _shop(), _wakeups()
    with shop.database.read() as session:
        if queue not in jobs.waiting(session):
            return
    import_torch()  # takes seconds in which nobody could be heard: a run that still waits is cancelled at once
    keep_freed_memory()
    with postponed_termination():
        if stopping():
            return
        with shop.database.write() as session:
            job = jobs.claim(session, queue, {"host": socket.gethostname(), "pid": os.getpid()}, settings.lease_s)
            others_wait = queue in jobs.waiting(session)
        if others_wait:
            wakeups.send(queue)
        if job is not None and _work(shop, job) is Released:
            wakeups.send(queue)
        give_back_memory()


def _work(shop: Shop, job: Job) -> type[Exception] | None:
    """Do one claimed job to its end; returns what ended it early."""
    run_id = job.run_id if jobs.run_ids(job) else None
    lease = jobs.lease_of(job, settings.lease_s)
    with JobObserver(shop.database, shop.artifacts, lease, run_id, stopping) as observer:
        try:
            KINDS[job.kind](shop, job, observer)
            return None
        except LeaseLost:
            _log.warning("job %s belongs to another worker now", job.id)
            return LeaseLost
        except Released:
            observer.log("handed back: this worker is being stopped")
            _write_end(observer, jobs.release)
            return Released
        except Cancelled:
            observer.log("cancelled")
            _write_end(observer, lambda session, held: jobs.finish(session, held, "cancelled"))
            return Cancelled
        except Exception as error:
            _log.warning("job %s failed", job.id, exc_info=True)
            described = _described(error, job, observer)
            _write_end(observer, lambda session, held: jobs.finish(session, held, "failed", error=described))
            return type(error)


def _write_end(observer: JobObserver, body: Callable[[Session, Job], None]) -> None:
    with suppress(LeaseLost):
        observer.write(body)


def _described(error: Exception, job: Job, observer: JobObserver) -> dict[str, Any]:
    """What went wrong, in words a person can act on; the log keeps where, if it was not expected."""
    again = _AGAIN[job.kind]
    kind, message = type(error).__name__, str(error)
    if isinstance(error, TrainingError):
        hint = error.hint
    elif isinstance(error, FrontierError):
        hint = f"put this right, then {again}"
    elif isinstance(error, MemoryError):
        message, hint = "out of memory", jobs.MEMORY_HINTS[job.kind]
    else:
        log = "log" if jobs.run_ids(job) else "worker's log"
        hint = f"this is not expected: the {log} says where it happened; {again}, or report it with that log"
        observer.log("".join(traceback.format_exception(error)))
    observer.log(f"failed: {message or kind}")
    return {"type": kind, "message": message or kind, "hint": hint}


@cache
def _shop() -> Shop:
    return Shop(Database(settings.resolved_database_url), ArtifactStore(settings.resolved_artifacts_url), settings)


@cache
def _wakeups() -> Wakeups:
    return Wakeups(settings.resolved_broker_url)

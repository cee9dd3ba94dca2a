"""What a job's worker tells the store while it works, and what it hears from it: a lease, a cancel, a stop.

Training calls cheap methods; one thread does the writing. A write is a transaction that begins by renewing the lease,
so that a worker which lost it writes nothing.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from backend.errors import Cancelled, LeaseLost, Released
from backend.store import history, jobs, objects, runs
from backend.store.artifacts import ArtifactStore
from backend.store.clock import utc_now
from backend.store.jobs import Lease
from backend.store.session import Database, DatabaseAway, Session
from backend.store.tables import Job
from worker.observing import Progress

T = TypeVar("T")

PROGRESS_S = 1.0
"""Seconds between two writes of progress, history and log."""

_RENEWALS_PER_LEASE = 6
_PATIENCE_S = 60.0
"""How long a write waits for a database that is away."""

_log = logging.getLogger(__name__)


class JobObserver:
    """The observer of one claimed job, for a run or for a short job; a context manager whose thread ends with it."""

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        lease: Lease,
        run_id: str | None,
        stopping: Callable[[], bool],
    ) -> None:
        """
        Args:
            run_id: the run that progress, history, log and checkpoints belong to; null for a job without one.
            stopping: whether this worker is being stopped.
        """
        self.lease = lease
        self._database = database
        self._artifacts = artifacts
        self._run_id = run_id
        self._stopping = stopping
        self._verdict: type[Exception] | None = None
        self._progress: Progress | None = None
        self._stored: Progress | None = None
        self._rows: list[tuple[int, Mapping[str, float]]] = []
        self._lines: list[tuple[datetime, str]] = []
        self._writing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_in_touch, name="observer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def check(self) -> None:
        """
        Raises:
            Cancelled: a person asked for the job to stop.
            LeaseLost: another worker has the job.
            Released: this worker is being stopped.
        """
        if self._verdict is not None:
            raise self._verdict("stop")
        if self._stopping():
            raise Released("this worker is being stopped")

    def progress(self, progress: Progress) -> None:
        """How far the job is; the newest is stored every second. A stage that has no epochs keeps those before it."""
        before = self._progress
        if before is not None and not progress.epochs:
            progress = replace(progress, epoch=before.epoch, epochs=before.epochs)
        self._progress = progress

    def history(self, step: int, columns: dict[str, float]) -> None:
        """A row of the training curve; stored within a second, and with any checkpoint of this step or later."""
        self._rows.append((step, columns))

    def log(self, text: str) -> None:
        """A line a person can read."""
        self._lines.append((utc_now(), text))

    def save(self, checkpoint: bytes, step: int) -> None:
        """Store a checkpoint, then forget the one before it.

        Raises:
            LeaseLost: another worker has the job.
            DiskFull, Unavailable: the artifact store cannot be written.
        """
        replaced = self.write(self.checkpoint_writer(checkpoint, step))
        self.discard(replaced)

    def checkpoint_writer(self, checkpoint: bytes, step: int, name: str = "") -> Callable[[Session, Job], list[str]]:
        """Store a checkpoint as an object; what is returned makes it the run's in a transaction of :meth:`write`."""
        if self._run_id is None:
            raise ValueError("a job without a run has no checkpoint")
        run_id, size, sha256 = self._run_id, len(checkpoint), hashlib.sha256(checkpoint).hexdigest()
        key = objects.checkpoint_key(run_id, step, self.lease.token + name)
        self._artifacts.put(key, checkpoint)
        return lambda session, job: objects.keep_checkpoint(session, job, run_id, key, step, size, sha256)

    def discard(self, keys: list[str]) -> None:
        """Delete objects that a committed transaction replaced; what is left over the reconciler sweeps."""
        for key in keys:
            try:
                self._artifacts.delete(key)
            except OSError as error:
                _log.warning("%s is left for the sweep: %s", key, error)

    def write(self, body: Callable[[Session, Job], T]) -> T:
        """Run ``body`` in one transaction under the lease, with all that waits to be stored; waits for the database.

        Raises:
            LeaseLost: another worker has the job; nothing was written.
        """
        give_up = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._write(body)
            except DatabaseAway as error:
                if time.monotonic() > give_up:
                    raise
                _log.warning("the database is away, trying again: %s", error.orig)
                time.sleep(PROGRESS_S)

    def _write(self, body: Callable[[Session, Job], T]) -> T:
        with self._writing:
            rows, lines, progress = len(self._rows), len(self._lines), self._progress
            with self._database.write() as session:
                job = jobs.hold(session, self.lease)
                if job.cancel_requested:
                    self._verdict = Cancelled
                if self._run_id is not None:
                    history.add_rows(session, self._run_id, self._rows[:rows])
                    history.add_log(session, self._run_id, self._lines[:lines])
                if progress is not None and progress != self._stored:
                    self._store_progress(session, job, asdict(progress))
                result = body(session, job)
            del self._rows[:rows], self._lines[:lines]
            self._stored = progress
            return result

    def _store_progress(self, session: Session, job: Job, progress: dict[str, Any]) -> None:
        if self._run_id is None:
            job.progress = progress
        else:
            runs.keep_progress(session, self._run_id, progress)

    def _keep_in_touch(self) -> None:
        """Every second: progress, history and log to the store; a wish to cancel and the lease's fate back."""
        pause = min(PROGRESS_S, self.lease.seconds / _RENEWALS_PER_LEASE)
        while not self._ended.wait(pause):
            try:
                self._write(lambda session, job: None)
            except LeaseLost:
                self._verdict = LeaseLost
                return
            except Exception:  # a database that is away comes back; the token says then whose the job is
                _log.warning("progress was not stored", exc_info=True)

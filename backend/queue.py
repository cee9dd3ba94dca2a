"""Waking workers up, and putting right what a crash left behind.

The database is the truth: a message only says "look". All of it is best effort, and a duplicate is harmless.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery import Celery

from backend.errors import NotFound
from backend.settings import Settings
from backend.store import benches, jobs, objects
from backend.store.artifacts import ArtifactStore
from backend.store.clock import utc_now
from backend.store.session import Database

LOOK = "worker.look"
"""Name of the worker's one task: claim a waiting job of this queue, if there is one, and do it."""

PATIENCE_S = 1.0
"""Longest wait for a broker that does not answer."""

_MOST_MESSAGES = 16
"""Messages kept in a queue at most: each costs an idle worker one look, and no more workers could use them."""

_SWEEP_EVERY_S = 300.0
_ORPHAN_AGE = timedelta(hours=1)
"""An object younger than this may belong to a transaction that is still under way."""

_ANSWERS_KEPT = timedelta(days=1)
"""A person who asked for samples, or for how long a run takes, has looked by then, and can ask again."""

_log = logging.getLogger(__name__)


def broker_options() -> dict[str, Any]:
    """Transport options under which a broker that is away fails fast instead of blocking."""
    return {
        "socket_connect_timeout": PATIENCE_S,
        "socket_timeout": PATIENCE_S,
        "max_retries": 0,
        "retry_on_timeout": False,
    }


class Wakeups:
    """Sends "look" messages. Never raises, and waits about a second at most when the broker is away."""

    def __init__(self, broker_url: str) -> None:
        self._app = Celery("frontier", broker=broker_url, set_as_current=False)
        self._app.conf.update(broker_transport_options=broker_options(), task_ignore_result=True)

    def send(self, queue: str) -> None:
        """Tell a worker of this queue to look."""
        with self._best_effort(f"no wake-up for queue {queue}"):
            self._send(queue)

    def top_up(self, queue: str, waiting: int) -> None:
        """Bring the queue to one message for each waiting job."""
        with self._best_effort(f"queue {queue} not topped up"):
            for _ in range(min(waiting, _MOST_MESSAGES) - self._length(queue)):
                self._send(queue)

    def ping(self) -> bool:
        """Whether the broker answers."""
        try:
            with self._app.connection_for_read() as connection:
                return bool(connection.default_channel.client.ping())
        except Exception:
            return False

    def workers(self) -> list[str]:
        """Names of the workers that answer within a second."""
        try:
            answers = self._app.control.ping(timeout=PATIENCE_S)
        except Exception:
            return []
        return sorted(name for answer in answers for name in answer)

    def _send(self, queue: str) -> None:
        self._app.send_task(LOOK, args=(queue,), queue=queue, retry=False, ignore_result=True)

    def _length(self, queue: str) -> int:
        with self._app.connection_for_read() as connection:
            return int(connection.default_channel.client.llen(queue))

    @contextmanager
    def _best_effort(self, failed: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # whatever the transport raises: the reconciler sends another message
            _log.warning("%s: %s", failed, error)


class Reconciler:
    """A thread that tops queues up, takes back jobs whose lease ran out, and sweeps orphans and old drawings."""

    def __init__(self, database: Database, artifacts: ArtifactStore, wakeups: Wakeups, settings: Settings) -> None:
        self._database = database
        self._artifacts = artifacts
        self._wakeups = wakeups
        self._interval_s = settings.reconcile_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)
        self._until_sweep_s = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; waits for the pass under way."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def once(self) -> None:
        """One pass."""
        take_back_lost(self._database)
        with self._database.read() as session:
            waiting = jobs.waiting(session)
        for queue, number in waiting.items():
            self._wakeups.top_up(queue, number)
        self._until_sweep_s -= self._interval_s
        if self._until_sweep_s <= 0:
            sweep_orphans(self._database, self._artifacts)
            with self._database.write() as session:
                jobs.forget_answers(session, utc_now() - _ANSWERS_KEPT)
                benches.forget_old(session, utc_now() - _ANSWERS_KEPT)
            self._until_sweep_s = _SWEEP_EVERY_S

    def _run(self) -> None:
        while True:
            try:
                self.once()
            except Exception:  # the database may be away for a while; the next pass tries again
                _log.warning("the reconciler's pass failed", exc_info=True)
            if self._stopping.wait(self._interval_s):
                return


def take_back_lost(database: Database) -> int:
    """Take back every job whose lease ran out; returns how many."""
    with database.read() as session:
        lost = jobs.expired(session)
    taken = 0
    for job_id in lost:  # one transaction each, so that two reconcilers cannot lock each other out
        with database.write() as session:
            taken += jobs.take_back(session, job_id) is not None
    return taken


def sweep_orphans(database: Database, artifacts: ArtifactStore, older_than: timedelta = _ORPHAN_AGE) -> int:
    """Delete objects that are nobody's, once they are old enough; returns how many."""
    stored = list(artifacts.keys())
    with database.read() as session:
        known = objects.known_keys(session)
    newest = utc_now() - older_than
    orphans = [key for key in stored if key not in known and _is_older(artifacts, key, newest)]
    for key in orphans:
        artifacts.delete(key)
    return len(orphans)


def _is_older(artifacts: ArtifactStore, key: str, than: datetime) -> bool:
    try:
        return artifacts.modified(key) < than
    except NotFound:  # deleted meanwhile by whoever it belonged to
        return False

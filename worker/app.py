"""The Celery application: where messages come from, and how its processes end.

Celery's parent process never imports torch: a fork of a process that has computed with it hangs.
"""

import mmap
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready, worker_shutting_down

from backend.leash import tie_to_parent
from backend.queue import LOOK
from backend.settings import Settings

settings = Settings()

app = Celery("worker", broker=settings.resolved_broker_url, include=["worker.tasks"])
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=False,  # a message only says "look": the lease in the database recovers a crash
    worker_pool="prefork",
    worker_concurrency=1,
    worker_prefetch_multiplier=1,
    worker_enable_prefetch_count_reduction=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
)

INTERACTIVE = "interactive"
"""The queue of what a person waits for: its worker imports torch, which takes seconds, before the first of it."""

_stop = mmap.mmap(-1, 1)
"""One byte that the parent shares with the pool process it forks: not zero once the worker is being stopped."""

_terminated = False


def stopping() -> bool:
    """Whether this worker is being stopped: what it works on should be handed back."""
    return _terminated or _stop[0] != 0


@contextmanager
def postponed_termination() -> Iterator[None]:
    """Let a job be handed back before SIGTERM ends this process: service managers send it to every process at once."""
    before = signal.signal(signal.SIGTERM, _note_termination)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if _terminated:
            signal.raise_signal(signal.SIGTERM)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _tell_the_pool(**_: Any) -> None:
    _stop[0] = 1


@worker_ready.connect  # type: ignore[untyped-decorator]
def _look_at_once(sender: Any, **_: Any) -> None:
    """Not in ``worker_process_init``: there the import would keep the pool from starting."""
    if INTERACTIVE in sender.app.amqp.queues.consume_from:
        sender.app.send_task(LOOK, args=(INTERACTIVE,), queue=INTERACTIVE, retry=False, ignore_result=True)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start_child(**_: Any) -> None:
    tie_to_parent(os.getppid())


def _note_termination(_number: int, _frame: FrameType | None) -> None:
    global _terminated
    _terminated = True

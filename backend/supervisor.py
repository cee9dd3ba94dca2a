"""Keeps the program's processes running: starts them, restarts those that die, ends them all together."""

import logging
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from backend.leash import leashed

LOG_BYTES = 5 * 2**20
"""A log file is moved aside when it is larger."""
LOG_FILES = 3
"""Older log files kept."""

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 30.0
"""A process that lived this long has no history of dying."""
_ROTATE_EVERY_S = 30.0
_TEND_EVERY_S = 0.2
_SHORTEST_WAIT_S = 0.05

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process of the program."""

    name: str
    """Also the name of its log file."""
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the supervisor's own."""
    patience_s: float = 5.0
    """Seconds it may take to end after SIGTERM, before it is killed."""
    outlives: bool = False
    """Ends only when the other services have ended."""


class Supervisor:
    """A set of services, each a process group of its own, on a leash: if the supervisor is killed, they die with it.

    Must be used from the main thread: a leash is held by the thread that started the process.
    """

    def __init__(
        self, services: Sequence[Service], folder: Path, logs: Path | None, report: Callable[[str], None]
    ) -> None:
        """
        Args:
            folder: the working directory of every service.
            logs: where ``NAME.log`` files go; null lets every service write to the supervisor's own output.
            report: told, in one sentence, of each service that died.
        """
        self._lives = [_Life(service, folder, logs and logs / f"{service.name}.log", report) for service in services]
        self._rotated_at = time.monotonic()

    def start(self) -> None:
        """Start every service."""
        for life in self._lives:
            life.start()

    def tend(self) -> None:
        """Restart what died, after a pause that grows while it keeps dying; call this several times a second."""
        for life in self._lives:
            life.tend()
        if time.monotonic() - self._rotated_at > _ROTATE_EVERY_S:
            self._rotated_at = time.monotonic()
            for life in self._lives:
                life.rotate_log()

    def stop(self) -> None:
        """End every service: SIGTERM, patience, SIGKILL; those that outlive the others last."""
        for last in (False, True):
            group = [life for life in self._lives if life.service.outlives is last]
            for life in group:
                life.terminate()
            for life in group:
                life.join()


class _Life:
    """One service through its deaths."""

    def __init__(self, service: Service, folder: Path, log: Path | None, report: Callable[[str], None]) -> None:
        self.service = service
        self._folder, self._log, self._report = folder, log, report
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = self._start_again_at = self._terminated_at = 0.0
        self._deaths = 0

    def start(self) -> None:
        self.rotate_log()
        with self._output() as output:
            self._process = subprocess.Popen(
                leashed(list(self.service.command)),
                cwd=self._folder,
                env={**os.environ, **self.service.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                start_new_session=True,  # Ctrl-C is for the supervisor alone
            )
        self._started_at = time.monotonic()

    def tend(self) -> None:
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_again_at:
                self.start()
            return
        status = self._process.poll()
        if status is None:
            return
        self._kill_group()  # whatever it left behind
        self._deaths = 1 if now - self._started_at > _STEADY_S else self._deaths + 1
        pause = min(_FIRST_PAUSE_S * 2 ** (self._deaths - 1), _LONGEST_PAUSE_S)
        self._start_again_at = now + pause
        self._process = None
        where = "" if self._log is None else f" (see {self._log})"
        self._report(
            f"the {self.service.name} process ended: {_reason(status)}{where}; starting it again in {pause:g} s"
        )

    def terminate(self) -> None:
        self._terminated_at = time.monotonic()
        if self._process is not None:
            self._process.terminate()

    def join(self) -> None:
        if self._process is None:
            return
        left = self._terminated_at + self.service.patience_s - time.monotonic()
        try:
            self._process.wait(max(left, _SHORTEST_WAIT_S))
        except subprocess.TimeoutExpired:
            _log.warning("%s did not end in %g s and is killed", self.service.name, self.service.patience_s)
        self._kill_group()
        self._process.wait()

    def rotate_log(self) -> None:
        if self._log is not None:
            rotate(self._log)

    def _output(self) -> AbstractContextManager[BinaryIO | None]:
        if self._log is None:
            return nullcontext()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        return self._log.open("ab")  # appending, so that a file cut short by rotation is written from its start

    def _kill_group(self) -> None:
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return


def run_until_stopped(supervisor: Supervisor, meanwhile: Callable[[], None]) -> None:
    """Keep the services running until SIGINT, SIGTERM or the end of the terminal; then end them all.

    Args:
        meanwhile: called several times a second.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        supervisor.start()
        while not stop.wait(_TEND_EVERY_S):
            supervisor.tend()
            meanwhile()
    finally:
        supervisor.stop()


def rotate(log: Path) -> None:
    """Move a log's content aside when it is large. The file itself stays: a process is writing to it."""
    try:
        if log.stat().st_size <= LOG_BYTES:
            return
    except FileNotFoundError:
        return
    for number in range(LOG_FILES, 1, -1):
        older = log.with_name(f"{log.name}.{number - 1}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)


def _reason(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"

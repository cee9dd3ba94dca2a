"""The real program: ``frontier up`` in a home of its own, with short leases."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

FRONTIER = [sys.executable, "-m", "backend.cli"]

FAST = {
    "FRONTIER_LEASE_S": "2",
    "FRONTIER_RECONCILE_S": "0.5",
    "FRONTIER_CHECKPOINT_S": "0.5",
    "FRONTIER_THREADS": "1",
}
"""Short times, so that a recovery takes seconds; the program has no other code for them."""


class Stack:
    """One ``frontier up`` and its processes."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {**os.environ, **FAST, **environment}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=10, trust_env=False)
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> float:
        """Start it; returns the seconds until the page answered."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [*FRONTIER, "up", "--home", str(self.home), "--port", str(self.port), *options],
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        self.until(lambda: self.answers() and bool(self.workers()), 30, "the page answers and a worker is there")
        return time.monotonic() - began

    def signal(self, number: int) -> float:
        """Signal the supervisor and wait for its end; returns the seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began

    def processes(self) -> list[psutil.Process]:
        """Every process of this home that is alive."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                mine = process.environ().get("FRONTIER_HOME") == str(self.home)
                if (mine or str(self.home) in " ".join(process.cmdline())) and process.status() != "zombie":
                    found.append(process)
        return [process for process in found if process.pid != os.getpid()]

    def named(self, *words: str) -> list[psutil.Process]:
        """Those whose command line holds all these words, parents first."""
        found = []
        for process in self.processes():
            with suppress(psutil.Error):
                if all(word in " ".join(process.cmdline()) for word in words):
                    found.append(process)
        return found

    def workers(self) -> list[psutil.Process]:
        return self.named("celery", "worker", "train")

    def submit(self, **body: Any) -> str:
        """Queue a run; returns its id."""
        answer = self.http.post("/runs", params={"duplicate": True}, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        answer = self.http.get(f"/runs/{run_id}")
        answer.raise_for_status()
        return dict(answer.json())

    def until(self, holds: Callable[[], object], timeout_s: float, what: str) -> float:
        """Wait until something holds; returns the seconds it took."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > timeout_s:
                raise AssertionError(f"not within {timeout_s} s: {what}\n{self.logs()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def until_step(self, run_id: str, step: int, timeout_s: float = 30) -> dict[str, Any]:
        """Wait until a run trains and is beyond a step."""

        def beyond() -> bool:
            run = self.run(run_id)
            assert run["status"] in ("queued", "running"), run
            return run["status"] == "running" and (run["progress"]["step"] or 0) > step

        self.until(beyond, timeout_s, f"run {run_id} is beyond step {step}")
        return self.run(run_id)

    def until_succeeded(self, run_id: str, timeout_s: float = 120) -> dict[str, Any]:
        def ended() -> bool:
            return self.run(run_id)["status"] in ("succeeded", "failed", "cancelled")

        self.until(ended, timeout_s, f"run {run_id} ends; it is {self.run(run_id)}")
        run = self.run(run_id)
        assert run["status"] == "succeeded", run
        return run

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-2000:]}" for log in sorted(self.home.glob("logs/*.log")))

    def end(self) -> None:
        """End whatever is left, by process id."""
        if self.process is not None and self.process.poll() is None:
            self.signal(signal.SIGTERM)
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        self.http.close()

    def answers(self) -> bool:
        try:
            return self.http.get(f"http://127.0.0.1:{self.port}/healthz").status_code == 200
        except httpx.TransportError:
            return False

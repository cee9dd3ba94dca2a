"""One server of the browser tests, in a home of its own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

QUICK = {"dataset": "digits", "network": "mlp", "width": 0.25, "epochs": 2}
"""A run of a tenth of a second, so that what is waited for is the program."""


class Program:
    """One server, and what a test asks of it beside the browser."""

    def __init__(self, command: Callable[[Path, int], list[str]]) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="frontier-e2e-", dir="/tmp"))  # a socket's path is short
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=f"{self.url}/api/v1", timeout=20, trust_env=False)
        self._command = command(self.home, self.port)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "FRONTIER_HOME": str(self.home), "FRONTIER_THREADS": "1"}
        log = (self.home / "output.log").open("ab")
        self._process = subprocess.Popen(self._command, env=environment, stdout=log, stderr=log)
        self.until(self._answers, 40, "the server answers")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)
            self._process = None

    def submit(self, **body: Any) -> str:
        answer = self.http.post("/runs", params={"duplicate": True}, json={**QUICK, **body})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        answer = self.http.get(f"/runs/{run_id}")
        answer.raise_for_status()
        return dict(answer.json())

    def finished(self, run_id: str) -> dict[str, Any]:
        """The run, once it has succeeded."""

        def ended() -> bool:
            return self.run(run_id)["status"] in ("succeeded", "failed", "cancelled")

        self.until(ended, 60, f"run {run_id} ends")
        run = self.run(run_id)
        assert run["status"] == "succeeded", run
        return run

    def until(self, holds: Callable[[], object], timeout_s: float, what: str) -> None:
        began = time.monotonic()
        while not holds():
            output = (self.home / "output.log").read_text() if (self.home / "output.log").exists() else ""
            assert time.monotonic() - began < timeout_s, f"not within {timeout_s} s: {what}\n{output[-3000:]}"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.http.get("/changes").status_code == 200
        except httpx.HTTPError:
            return False

    def remove(self) -> None:
        self.stop()
        self.http.close()
        shutil.rmtree(self.home, ignore_errors=True)

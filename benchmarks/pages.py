"""A server of its own and a real Chromium, for the benchmarks of the pages."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from backend.preflight import free_port

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZE = {"width": 1440, "height": 900}


@contextlib.contextmanager
def started(command: list[str], port: int, ready: str, environment: dict[str, str]) -> Iterator[int]:
    """A server as a process of its own, once it answers; yields its process id."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"http://127.0.0.1:{port}{ready}", timeout=60).is_success:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"the server ended by itself: {' '.join(command)}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def pages_and_rest(home: Path) -> Iterator[tuple[str, int]]:
    """REST and the pages over a home, without broker and worker; yields address and process id."""
    port = free_port("127.0.0.1")
    command = [sys.executable, "-m", "uvicorn", "--factory", "backend.serve:create_server", "--port", str(port)]
    with started(command, port, "/api/v1/changes", {"FRONTIER_HOME": str(home)}) as pid:
        yield f"http://127.0.0.1:{port}", pid


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Whatever Chromium this machine has.

    Raises:
        SystemExit: there is none.
    """
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium on this machine: install the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


class Traffic:
    """Requests of a page and the bytes that came back, headers and body, as they crossed the wire."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.bytes = 0.0
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Network.enable")
        self._session.on("Network.requestWillBeSent", self._asked)
        self._session.on("Network.loadingFinished", self._finished)

    def _asked(self, event: dict[str, dict[str, str]]) -> None:
        url = event["request"]["url"]
        if not url.startswith(("data:", "blob:")):  # those ask nobody
            self.requests.append(url)

    def _finished(self, event: dict[str, float]) -> None:
        self.bytes += event["encodedDataLength"]

    def reset(self) -> None:
        self.requests, self.bytes = [], 0.0

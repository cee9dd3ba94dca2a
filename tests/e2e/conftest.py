"""The real program with points from real runs, and a real Chromium that notices every complaint."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from running_program import Program

expect.set_options(timeout=30_000)  # other tests share the processor, and nothing here is about speed

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Whatever Chromium this machine has; without one the tests are skipped, in CI they fail."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine: install the package chromium")
        pytest.skip("no Chromium on this machine: install the package chromium to run the browser tests")
    return {"executable_path": CHROMIUM, "args": list(FLAGS)}


def everything(home: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "backend.cli", "up", "--home", str(home), "--port", str(port)]


def server_alone(_home: Path, port: int) -> list[str]:
    """REST and the pages without broker and worker: what is queued stays queued."""
    return [sys.executable, "-m", "uvicorn", "--factory", "backend.serve:create_server", "--port", str(port)]


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    """``frontier up`` with four real points on digits."""
    program = Program(everything)
    try:
        program.start()
        runs = [program.submit(beta=beta) for beta in (0.1, 0.5, 1.0, 4.0)]
        for run in runs:
            program.finished(run)
        yield program
    finally:
        program.remove()


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One profile for all tests: with a new one each, Chromium compiles five megabytes of scripts anew for each page.

    The fixture ``page`` forgets what a test left in it.
    """
    context = browser.new_context(accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def empty_program(context: BrowserContext) -> Iterator[Program]:
    """A fresh server without a worker; its pages close before it stops, or they would miss it."""
    program = Program(server_alone)
    try:
        program.start()
        yield program
        for page in context.pages:
            page.close()
    finally:
        program.remove()


def forget(context: BrowserContext, origins: set[str]) -> None:
    """Close every page, and remove what they left with the browser: cookies, and what they stored."""
    for page in context.pages:
        page.close()
    context.clear_cookies()
    blank = context.new_page()
    session = context.new_cdp_session(blank)
    for origin in origins:
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage,session_storage"})
    blank.close()


@pytest.fixture
def may_complain() -> list[str]:
    """Parts of console messages that a test brings about on purpose."""
    return []


@pytest.fixture
def page(context: BrowserContext, may_complain: list[str]) -> Iterator[Page]:
    """A page; the test fails on a console error, an exception, or a request that leaves the origin."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.set_viewport_size({"width": 1440, "height": 900})
    complaints: list[str] = []
    origins: set[str] = set()

    def requested(request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            complaints.append(f"a request left the origin: {request.url}")
        if request.is_navigation_request() and request.url.startswith("http"):
            origins.add("/".join(request.url.split("/")[:3]))

    page.on("request", requested)
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    forget(context, origins)
    unexpected = [each for each in complaints if not any(part in each for part in may_complain)]
    assert not unexpected, unexpected

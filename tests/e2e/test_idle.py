"""What a page asks of the server that nobody touches: one small request a second, and nothing while it is hidden."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from running_program import Program

POLL = "/api/v1/changes?since="
MOST_BYTES = 1000
"""Of an answer: status line, headers and body."""
HIDE = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
"""Headless pages are always visible: this one says that it is not, as a tab in the background does."""
TICKS = "() => window.ticks"
COUNT = """() => {
  window.ticks = 0;
  setInterval(() => { window.ticks += 1; }, 1000);
}"""


@pytest.mark.parametrize("path", ["/", "/queue", "/compare", "/sweeps", "/lab", "/run/{run}"])
def test_an_idle_page_asks_once_a_second_and_a_hidden_one_never(page: Page, program: Program, path: str) -> None:
    run = program.http.get("/runs", params={"limit": 1}).json()["items"][0]["id"]
    program.until(lambda: not program.http.get("/runs", params={"status": "running"}).json()["items"], 60, "all ended")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    asked: list[str] = []
    sizes: list[float] = []

    def heard(event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not url.startswith(("data:", "blob:")):  # those ask nobody
            asked.append(url)

    session.on("Network.requestWillBeSent", heard)
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(program.url + path.format(run=run))
    expect(page.locator("main > *")).not_to_have_count(0)
    page.evaluate(COUNT)

    def passed(seconds: int) -> int:
        """Seconds of the page's own clock, in which what it asks and what it hears is counted afresh."""
        asked.clear()
        sizes.clear()
        before: int = page.evaluate(TICKS)
        page.wait_for_function("([before, seconds]) => window.ticks >= before + seconds", arg=[before, seconds])
        return int(page.evaluate(TICKS)) - before

    def settled() -> bool:
        passed(2)
        return bool(asked) and all(POLL in url for url in asked)

    program.until(settled, 60, "what the page was opened with has come")
    seconds = passed(6)
    assert [url for url in asked if POLL not in url] == []
    assert 1 <= len(asked) <= seconds + 1
    assert max(sizes) < MOST_BYTES
    page.evaluate(HIDE)
    passed(1)  # what was under way has arrived
    passed(3)
    assert asked == []

"""What pages ask of the server that nobody touches: one small request a second each, and nothing while hidden."""

from typing import Any

from playwright.sync_api import BrowserContext, Page, expect
from running_program import Program

PATHS = ("/", "/queue", "/compare", "/sweeps", "/lab", "/run/{run}")
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


class Listened:
    """A page, and what it has asked and heard since it was last counted."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.sizes: list[float] = []
        session = context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asks)
        session.on("Network.loadingFinished", lambda event: self.sizes.append(event["encodedDataLength"]))
        self.page.goto(url)
        expect(self.page.locator("main > *")).not_to_have_count(0)
        self.page.evaluate(COUNT)

    def _asks(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if not url.startswith(("data:", "blob:")):  # those ask nobody
            self.asked.append(url)

    def begin(self) -> None:
        """Count afresh, from now, in seconds of the page's own clock."""
        self.asked.clear()
        self.sizes.clear()
        self._since = int(self.page.evaluate(TICKS))

    def passed(self, seconds: int) -> int:
        """Wait until that many seconds have passed since the count began; how many have."""
        self.page.wait_for_function(
            "([since, seconds]) => window.ticks >= since + seconds", arg=[self._since, seconds], timeout=60_000
        )
        return int(self.page.evaluate(TICKS)) - self._since

    def only_polled(self) -> bool:
        return bool(self.asked) and all(POLL in url for url in self.asked)


def at_rest(program: Program) -> bool:
    """No run trains and none waits: what changes is news to every page."""
    return not any(
        program.http.get("/runs", params={"status": status}).json()["items"] for status in ("running", "queued")
    )


def test_an_idle_page_asks_once_a_second_and_a_hidden_one_never(page: Page, program: Program) -> None:
    run = program.http.get("/runs", params={"limit": 1}).json()["items"][0]["id"]
    program.until(lambda: at_rest(program), 60, "all ended")
    opened = [Listened(page.context, program.url + path.format(run=run)) for path in PATHS]

    def settled() -> bool:
        for each in opened:
            each.begin()
        for each in opened:
            each.passed(4)
        return all(each.only_polled() for each in opened)

    program.until(settled, 90, "what the pages were opened with has come")
    for each in opened:
        each.begin()
    for each in opened:
        seconds = each.passed(6)
        asked, sizes = list(each.asked), list(each.sizes)
        assert [url for url in asked if POLL not in url] == [], each.page.url
        assert 1 <= len(asked) <= seconds + 1, each.page.url
        assert max(sizes) < MOST_BYTES, each.page.url
    for each in opened:
        each.page.evaluate(HIDE)
    for each in opened:
        each.begin()
        each.passed(1)  # what was under way has arrived
    for each in opened:
        each.begin()
    for each in opened:
        each.passed(3)
        assert each.asked == [], each.page.url

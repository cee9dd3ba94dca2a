"""What pages cost that nobody touches: requests, bytes, and the server's share of a core.

    python benchmarks/idle.py

Opens each kind of page in a real Chromium on a database in which nothing changes, and counts a page's requests a second
and the bytes of an answer (status line, headers and body). Then ten pages at once, and the processor time of the server
process (browsers excluded). Goals: one request a second, under 1 kB; under 5 % of a core for ten pages; no request of a
hidden page.
"""

import argparse
import tempfile
import time
from pathlib import Path

import psutil
from explorer_data import make
from pages import SIZE, Traffic, chromium, pages_and_rest
from playwright.sync_api import Browser, Page

POLL = "/api/v1/changes"
SHOWN_S, HIDDEN_S, SETTLE_S = 6, 3, 30
HIDE = """() => {
  Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
  Object.defineProperty(document, 'hidden', { value: true, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
"""Headless pages are always visible: this one says that it is not, as a tab in the background does."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30, help="of watching ten pages")
    parser.add_argument("--points", type=int, default=1000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), asked.points)
        with pages_and_rest(Path(folder)) as (url, pid), chromium() as browser:
            paths = addresses(url, browser)
            print(f"{'page':34s} requests/s  bytes an answer  hidden: requests/s")
            for path in paths:
                one(browser, url, path)
            many(browser, url, paths, pid, asked.seconds)


def addresses(url: str, browser: Browser) -> list[str]:
    """Every kind of page there is: those of the menu, and a run."""
    page, _ = opened(browser, f"{url}/")
    found = page.locator("header nav a").evaluate_all("(all) => all.map((each) => each.getAttribute('href'))")
    run = page.evaluate("fetch('/api/v1/runs?limit=1').then((a) => a.json()).then((a) => a.items[0].id)")
    page.close()
    return [*(path.partition("?")[0] for path in found if not path.startswith("/api")), f"/run/{run}"]


def opened(browser: Browser, address: str) -> tuple[Page, Traffic]:
    """A page that has asked for all it needs: for two seconds it asked only whether anything changed."""
    page = browser.new_page(viewport=SIZE)
    traffic = Traffic(page)
    page.goto(address)
    for _ in range(SETTLE_S // 2):
        traffic.reset()
        page.wait_for_timeout(2000)
        if traffic.requests and all(POLL in request for request in traffic.requests):
            break
    traffic.reset()
    return page, traffic


def one(browser: Browser, url: str, path: str) -> None:
    """One page by itself, on show and then hidden."""
    page, traffic = opened(browser, url + path)
    page.wait_for_timeout(1000 * SHOWN_S)
    count, size = len(traffic.requests), traffic.bytes
    page.evaluate(HIDE)
    page.wait_for_timeout(1200)
    traffic.reset()
    page.wait_for_timeout(1000 * HIDDEN_S)
    rates = count / SHOWN_S, len(traffic.requests) / HIDDEN_S
    shown = path if len(path) < 34 else f"{path[:30]}..."
    print(f"{shown:34s} {rates[0]:10.1f}  {size / max(count, 1):15.0f}  {rates[1]:18.1f}", flush=True)
    page.close()


def many(browser: Browser, url: str, paths: list[str], pid: int, seconds: int) -> None:
    """Ten pages, and what the server needs for them."""
    server = psutil.Process(pid)
    alone = share(server, 10)
    watched = [opened(browser, url + paths[index % len(paths)]) for index in range(10)]
    for _, traffic in watched:
        traffic.reset()
    busy = share(server, seconds, watched[0][0])
    requests = sum(len(traffic.requests) for _, traffic in watched)
    print(f"ten pages: {requests / seconds:.1f} requests/s, server {100 * busy:.1f} % of a core (goal: under 5 %)")
    print(f"no page:   server {100 * alone:.1f} % of a core")


def share(server: psutil.Process, seconds: int, page: Page | None = None) -> float:
    """Processor seconds of the server and of what it started, a second."""

    def used() -> float:
        processes = [server, *server.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in processes)

    before, began = used(), time.perf_counter()
    if page is None:
        time.sleep(seconds)
    else:
        page.wait_for_timeout(1000 * seconds)  # the browser's messages are heard only here
    return (used() - before) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()

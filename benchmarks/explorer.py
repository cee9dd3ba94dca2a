"""How long a person waits on Explore, with 10,000 and 100,000 points, beside optuna-dashboard on as many trials.

    pip install -e '.[test,bench]'
    python benchmarks/explorer.py

For each: makes a database of points with pictures, starts the server, and drives a real Chromium. Prints, for a
browser that was never there: ms until the points are drawn, ms of a third visit ("again") and MB that crossed the
wire at the first; for clicks on points, ms until the pictures of the clicked one are shown (p50, p95) and kB for each;
and ms between frames while the pointer moves over the plane (p50, p95). Below it, of ours alone, returning visits to
the page with its table open and with means over seeds. The same of optuna-dashboard: its page of a study with the
Pareto front, a click until the trial is shown (it has numbers, no pictures), and the pointer over the Pareto front.
Goals at 10,000: 2000 ms, 300 ms at p95. The floor beside them: the same page with three points, and the bare requests
for a point and its pictures.
"""

import argparse
import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx
import numpy as np
from explorer_data import make, step_of
from pages import SIZE, Traffic, chromium, pages_and_rest, started
from playwright.sync_api import Browser, Page, TimeoutError

from backend.preflight import free_port

Places = list[tuple[float, float]]
"""Of points to click, in pixels of the page."""

MOST_S = 30
"""Seconds after which a wait is given up, and clicks after which no more are made."""


@dataclass(frozen=True)
class Watched:
    """One page to measure."""

    name: str
    path: str
    figure: str
    """JavaScript of the element that Plotly draws in."""
    drawn: str
    """JavaScript: whether the points stand on the page."""
    shown: str
    """JavaScript: whether what was clicked is on show."""
    goes_away: bool
    """Whether a click leads to another page."""

    views: tuple[tuple[str, str, str], ...] = ()
    """Heavier views of the same page: a name, what the address says in addition, JavaScript of whether it is drawn."""


OURS = Watched(
    name="rd-frontier",
    path="/?dataset=mnist/static",
    figure="document.querySelector('#plane-frame .js-plotly-plot')",
    drawn="""figure && figure._fullData && !document.querySelector('#plane-frame.loading')
      && figure._fullData.some((trace) => trace.customdata && trace.x.length > 0)""",
    shown="""(() => {
      const point = new URLSearchParams(location.search).get('point');
      const all = [...document.querySelectorAll('#pane [data-picture] img')];
      const stands = (img) => img.src.includes(point) && img.complete && img.naturalWidth > 0;
      return point && all.length > 30 && all.every(stands);
    })()""",
    goes_away=False,
    views=(
        (
            "its table",
            "&table=open",
            "document.querySelectorAll('#table-grid .ag-center-cols-container .ag-row').length > 5",
        ),
        ("means over seeds", "&seeds=se", ""),
    ),
)
PEER = Watched(
    name="optuna-dashboard",
    path="/dashboard/studies/0",
    figure="document.querySelector('#graph-pareto-front')",
    drawn="figure && figure._fullData && figure._fullData.some((trace) => trace.x && trace.x.length > 0)",
    shown="location.search.includes('numbers=') && /Trial \\d+/.test(document.body.innerText)",
    goes_away=True,
)

WATCH = """
window.watch = (holds, from) => new Promise((done) => {
  const end = () => done(performance.now() - from);
  const look = () => requestAnimationFrame(holds() ? end : look);
  look();
});
addEventListener('pointerup', () => { window.pressed = performance.now(); }, true);
"""
"""Looks at every frame; a time is that of the frame after the one in which it holds."""

FRAMES = """() => {
  window.frames_ms = []; window.framing = true;
  let before = performance.now();
  const next = (now) => {
    window.frames_ms.push(now - before);
    before = now;
    if (window.framing) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""

PLACES = """([count, step]) => {
  const figure = %s;
  const box = figure.querySelector('.nsewdrag').getBoundingClientRect();
  const [all, others] = [[], []];
  for (const trace of figure._fullData) {
    if (!trace.x || trace.mode !== 'markers' || trace.visible !== true) continue;
    for (let i = 0; i < trace.x.length; i += 1) {
      const [x, y] = [figure._fullLayout.xaxis.d2p(trace.x[i]), figure._fullLayout.yaxis.d2p(trace.y[i])];
      if (!(x > 5 && y > 5 && x < box.width - 5 && y < box.height - 5)) continue;
      const without = trace.customdata && Number(String(trace.customdata[i][0]).slice(-4)) %% step;
      (without ? others : all).push([box.left + x, box.top + y]);
    }
  }
  const alone = all.filter(([x, y]) => others.every(([u, v]) => Math.hypot(x - u, y - v) > 8));
  const kept = Math.max(1, Math.floor(alone.length / count));
  return alone.filter((_, index) => index %% kept === 0).slice(0, count);
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--clicks", type=int, default=32)
    parser.add_argument("--without-peer", action="store_true")
    asked = parser.parse_args()
    if not asked.without_peer and find_spec("optuna_dashboard") is None:
        raise SystemExit("optuna-dashboard is not installed: pip install -e '.[bench]', or --without-peer")
    print(f"{'':26s} {'first, ms':>9s} {'again':>6s} {'MB':>6s}", end="  ")
    print(f"{'click p50, ms':>13s} {'p95':>6s} {'kB':>6s} {'n':>3s}", end="  ")
    print(f"{'frame p50, ms':>13s} {'p95':>6s}")
    with chromium() as browser:
        for count in [3, *asked.points]:
            with ours(count) as url:
                measure(browser, url, OURS, count, asked.clicks)
                if count == 3:
                    floor(url)
            if count > 3 and not asked.without_peer:
                with peer(count) as url:
                    measure(browser, url, PEER, count, asked.clicks)


@contextlib.contextmanager
def ours(count: int) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), count)
        with pages_and_rest(Path(folder)) as (url, _):
            yield url


@contextlib.contextmanager
def peer(count: int) -> Iterator[str]:
    port = free_port("127.0.0.1")
    command = [sys.executable, str(Path(__file__).parent / "explorer_peer.py"), str(count), str(port)]
    with started(command, port, "/api/meta", {}):
        yield f"http://127.0.0.1:{port}"


def measure(browser: Browser, url: str, what: Watched, count: int, clicks: int) -> None:
    """One line: a first visit to a server that is warm, clicks, and the pointer."""
    visit(browser, url, what)[0].close()  # the first visit of all builds what the server keeps
    page, traffic, first = visit(browser, url, what)
    megabytes = traffic.bytes / 1e6
    name = f"{what.name} {count:,}"
    if first is None:
        print(f"{name:26s} {f'> {1000 * MOST_S}':>9s}", flush=True)
        page.close()
        return
    again = revisit(page, url + what.path, what.figure, what.drawn)
    page.wait_for_timeout(2000)
    places = page.evaluate(PLACES % what.figure, [clicks, step_of(count)])
    times, kilobytes = click(page, what, traffic, places)
    frames = hover(page, places)
    p50, p95 = np.percentile(times, [50, 95]) if times else (np.nan, np.nan)
    f50, f95 = np.percentile(frames, [50, 95])
    print(f"{name:26s} {first:9.0f} {shown(again)} {megabytes:6.2f}", end="  ")
    print(f"{p50:13.0f} {p95:6.0f} {kilobytes:6.1f} {len(times):3d}  {f50:13.1f} {f95:6.1f}", flush=True)
    for title, search, drawn in what.views:
        took = revisit(page, url + what.path + search, what.figure, drawn or what.drawn)
        print(f"{'  ' + title:26s} {'':9s} {shown(took)}", flush=True)
    page.close()


def shown(milliseconds: float | None) -> str:
    """A wait in its column."""
    return f"{'> 30 s':>6s}" if milliseconds is None else f"{milliseconds:6.0f}"


def revisit(page: Page, address: str, figure: str, drawn: str) -> float | None:
    """The same browser for the third time, with what it kept: it keeps compiled scripts from the second on.

    Returns:
        Milliseconds until it is drawn; null is never.
    """
    took = None
    for _ in range(2):
        page.goto("about:blank")
        page.goto(address, wait_until="commit")
        took = waited(page, f"watch(() => {{ const figure = {figure}; return {drawn}; }}, 0)")
    return took


def visit(browser: Browser, url: str, what: Watched) -> tuple[Page, Traffic, float | None]:
    """A page in a browser that keeps nothing from before, and when its points were drawn; null is never."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.set_default_timeout(1000 * MOST_S)
    page.add_init_script(WATCH)
    traffic = Traffic(page)
    page.goto(url + what.path, wait_until="commit")
    return page, traffic, waited(page, f"watch(() => {{ const figure = {what.figure}; return {what.drawn}; }}, 0)")


def waited(page: Page, script: str) -> float | None:
    """Milliseconds that a watch took; null where it was given up."""
    limit = f"new Promise((done) => setTimeout(() => done(null), {1000 * MOST_S}))"
    found = page.evaluate(f"Promise.race([{script}, {limit}])")
    return None if found is None else float(found)


def click(page: Page, what: Watched, traffic: Traffic, places: Places) -> tuple[list[float], float]:
    """Milliseconds from the release of the button until what was clicked is shown, and kB for each."""
    times: list[float] = []
    began = time.monotonic()
    moved = 0.0
    for x, y in places:
        if time.monotonic() - began > MOST_S:
            break
        traffic.reset()
        before = page.evaluate("location.search")
        page.mouse.move(x - 3, y - 3)
        page.mouse.move(x, y)
        page.wait_for_timeout(120)
        page.mouse.click(x, y)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function("(before) => location.search !== before", arg=before, timeout=5000)
            found = waited(page, f"watch(() => {what.shown}, window.pressed)")
            if found is not None:
                times.append(found)
                moved += traffic.bytes / 1000
            if what.goes_away:
                page.go_back()
                waited(page, f"watch(() => {{ const figure = {what.figure}; return {what.drawn}; }}, 0)")
                page.wait_for_timeout(500)
    return times, moved / max(1, len(times))


def hover(page: Page, places: Places) -> list[float]:
    """Milliseconds between frames while the pointer goes to and fro over the points."""
    page.evaluate(FRAMES)
    for x, y in places[:12]:
        page.mouse.move(x, y, steps=10)
    page.evaluate("window.framing = false")
    return list(page.evaluate("window.frames_ms"))[1:]


def floor(url: str) -> None:
    """What a click cannot be faster than: the same REST calls without pages, the two after the first at once."""
    with httpx.Client(base_url=f"{url}/api/v1") as client:
        point = client.get("/points?limit=3").json()["columns"]["id"][0]
        times = []
        for _ in range(50):
            began = time.perf_counter()
            client.get(f"/points/{point}").raise_for_status()
            for image in client.get(f"/points/{point}/samples").raise_for_status().json()["images"]:
                client.get(image["url"].removeprefix("/api/v1")).raise_for_status()
            times.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{'REST of a click, bare':26s} {'':9s} {'':6s}  {p50:13.0f} {p95:6.0f}", flush=True)


if __name__ == "__main__":
    main()

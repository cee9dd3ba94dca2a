"""What the queue and a polling page cost a training run: images per second, in pairs, bare loop against queued run.

    python benchmarks/queue_overhead.py --pairs 3

The bare loop is ``worker.train.train`` alone, in its own process, on the thread count the worker chooses. The queued
run is the same specification through REST, broker and worker, while the Explore page is open in a real Chromium and
polls; without Chromium an HTTP client polls in its place, which the output says. Goal: the ratio is at least 0.8.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from backend.preflight import free_port

BARE = """
import json, os, sys
from backend.datasets import DATASETS
from backend.expand import expand
from backend.settings import Settings
from backend.store.artifacts import ArtifactStore
from worker.data import load
from worker.devices import choose_device, choose_threads, set_threads
from worker.train import SilentObserver, train
settings = Settings()
set_threads(choose_threads(settings.threads))
spec = expand(json.loads(sys.argv[1]), DATASETS).spec
device = choose_device(settings.device)
store = ArtifactStore(settings.resolved_artifacts_url)
data = load(spec.dataset, DATASETS[spec.dataset.name], store, SilentObserver(), device)
print(train(spec, data, device=device, observer=SilentObserver()).timings["images_per_second"])
"""


def bare(body: dict[str, object], home: Path) -> float:
    """Images per second of the loop alone."""
    environment = {**os.environ, "FRONTIER_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", BARE, json.dumps(body)], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


def queued(body: dict[str, object], url: str) -> float:
    """Images per second of the same run through the queue."""
    run = httpx.post(f"{url}/api/v1/runs?duplicate=true", json=body).raise_for_status().json()
    while run["status"] in ("queued", "running"):
        time.sleep(2)
        run = httpx.get(f"{url}/api/v1/runs/{run['id']}").raise_for_status().json()
    if run["status"] != "succeeded":
        raise RuntimeError(f"the run {run['status']}: {run['error']}")
    return float(run["timings"]["images_per_second"])


@contextlib.contextmanager
def program(home: Path) -> Iterator[str]:
    """``frontier up`` on a free port."""
    url = f"http://127.0.0.1:{(port := free_port('127.0.0.1'))}"
    command = [Path(sys.executable).parent / "frontier", "up", "--home", home, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(120):
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{url}/readyz").is_success:
                        break
                time.sleep(0.5)
            yield url
        finally:
            process.terminate()


@contextlib.contextmanager
def open_page(url: str) -> Iterator[str]:
    """The Explore page in Chromium; yields what stands in for a person watching."""
    import shutil

    browser_path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser_path is None:
        command = [sys.executable, "-c", _POLL, url]
        with subprocess.Popen(command) as poller:
            try:
                yield "an HTTP client polls (no Chromium found)"
            finally:
                poller.terminate()
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        browser.new_page(viewport={"width": 1440, "height": 900}).goto(url)
        yield "Chromium shows the Explore page"
        browser.close()


_POLL = """
import sys, time, httpx
while True:
    httpx.get(sys.argv[1] + "/api/v1/changes?since=0")
    time.sleep(1)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--spec", default='{"dataset": "mnist", "epochs": 2}', help="short or full form, JSON")
    options = parser.parse_args()
    body = json.loads(options.spec)
    ratios = []
    with tempfile.TemporaryDirectory() as folder, program(Path(folder)) as url:
        print(f"spec {json.dumps(body)}; fetching its data first")
        queued({**body, "epochs": 1}, url)
        print("pair  bare images/s  queued images/s  queued/bare")
        for pair in range(1, options.pairs + 1):
            alone = bare(body, Path(folder))
            with open_page(url) as watcher:
                watched = queued(body, url)
            ratios.append(watched / alone)
            print(f"{pair:4}  {alone:13.0f}  {watched:15.0f}  {ratios[-1]:11.2f}", flush=True)
        print(f"median ratio {statistics.median(ratios):.2f} (goal: at least 0.80); watching: {watcher}")


if __name__ == "__main__":
    main()

"""How fast the plane answers with 100,000 points.

    python benchmarks/points.py

Makes runs and points in a temporary SQLite database (or in an empty one: ``--database URL``), then prints p50 and p95
of ``GET /points`` and ``GET /frontier`` through a real uvicorn on a socket: cold, after a new point, and unchanged; and
the time of the pure staircase, hull and hypervolume. Goal: the staircase takes less than 20 ms.
"""

import argparse
import platform
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import uvicorn
from sqlalchemy import insert

from backend.app import create_app
from backend.datasets import DATASETS
from backend.expand import expand
from backend.frontier import hull, hypervolume, staircase
from backend.settings import Settings
from backend.store import runs
from backend.store.clock import utc_now
from backend.store.session import Database, mark_changed
from backend.store.tables import Point

POINTS_A_RUN = 100
SEEDS = 5
"""Runs that differ by nothing but their seed."""
BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--database", default="", help="URL of an empty database; default: a temporary SQLite file")
    parser.add_argument("--repeats", type=int, default=30)
    asked = parser.parse_args()
    print(f"{asked.points} points; {platform.processor() or platform.machine()}, Python {platform.python_version()}")
    rate, distortion = places(asked.points)
    pure(rate, distortion, asked.repeats)
    with tempfile.TemporaryDirectory() as home:
        app = create_app(Settings(home=Path(home), database_url=asked.database))
        database: Database = app.state.database
        fill(database, rate, distortion)
        with served(app) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=120) as client:
            over_http(client, database, asked.repeats)
        database.dispose()


def places(number: int) -> tuple[Any, Any]:
    """Points above the line D = 80 - R, as runs of many betas and architectures leave them."""
    generator = np.random.default_rng(0)
    rate = generator.gamma(2.0, 12.0, number)
    distortion = np.maximum(80 - rate, 4.0) + generator.exponential(6.0, number)
    return rate, distortion


def pure(rate: Any, distortion: Any, repeats: int) -> None:
    """The geometry alone, without database or JSON."""
    show("staircase, pure", lambda: staircase(rate, distortion), repeats)
    show("hull, pure", lambda: hull(rate, distortion), repeats)
    show("hypervolume, pure", lambda: hypervolume(rate, distortion, (160.0, 160.0)), repeats)


def over_http(client: httpx.Client, database: Database, repeats: int) -> None:
    """The two calls as a page makes them."""
    began = time.perf_counter()
    answer = client.get("/points").raise_for_status()
    print(f"GET /points, first of the process: {1000 * (time.perf_counter() - began):.0f} ms")
    body = answer.json()
    print(f"  {len(body['columns']['id'])} of {body['total']} points, {len(answer.content) / 1e6:.2f} MB")
    everything = {"limit": 1_000_000}
    unchanged = {"If-None-Match": answer.headers["etag"]}
    grouped = {"dataset": "mnist", "group_by": "architecture"}
    show("GET /points, same revision", lambda: client.get("/points"), repeats)
    show("GET /points, If-None-Match", lambda: client.get("/points", headers=unchanged), repeats)
    show("GET /points, all of them", lambda: client.get("/points", params=everything), max(3, repeats // 5))
    show("GET /frontier, same revision", lambda: client.get("/frontier", params={"dataset": "mnist"}), repeats)
    fresh(database, "GET /points, a new point each", lambda: client.get("/points"), repeats)
    fresh(database, "GET /points, new point, 1 tuple", lambda: client.get("/points?architecture=---"), repeats)
    fresh(database, "GET /frontier, a new point each", lambda: client.get("/frontier?dataset=mnist"), repeats)
    fresh(database, "GET /frontier, grouped, new point", lambda: client.get("/frontier", params=grouped), repeats)


def show(name: str, call: Callable[[], Any], repeats: int, before: Callable[[], None] = lambda: None) -> None:
    """Median and 95th percentile of one call, milliseconds."""
    seconds = []
    for _ in range(repeats):
        before()
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    print(f"{name:36s} p50 {p50:8.1f} ms   p95 {p95:8.1f} ms")


def fresh(database: Database, name: str, call: Callable[[], Any], repeats: int) -> None:
    """The same while a run finishes before each call."""
    show(name, call, repeats, before=lambda: fill(database, np.array([10.0]), np.array([90.0])))


def fill(database: Database, rate: Any, distortion: Any) -> None:
    """Runs of up to a hundred points each, in a few transactions."""
    for start in range(0, len(rate), BATCH):
        with database.write() as session:
            for first in range(start, min(start + BATCH, len(rate)), POINTS_A_RUN):
                some = slice(first, min(first + POINTS_A_RUN, start + BATCH))
                group, seed = divmod(first // POINTS_A_RUN, SEEDS)
                body = {"dataset": "mnist", "beta": 0.1 + group % 7, "seed": seed}
                run = runs.submit(session, expand(body, DATASETS), duplicate=True).run
                run.status = "succeeded"
                session.execute(insert(Point), list(rows(run.id, group, seed, rate[some], distortion[some])))
                mark_changed(session, run.id, points=True)


def rows(run_id: str, group: int, seed: int, rate: Any, distortion: Any) -> Iterator[dict[str, Any]]:
    """Point rows as a worker leaves them; those of one group and position differ by their seed."""
    decoder, marginal = "-+"[group % 2], "-+vl"[group % 4]
    for position, (r, d) in enumerate(zip(rate.tolist(), distortion.tolist(), strict=True)):
        estimates = {
            name: {"value": value, "stderr": 0.1, "unit": "nats", "bound": "estimate"}
            for name, value in (("rate", r), ("distortion", d), ("neg_elbo", r + d))
        }
        yield {
            "id": f"{run_id}{position:04d}",
            "run_id": run_id,
            "position": position,
            "dataset": "mnist/static",
            "encoder": "-",
            "decoder": decoder,
            "marginal": marginal,
            "architecture": f"-{decoder}{marginal}",
            "method": "beta-vae",
            "seed": seed,
            "beta": 10.0 * group + 0.1 * (1 + position),
            "rate": r,
            "rate_stderr": 0.1,
            "distortion": d,
            "distortion_stderr": 0.1,
            "neg_elbo": r + d,
            "neg_elbo_stderr": 0.1,
            "mi_lower": min(r, 9.2),
            "mi_upper": r,
            "saturated": r > 9,
            "label": "syntactic",
            "estimates": estimates,
            "arrays": {},
            "created_at": utc_now(),
        }


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The app on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()

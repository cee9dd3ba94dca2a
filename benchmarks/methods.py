"""Every method on one data set, through REST: how long each takes and where it lands.

    frontier up --home /tmp/methods --port 8061 &
    python benchmarks/methods.py --url http://127.0.0.1:8061

Queues one run of each method with its own defaults, waits, and prints seconds of each run, R and D in nats with
standard errors, and what is flagged. Exits with 1 where a run did not succeed.
"""

import argparse
import sys
import time
from datetime import datetime
from typing import Any

import httpx


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8050")
    parser.add_argument("--dataset", default="digits")
    asked = parser.parse_args()
    with httpx.Client(base_url=f"{asked.url}/api/v1", timeout=60) as client:
        names = [method["name"] for method in client.get("/catalogue").json()["methods"]]
        ids = {name: _queue(client, {"dataset": asked.dataset, "method": name}) for name in names}
        print(f"{'method':>15} {'status':>10} {'s':>5} {'R':>18} {'D':>18}  flags")
        wrong = 0
        for name, run_id in ids.items():
            run = _ended(client, run_id)
            wrong += run["status"] != "succeeded"
            took = (_at(run["finished_at"]) - _at(run["started_at"])).total_seconds()
            point = client.get(f"/points/{run['points'][0]}").json() if run["points"] else {}
            cells = " ".join(f"{_cell(point.get(axis) or {}):>18}" for axis in ("rate", "distortion"))
            flags = ", ".join((point.get("rate") or {}).get("flags", ()))
            print(f"{name:>15} {run['status']:>10} {took:5.0f} {cells}  {flags}", flush=True)
    sys.exit(1 if wrong else 0)


def _queue(client: httpx.Client, body: dict[str, Any]) -> str:
    answer = client.post("/runs", params={"duplicate": "true"}, json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _ended(client: httpx.Client, run_id: str) -> dict[str, Any]:
    while True:
        run: dict[str, Any] = client.get(f"/runs/{run_id}").json()
        if run["status"] not in ("queued", "running"):
            return run
        time.sleep(0.5)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _cell(estimate: dict[str, Any]) -> str:
    value, error = estimate.get("value"), estimate.get("stderr")
    return "-" if value is None else f"{value:.3f} ({error or 0:.3f})"


if __name__ == "__main__":
    main()

"""What Prometheus scrapes: requests by route, and what the database holds at that moment."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.store import counts
from backend.store.session import Database


class Metrics:
    """The metrics of one app; several apps in one process do not share any."""

    content_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Stored(database))
        self.requests = Counter(
            "frontier_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "frontier_http_request_seconds", "Time to answer.", ("method", "route"), registry=self._registry
        )

    def exposition(self) -> bytes:
        """All metrics in Prometheus text form."""
        return generate_latest(self._registry)


class Measured:
    """ASGI middleware that counts and times requests by route, not by path, so that ids make no new series."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - started)


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class _Stored(Collector):
    """Gauges read from the database when they are asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("frontier_database_up", "1 where the database answers.")
        try:
            with self._database.read() as session:
                stored = counts.stored(session)
        except SQLAlchemyError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        runs = GaugeMetricFamily("frontier_runs", "Runs by status.", labels=["status"])
        for status, number in stored.runs.items():
            runs.add_metric([status], number)
        yield runs
        jobs = GaugeMetricFamily(
            "frontier_jobs", "Jobs that wait or run, by queue and state.", labels=["queue", "state"]
        )
        for (queue, state), number in stored.jobs.items():
            jobs.add_metric([queue, state], number)
        yield jobs
        yield GaugeMetricFamily("frontier_points", "Measured points.", value=stored.points)

    def describe(self) -> Iterator[Metric]:
        return iter(())

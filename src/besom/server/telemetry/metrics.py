"""``/metrics``: the server's figures in Prometheus' text format, put together when they are asked for.

They tell who is busy with what, so they are for an administrator's key, or for the one that is given with
``--metrics-key`` and opens nothing else. Where a request comes from says nothing: behind a proxy on the same machine
everybody comes from loopback.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get

from besom.errors import SettingsError
from besom.server.api.security import key_of, owner_of
from besom.server.services.refusals import Forbidden
from besom.server.store import figures
from besom.server.store.histogram import Histogram

if TYPE_CHECKING:
    from prometheus_client.core import HistogramMetricFamily, Metric
    from sqlalchemy import Connection

    from besom.server.limits.limiter import Limiter
    from besom.server.services.services import Services
    from besom.server.telemetry.requests import Requests

SHORTEST_KEY = 20
_FRESH = 15.0
"""Seconds for which counts of the database stand; some of them read whole tables."""

_COUNTED = {
    "history_rows": "Rows of metrics that runs logged.",
    "stream_bytes": "Bytes of runs' reports, unpacked.",
    "file_bytes": "Bytes of files and artifacts that came in.",
}


class Metrics:
    """Everything that is told, and who may ask. It is written in a thread of its own, from copies of what grows."""

    def __init__(self, services: Services, requests: Requests, limiter: Limiter, key: str | None = None) -> None:
        self._services = services
        self._requests = requests
        self._limiter = limiter
        self._key = key
        self._database: dict[str, Any] = {}
        self._read = -_FRESH
        self._reading = asyncio.Lock()

    def is_key(self, key: str | None) -> bool:
        """Whether it is the key that is for metrics alone."""
        return self._key is not None and key is not None and hmac.compare_digest(self._key.encode(), key.encode())

    async def text(self) -> bytes:
        """The exposition; raises StoreError."""
        async with self._reading:
            if time.monotonic() - self._read > _FRESH:
                self._database = await self._services.ctx.read(_look)
                self._read = time.monotonic()
        return await asyncio.to_thread(self._expose)

    def _expose(self) -> bytes:
        from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """See ``prometheus_client.registry.Collector``."""
        yield from self._of_requests()
        yield from self._of_writes()
        yield from self._of_work()
        yield from self._of_database()

    def _of_requests(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        version = self._services.ctx.version
        yield _labelled(GaugeMetricFamily("besom_build_info", "Always 1.", labels=["version"]), {(version,): 1})
        counter = CounterMetricFamily(
            "besom_http_requests",
            "Answered requests; status 0: the client had gone.",
            labels=["method", "route", "status"],
        )
        counts = {(method, route, str(status)): n for (method, route, status), n in list(self._requests.counts.items())}
        yield _labelled(counter, counts)
        yield _histogram(
            "besom_http_request_seconds",
            "Until the last byte of the answer. Requests of agents are held back while there is nothing to do.",
            self._requests.seconds,
            ["method", "route"],
        )
        at_work = {(priority.name.lower(),): number for priority, number in list(self._limiter.load.requests.items())}
        told = "Requests at work; lease: what agents live from, report: what runs tell, bulk: reads and files."
        # The label has the name under which dashboards know it.
        yield _labelled(GaugeMetricFamily("besom_http_requests_at_work", told, labels=["urgency"]), at_work)
        yield GaugeMetricFamily("besom_http_body_bytes", "Bodies in memory.", value=self._limiter.load.size)
        watching = self._services.ctx.live.watching
        yield GaugeMetricFamily("besom_event_streams", "Pages that follow a project.", value=watching)

    def _of_writes(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        store = self._services.ctx.store
        works, seconds = store.batches
        yield GaugeMetricFamily("besom_writes_waiting", "Works that wait for the writer.", value=store.waiting_writes)
        yield _histogram("besom_write_works", "Works in each write transaction.", {(): works})
        yield _histogram("besom_write_seconds", "What each write transaction took, with its commit.", {(): seconds})

    def _of_work(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily

        tally = self._services.ctx.tally
        for name, told in _COUNTED.items():
            yield CounterMetricFamily(f"besom_{name}", told, value=tally.counts[name])
        lost = {("agent",): tally.counts["agents_lost"], ("run",): tally.counts["runs_lost"]}
        told = "Agents and runs that this server heard nothing of for too long."
        yield _labelled(CounterMetricFamily("besom_leases_lost", told, labels=["of"]), lost)
        yield CounterMetricFamily("besom_suggestions", "Points that search found.", value=tally.suggestions)
        yield _histogram("besom_search_seconds", "What each search took.", {(): tally.search_seconds})

    def _of_database(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        found = self._database
        yield GaugeMetricFamily(
            "besom_agents", "Agents that are alive, of all servers of the database.", value=found["agents"]
        )
        living = {(state,): number for state, number in found["runs"].items()}
        yield _labelled(GaugeMetricFamily("besom_runs", "Runs that have not ended.", labels=["state"]), living)
        yield GaugeMetricFamily("besom_database_bytes", "Size of the database.", value=found["database_bytes"])
        yield GaugeMetricFamily("besom_files", "Files that the database names.", value=found["files"])
        yield GaugeMetricFamily("besom_files_bytes", "Their size together.", value=found["file_bytes"])


@get("/metrics", include_in_schema=False)
async def show_metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The metrics.

    Raises:
        Unauthorized: no key came.
        Forbidden: the key is neither an administrator's nor the one for metrics.
    """
    metrics: Metrics = request.app.state.metrics
    if not metrics.is_key(key_of(request.headers.get("authorization"))):
        caller = await owner_of(request.app.state.services, request.headers)
        if caller.role != "admin" or caller.bounds is not None:
            hint = "Use an administrator's key, or the one that the server was given with --metrics-key."
            raise Forbidden("no_metrics", "Metrics are for those who run the server.", hint)
    return Response(await metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def read_key(place: Path) -> str:
    """The key for metrics that a file holds.

    Raises:
        SettingsError: the file cannot be read, or holds no key.
    """
    try:
        key = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The key for metrics cannot be read from {place}: {error}.") from None
    if len(key) < SHORTEST_KEY or len(key.split()) != 1:
        raise SettingsError(
            f"{place} holds no key for metrics: a key has at least {SHORTEST_KEY} characters and no spaces.",
            f"Make one with: head -c 30 /dev/urandom | base64 > {place}",
        )
    return key


def _look(conn: Connection) -> dict[str, Any]:
    return {"agents": figures.living_agents(conn), "runs": figures.living_runs(conn), **figures.sizes(conn)}


def _labelled(family: Any, values: Mapping[Any, float]) -> Metric:
    for labels, value in values.items():
        family.add_metric(labels, value)
    found: Metric = family
    return found


def _histogram(
    name: str, told: str, found: dict[Any, Histogram], labels: list[str] | None = None
) -> HistogramMetricFamily:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(name, told, labels=labels or [])
    for key, histogram in list(found.items()):
        counts, total = list(histogram.counts), 0
        buckets = []
        for bound, count in zip((*histogram.bounds, float("inf")), counts, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
        family.add_metric(key, buckets, histogram.total)
    return family

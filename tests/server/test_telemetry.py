"""What those who run a server see of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families
from server_world import LEASE, World
from sqlalchemy import create_engine

from besom.errors import SettingsError
from besom.server.telemetry.logs import log_to_stderr
from besom.server.telemetry.metrics import read_key
from besom.server.telemetry.traces import start_traces
from server_process import PATIENCE, ServerProcess

ON_BOTH_DATABASES = True
BAYES = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}},
}


def samples(text: str) -> dict[str, float]:
    """Metrics by their names with labels, as in ``besom_runs{state=running}``."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{key}={value}" for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.anyio
async def test_the_metrics_tell_what_the_server_did_and_holds(world: World) -> None:
    sweep = await world.sweep(BAYES)
    agent = await world.join(sweep)
    for _ in range(2):
        await world.work(agent, sweep, 0.5, 0.4, 0.3)
    run = (await world.next(agent))["run_id"]
    await world.silence(LEASE + 1)
    await world.join(sweep)
    await world.client.get("/nothing-that-is-there/at/all")
    reply = await world.client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(reply.text)

    next_run = "method=POST,route=/api/v1/agents/{agent_id}/next"
    assert found[f"besom_http_requests_total{{{next_run},status=200}}"] == 3
    assert found[f"besom_http_request_seconds_count{{{next_run}}}"] == 3
    assert not any("nothing-that-is-there" in name for name in found)
    assert found["besom_history_rows_total"] == 6
    assert found["besom_stream_bytes_total"] > 6 * len('{"loss": 0.5}')
    assert found["besom_suggestions_total"] == found["besom_search_seconds_count"] == 3
    assert found["besom_leases_lost_total{of=agent}"] == 1
    assert (await world.run(run))["state"] != "running"
    assert found["besom_agents"] == 1
    assert found["besom_database_bytes"] > 100_000
    works, batches = found["besom_write_works_sum"], found["besom_write_works_count"]
    assert works >= batches == found["besom_write_seconds_count"] > 10
    assert found["process_resident_memory_bytes"] > 0


@pytest.mark.anyio
async def test_a_server_is_ready_while_its_database_and_its_files_take_something(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("besom.server.services.readiness._FRESH", 0.0)

    async def ready() -> tuple[int, dict[str, str]]:
        reply = await httpx.AsyncClient(transport=world.client._transport, base_url="http://localhost").get("/readyz")
        return reply.status_code, reply.json()

    assert await ready() == (200, {"status": "ready", "database": "ok", "files": "ok"})
    unfinished = world.services.blobs.path / "unfinished"
    unfinished.rmdir()
    assert await ready() == (503, {"status": "not ready", "database": "ok", "files": "cannot be written"})
    unfinished.mkdir()

    def set_revision(revision: str) -> None:
        with create_engine(world.store.url).begin() as conn:  # another server's
            conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")

    revision = world.store.read_sync(lambda conn: conn.exec_driver_sql("SELECT * FROM alembic_version").scalar())
    set_revision("9999")
    other_version = "has the schema of another version of besom"
    try:
        assert await ready() == (503, {"status": "not ready", "database": other_version, "files": "ok"})
    finally:
        set_revision(revision)
    assert (await ready())[0] == 200

    trials, answers = [], threading.Event()
    monkeypatch.setattr(world.services.blobs, "check", lambda: trials.append(answers.wait(PATIENCE)))
    monkeypatch.setattr("besom.server.services.readiness._PATIENCE", 0.1)
    for _ in range(2):
        assert (await ready())[1]["files"] == "no answer within 0 s"
    answers.set()
    while not trials:
        await asyncio.sleep(0.01)
    assert len(trials) == 1, "whoever asks again waits for the same trial"


class Collector:
    """Takes traces as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans: dict[str, tuple[bytes, bytes, bytes]] = {}
        """Trace, span and parent, by name."""
        self.seen = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                packed = self.headers.get("Content-Encoding") == "gzip"
                told = ExportTraceServiceRequest.FromString(gzip.decompress(body) if packed else body)
                self.send_response(200)
                self.end_headers()
                with collector.seen:
                    for resource in told.resource_spans:
                        assert {"besom"} == {
                            kept.value.string_value
                            for kept in resource.resource.attributes
                            if kept.key == "service.name"
                        }
                        for scope in resource.scope_spans:
                            for span in scope.spans:
                                collector.spans[span.name] = (span.trace_id, span.span_id, span.parent_span_id)
                    collector.seen.notify_all()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, *names: str) -> None:
        with self.seen:
            assert self.seen.wait_for(lambda: {*names} <= {*self.spans}, PATIENCE), self.spans

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def test_a_request_has_one_id_in_its_answer_the_log_and_the_trace_and_no_secret_is_told(
    tmp_path: Path, collector: Collector
) -> None:
    home, key_file = tmp_path / "home", tmp_path / "metrics-key"
    key_file.write_text("a-key-that-opens-metrics-alone\n")
    server = ServerProcess(
        home,
        *("--embedded", str(home), "--port", "0"),
        *("--log-format", "json", "--log-requests", "--metrics-key", str(key_file)),
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="100",
    )
    route = "/api/v1/projects/{entity}/{project}"
    try:
        with httpx.Client(base_url=server.url, timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {server.key}"
            trace = "0af7651916cd43dd8448eb211c80319c"
            path = f"/api/v1/projects/{client.get('/api/v1/viewer').json()['name']}/demo"
            made = client.put(
                path, headers={"X-Request-Id": "mine.1", "Traceparent": f"00-{trace}-b7ad6b7169203331-01"}
            )
            assert made.headers["x-request-id"] == "mine.1"
            link = "/shared/sweep/" + "5ec1e7" * 10 + "5ec1"
            drawn = [client.get(link, headers={"X-Request-Id": 'a "quote"'}).headers["x-request-id"] for _ in range(2)]
            assert len({*drawn, 'a "quote"'}) == 3
            client.headers["Authorization"] = f"Bearer {key_file.read_text().strip()}"
            assert client.get("/metrics").status_code == 200
            assert client.get("/api/v1/viewer").status_code == 401
        collector.wait_for("write", f"PUT {route}")
    finally:
        server.stop()
    printed = server.log.read_text()
    lines = {line["request_id"]: line for line in map(json.loads, printed.splitlines()) if "request_id" in line}
    told = {"level": "info", "method": "PUT", "route": route, "status": 200}
    assert told.items() <= lines["mine.1"].items()
    assert {*drawn} <= {*lines}
    assert server.key not in printed
    assert "5ec1e7" not in printed
    assert collector.spans[f"PUT {route}"][::2] == (bytes.fromhex(trace), bytes.fromhex("b7ad6b7169203331"))


def test_what_a_server_cannot_do_about_its_metrics_logs_and_traces_is_told_at_its_start(tmp_path: Path) -> None:
    short = tmp_path / "key"
    short.write_text("short")
    with pytest.raises(SettingsError, match="at least 20 characters"):
        read_key(short)
    with pytest.raises(SettingsError, match=r"cannot be read from .*nowhere"):
        read_key(tmp_path / "nowhere")
    with pytest.raises(SettingsError, match="'xml'"):
        log_to_stderr("xml")
    with pytest.raises(SettingsError, match="'zipkin'"):
        start_traces("1", {"OTEL_TRACES_EXPORTER": "zipkin"})
    for quiet in ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}):
        assert start_traces("1", quiet) is None

"""OpenTelemetry traces: each request a span, below it its writes and the searches that it waited for.

Everything is set by OpenTelemetry's own environment variables; without one that names where traces go, nothing of
OpenTelemetry is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from litestar.types import HTTPScope

from besom.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PATIENCE = 5.0
_EXPORTERS = ("otlp", "console", "none")


class Traces:
    """Spans of one server, sent in the background."""

    def __init__(self, tracer: Tracer, end: Callable[[], None]) -> None:
        self._tracer = tracer
        self._end = end

    async def close(self) -> None:
        """Sends what waits; a collector that does not answer holds up the server's end only for a while."""
        with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(self._end), _PATIENCE)

    @contextlib.contextmanager
    def request(self, scope: HTTPScope, identity: str) -> Iterator[Callable[[int, str], None]]:
        """The span of a request, below that of its client where one says so. See ``requests.Span``."""
        from opentelemetry import propagate
        from opentelemetry.trace import SpanKind, Status, StatusCode

        method = scope["method"]
        about = {"http.request.method": method, "besom.request_id": identity}
        with self._tracer.start_as_current_span(
            method, propagate.extract(_origin(scope)), kind=SpanKind.SERVER, attributes=about
        ) as span:

            def tell(status: int, route: str) -> None:
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_status(Status(StatusCode.ERROR))

            yield tell

    def span(self, name: str, **about: Any) -> AbstractContextManager[Any]:
        """A step. See ``Context.span``."""
        return self._tracer.start_as_current_span(
            name, attributes={f"besom.{key}": said for key, said in about.items()}
        )


def start_traces(version: str, environment: Mapping[str, str] = os.environ) -> Traces | None:
    """Traces, where the environment says where they go.

    Raises:
        SettingsError: OpenTelemetry is asked for and not installed, or with an exporter that is not known here.
    """
    asked = environment.get("OTEL_TRACES_EXPORTER", "")
    exporter = asked or ("otlp" if any(environment.get(name) for name in _ENDPOINTS) else "none")
    if exporter not in _EXPORTERS:
        raise SettingsError(
            f"OTEL_TRACES_EXPORTER is {exporter!r}, which this server does not know.",
            f"It knows: {', '.join(_EXPORTERS)}.",
        )
    if exporter == "none" or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

        if exporter == "otlp":
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            sends: SpanExporter = OTLPSpanExporter()
        else:
            sends = ConsoleSpanExporter()
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"Traces need {error.name}, which is not installed.",
            "Install it with: pip install 'besom[otel]', or set OTEL_TRACES_EXPORTER=none.",
        ) from None
    named = {} if environment.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: "besom"}
    provider = TracerProvider(resource=Resource.create({**named, SERVICE_VERSION: version}))
    provider.add_span_processor(BatchSpanProcessor(sends))
    return Traces(provider.get_tracer("besom", version), provider.shutdown)


def _origin(scope: HTTPScope) -> dict[str, str]:
    """The headers that tell whose step a request is; no other one, and so no secret, ever gets near a trace."""
    wanted = (b"traceparent", b"tracestate")
    return {name.decode(): value.decode("latin-1") for name, value in scope["headers"] if name in wanted}

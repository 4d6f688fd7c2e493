"""Assembles the ASGI application."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Collection
from typing import Any

from litestar import Litestar, Response, get
from litestar.datastructures import State
from litestar.di import Provide
from litestar.enums import ScopeType
from litestar.middleware import DefineMiddleware

from besom.protocol import API_PREFIX
from besom.protocol.reading import prepare
from besom.server import page, wandb
from besom.server.api import ROUTES, errors, readers
from besom.server.api.compression import Compression
from besom.server.api.dependencies import ServicesDep, provide_caller, provide_services
from besom.server.api.security import Security, add_security_headers
from besom.server.background import background_work
from besom.server.limits.admission import Admission
from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.services.context import Context
from besom.server.services.services import Services
from besom.server.store.blob_store import BlobStore, DirectStore
from besom.server.store.store import Store
from besom.server.telemetry.metrics import Metrics, show_metrics
from besom.server.telemetry.requests import Requests
from besom.server.telemetry.traces import Traces

LEASE_SECONDS = 120.0
LARGEST_BODY = 16 * 2**20


class App(Litestar):
    """The application; what lies behind a link's prefix has the routes that everything else has."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """See ``readers.enter`` and ``Requests.observe``."""
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        await self.state.requests.observe(super().__call__, readers.enter(scope), receive, send)


def assemble(hosts: Collection[str] = (), background: bool = True) -> Litestar:
    """The ASGI application: routes and middleware. What they serve is in its state: see ``furnish``.

    Args:
        hosts: Host names, besides IP addresses and those of this machine itself, by which it may be called.
        background: Whether lost agents are looked for and history is compacted all the while.
    """
    prepare()

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            if app.state.traces is not None:
                stack.push_async_callback(app.state.traces.close)
            stack.callback(app.state.services.close)
            await app.state.services.sessions.meet_new()
            if background:
                await stack.enter_async_context(background_work(app.state.services, app.state.listen))
            yield

    return App(
        [*ROUTES, wandb.ROUTER, show_description, show_metrics, *page.HANDLERS],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        middleware=[Admission, DefineMiddleware(Compression), DefineMiddleware(Security, hosts=hosts)],
        exception_handlers=errors.HANDLERS,
        before_send=[add_security_headers],
        lifespan=[lifespan],
        openapi_config=None,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
    )


def furnish(
    app: Litestar,
    store: Store,
    blobs: BlobStore,
    *,
    clock: Callable[[], float] = time.time,
    rng: random.Random | None = None,
    lease_seconds: float = LEASE_SECONDS,
    url: str = "http://127.0.0.1:7878",
    version: str = "",
    limits: Limits = Limits(),  # noqa: B008  it never changes
    metrics_key: str | None = None,
    traces: Traces | None = None,
    listen: str | None = None,
    direct: DirectStore | None = None,
) -> Services:
    """Gives an application what it serves.

    Args:
        app: Takes no requests yet.
        store: An open store; the caller closes it.
        blobs: Where the bytes of files lie.
        clock: Tells Unix seconds.
        rng: Makes ids, names and seeds; not secrets.
        lease_seconds: Silence after which an agent or a run counts as lost.
        url: How users reach this server.
        version: Shown to clients.
        limits: At which load requests are told to come again later.
        metrics_key: Lets whoever has it read the metrics, and nothing else.
        traces: Where steps are told of, if anywhere.
        listen: Where PostgreSQL itself is reached, where the store goes through a pooler.
        direct: Lets clients send and fetch bytes past this server.
    """
    ctx = Context(store, clock, rng or random.SystemRandom(), lease_seconds, url.rstrip("/"), version)
    if traces is not None:
        ctx.span = traces.span
    services = Services(ctx, blobs, direct)
    limiter = Limiter(limits, time.monotonic, lambda: store.waiting_writes)
    requests = Requests(None if traces is None else traces.request)
    metrics = Metrics(services, requests, limiter, metrics_key)
    app.state = State(
        {
            "services": services,
            "limiter": limiter,
            "requests": requests,
            "metrics": metrics,
            "traces": traces,
            "listen": listen,
        }
    )
    return services


@get(f"{API_PREFIX}/openapi.json", include_in_schema=False)
async def show_description(services: ServicesDep) -> Response[bytes]:
    """The description of the REST API."""
    from besom.server.openapi import description  # builds a second application: not while the server starts

    return Response(description(services.ctx.version), media_type="application/json")

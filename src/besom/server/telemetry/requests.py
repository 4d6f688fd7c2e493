"""Counts and times every request, gives it an id, and lets logs and traces know of it."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from besom.server.store.histogram import Histogram

logger = logging.getLogger("besom.requests")
logger.setLevel(logging.WARNING)  # a line per request only where that is asked for

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that this task works for; empty for the server's own work."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FOREIGN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_NOWHERE = "none"
"""Route of what has none: foreign addresses are without number, and these labels must not be."""

Span = Callable[[Any, str], AbstractContextManager[Callable[[int, str], None]]]
"""A request's span of a trace; what it gives is told the status and the route in the end."""


class Requests:
    """All requests of a server so far. Used in the event loop's thread only."""

    def __init__(self, span: Span | None = None) -> None:
        self.counts: Counter[tuple[str, str, int]] = Counter()
        """By method, route and status; 0 where the client had gone before there was an answer."""
        self.seconds: dict[tuple[str, str], Histogram] = {}
        """By method and route, until the last byte of the answer."""
        self._span = span
        self._start = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def observe(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        identity = _given_id(scope) or f"{self._start}-{next(self._numbers):x}"
        token = request_id.set(identity)
        status = 0
        header = (b"x-request-id", identity.encode())

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], header]
            await send(message)

        began = time.perf_counter()
        try:
            if self._span is None:
                await app(scope, receive, sending)
            else:
                with self._span(scope, identity) as tell:
                    try:
                        await app(scope, receive, sending)
                    finally:
                        tell(status, _route(scope))
        finally:
            self._note(scope, status, time.perf_counter() - began)
            request_id.reset(token)

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self.counts[method, route, status] += 1
        if (histogram := self.seconds.get((method, route))) is None:
            histogram = self.seconds[method, route] = Histogram()
        histogram.add(seconds)
        if logger.isEnabledFor(logging.INFO):
            # The route, not the path: below /shared the path is a secret, and so are queries of signed addresses.
            about = {"method": method, "route": route, "status": status, "seconds": round(seconds, 6)}
            logger.info("%s %s %d %.1f ms", method, route, status, seconds * 1000, extra={"about": about})


def _route(scope: Any) -> str:
    return scope.get("path_template") or _NOWHERE


def _given_id(scope: Scope) -> str:
    """The id that a proxy has given the request, if it is one that can stand in a log."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value.decode() if _FOREIGN_ID.fullmatch(value) else ""
    return ""

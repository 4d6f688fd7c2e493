"""A connection to one server: requests in, messages of ``besom.protocol`` out, errors as ``besom.errors``."""

from __future__ import annotations

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec
import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from besom.errors import ApiError, AuthenticationError, CommError, NotFound, ServerUnreachable
from besom.protocol import API_PREFIX, UNREADABLE, ErrorReply
from besom.protocol.reading import reader

Reply = TypeVar("Reply")

# Answers that mean "not now": nothing happened, asking again is safe and useful.
RETRY_STATUS = frozenset({429, 502, 503, 504})
BUSY = "busy"
"""The code of a server that has too much to do. It has not looked at the request and says when to come again."""
BUSY_SECONDS = 60.0
"""How long a request is repeated while the server is busy; who asked for longer is then told."""
LONGEST_PAUSE = 30.0
USER_AGENT = "besom"

_KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
_SOCKET_OPTIONS = [
    *HTTPConnection.default_socket_options,
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *((socket.IPPROTO_TCP, getattr(socket, name), n) for name, n in _KEEP_ALIVE.items() if hasattr(socket, name)),
]
"""After half a minute without a word from the server's machine a request fails: where a cable was cut or a machine has
gone, nobody hangs up, and an answer that is held back, or takes minutes, would be waited for in vain."""


class Connection:
    """Talks to the server at ``url`` with ``key``. Safe to share between threads; usable again after a fork."""

    def __init__(
        self,
        url: str,
        key: str | None,
        *,
        timeout: float = 30.0,
        entity: str | None = None,
        moved: Callable[[], str | None] | None = None,
    ) -> None:
        """``moved``, of a server whose address may become another's, tells where it is now; None while it is nowhere.
        It is asked before each new connection, and where the server does not answer any more: nobody else gets the key.
        """
        self.url = url
        self._moved = moved
        self.key = key
        self.timeout = timeout
        self.entity = entity
        """The caller's own, where it is known already."""
        self._pid = os.getpid()
        self._pool = self._new_pool()

    @overload
    def request(self, method: str, path: str, *, reply: type[Reply], **options: Any) -> Reply: ...
    @overload
    def request(self, method: str, path: str, *, reply: Any = None, **options: Any) -> Any: ...
    def request(self, method: str, path: str, *, reply: Any = None, **options: Any) -> Any:
        """Sends a request; returns the answer as the message type ``reply`` (a union works too), or None without one.

        The other arguments and the errors are those of ``exchange``.
        """
        answer = self.exchange(method, path, **options)
        if reply is None:
            return None
        try:
            return reader(reply)(answer)
        except UNREADABLE as error:
            raise CommError(
                f"{self.url} gave an answer that this besom does not understand: {error}.",
                "Is the address that of a besom server, and is its version near this one's?",
            ) from None

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: msgspec.Struct | bytes | BinaryIO | None = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        timeout: float | None = None,
        patience: float | None = None,
    ) -> bytes:
        """Sends a request and returns the answer's bytes.

        Args:
            method: GET, POST, ...
            path: below ``/api/v1``; build user text into it with ``segment``.
            body: a message, or bytes that are sent as they are, also from an open file (then ``headers`` should say its
                ``Content-Length``, and it is sent twice only where it can be sought).
            query: values for the address; None leaves a key out, a list repeats it.
            headers: more headers.
            timeout: seconds to wait for the answer.
            patience: seconds to keep trying while the server cannot be reached. Only for requests that may arrive
                twice. With None that is not tried. A busy server is asked again in any case, as often as it wants, for
                ``BUSY_SECONDS``; only 0 sends the request once whatever happens.

        Raises:
            ServerUnreachable: no answer.
            AuthenticationError, NotFound, ApiError: the server refused.
        """
        began = time.monotonic()
        patience_when_busy = 0.0 if patience == 0 or not _can_repeat(body) else max(BUSY_SECONDS, patience or 0.0)
        delay = 0.1
        while True:
            try:
                response = self._send(method, path, body, query, headers, timeout or self.timeout)
                if response.status < 400:
                    return response.data
                raise self._error(response)
            except (ServerUnreachable, ApiError) as error:
                pause, limit = delay, patience or 0.0
                if isinstance(error, ApiError):
                    if error.status not in RETRY_STATUS:
                        raise
                    pause = max(delay, spread(error.retry_after))
                    if error.code == BUSY:
                        limit = patience_when_busy
                if time.monotonic() - began + pause > limit:
                    raise
            time.sleep(pause)
            delay = min(delay * 2, 5.0)

    @contextmanager
    def open(
        self,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
        timeout: float | None = None,
        redirected: bool = False,
    ) -> Iterator[urllib3.BaseHTTPResponse]:
        """The answer to a GET, to be read piece by piece: for what may be larger than memory.

        Args:
            path: as that of ``exchange``, with headers and query.
            headers: more headers.
            query: values for the address.
            timeout: for each piece, in seconds.
            redirected: whether a redirection that asks for the same request (307) is an answer too. None is followed.

        Raises:
            ServerUnreachable: no answer, or it breaks off inside the block.
            AuthenticationError, NotFound, ApiError: the server refused.
        """
        asked = {"Accept-Encoding": "identity", **(headers or {})}
        response = self._send("GET", path, None, query, asked, timeout or self.timeout, whole=False)
        try:
            if response.status >= 300 and not (redirected and response.status == 307):
                raise self._error(response)
            yield response
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from None
        finally:
            response.drain_conn() if response.status >= 400 else response.close()

    def _send(
        self,
        method: str,
        path: str,
        body: msgspec.Struct | bytes | BinaryIO | None,
        query: dict[str, Any] | None,
        headers: dict[str, str] | None,
        timeout: float,
        *,
        whole: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        if self._pid != os.getpid():  # a fork shares the parent's sockets; two writers on one would mix their bytes
            self._pid, self._pool = os.getpid(), self._new_pool()
        sent = {
            "User-Agent": USER_AGENT,
            "Content-Type": "application/json",
            "Accept-Encoding": "gzip",
            **(headers or {}),
        }
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        payload = msgspec.json.encode(body) if isinstance(body, msgspec.Struct) else body
        fields = {key: value for key, value in (query or {}).items() if value is not None}
        address = self.url + (path if path.startswith("/healthz") else API_PREFIX + path)
        if fields:
            address += "?" + urlencode(fields, doseq=True)
        try:
            return self._pool.request(
                method,
                address,
                body=payload,
                headers=sent,
                timeout=urllib3.Timeout(connect=min(timeout, 10), read=timeout),
                preload_content=whole,
                redirect=whole,
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: urllib3.exceptions.HTTPError) -> ServerUnreachable:
        missed = self.url
        if self._moved is not None:
            self.url = self._moved() or missed
        return ServerUnreachable(
            f"No besom server answers at {missed} ({_cause(error)}).",
            "Is it running, and is the address right? `besom status` shows what is configured.",
        )

    def _new_pool(self) -> urllib3.PoolManager:
        retries = urllib3.Retry(total=1, connect=0, read=0, redirect=0, other=0)
        pool = urllib3.PoolManager(maxsize=8, retries=retries, socket_options=_SOCKET_OPTIONS)
        if self._moved is not None:
            pool.pool_classes_by_scheme = {**pool.pool_classes_by_scheme, "http": _guarded(self._is_there)}
        return pool

    def _is_there(self) -> bool:
        return self._moved is None or self._moved() == self.url

    def _error(self, response: urllib3.BaseHTTPResponse) -> ApiError:
        try:
            error = reader(ErrorReply)(response.data).error
        except UNREADABLE:
            return ApiError(
                f"{self.url} answered with status {response.status}, and not as a besom server does.",
                "Is the address that of a besom server?",
                status=response.status,
                code="not_besom",
                retry_after=_retry_after(response),
            )
        kind = {401: AuthenticationError, 404: NotFound, 410: NotFound}.get(response.status, ApiError)
        return kind(
            error.message,
            error.hint,
            status=response.status,
            code=error.code,
            offset=error.offset,
            retry_after=_retry_after(response),
        )


def _guarded(is_there: Callable[[], bool]) -> type[HTTPConnectionPool]:
    """Connections that are only made where the server is."""

    class Guarded(HTTPConnection):
        def connect(self) -> None:
            if not is_there():
                raise urllib3.exceptions.NewConnectionError(self, "refused: the server is not there")
            super().connect()

    class Pool(HTTPConnectionPool):
        ConnectionCls = Guarded

    return Pool


def segment(text: str) -> str:
    """User text as one piece of an address."""
    return quote(text, safe="")


def spread(seconds: float) -> float:
    """A little more than ``seconds``, so that clients that were sent away together do not come back together."""
    return seconds * (1 + random.random() / 4)  # noqa: S311  (no secret)


def _can_repeat(body: object) -> bool:
    return body is None or isinstance(body, bytes | msgspec.Struct)  # a file has been read to some place


def _retry_after(response: urllib3.BaseHTTPResponse) -> float:
    said = response.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE) if said.isascii() and said.isdigit() else 0.0


def _cause(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return "connection refused" if "refused" in str(reason) else "no connection"
    if isinstance(reason, urllib3.exceptions.NameResolutionError):
        return "unknown host"
    if isinstance(reason, urllib3.exceptions.TimeoutError):
        return "no answer in time"
    return "connection lost" if isinstance(reason, urllib3.exceptions.ProtocolError) else str(reason)

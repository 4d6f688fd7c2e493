"""The least HTTP client that keeps its connection: a thousand of them leave the machine to the server."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

PATIENCE = 120.0
"""Seconds without an answer after which a request counts as lost."""


@dataclass
class Tally:
    """What all clients of a storm were answered."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    """Seconds by what was asked, of the answers that were not held back."""
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unexplained: int = 0
    """Refusals that did not say when to come again."""

    def took(self, what: str, seconds: float) -> None:
        """Notes a latency."""
        self.latencies.setdefault(what, []).append(seconds)


class Client:
    """One connection; a request at a time. What is refused for now is asked again when the server says."""

    def __init__(self, url: str, key: str, tally: Tally) -> None:
        place = urlsplit(url)
        self._host, self._port = place.hostname, place.port
        self._head = f"Host: {place.netloc}\r\nAuthorization: Bearer {key}\r\n"
        self._tally = tally
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def ask(self, method: str, path: str, body: Any = None, name: str | None = None) -> Any:
        """The decoded answer; until the server takes the request. With ``name`` its time counts.

        Raises:
            RuntimeError: it is refused for good.
        """
        data = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        while True:
            began = time.perf_counter()
            try:
                status, headers, answer = await self._exchange(method, path, data)
            except (OSError, EOFError, ValueError) as error:
                self._tally.errors[type(error).__name__] += 1
                self.close()
                await asyncio.sleep(1)
                continue
            self._tally.statuses[status] += 1
            if status in (429, 503):
                after = headers.get("retry-after", "")
                self._tally.unexplained += not after.isdigit()
                await asyncio.sleep(int(after) if after.isdigit() else 1)
                continue
            if status >= 400:
                raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
            if name is not None:
                self._tally.took(name, time.perf_counter() - began)
            return msgspec.json.decode(answer) if answer else None

    async def _exchange(self, method: str, path: str, data: bytes) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        head = f"{method} /api/v1{path} HTTP/1.1\r\n{self._head}Content-Length: {len(data)}\r\n"
        writer.write(head.encode() + b"Content-Type: application/json\r\n\r\n" + data)
        # One whose patience is over hangs up. A timeout of asyncio would be a task for each request.
        patience = asyncio.get_running_loop().call_later(PATIENCE, writer.transport.abort)
        try:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            answer = await reader.readexactly(int(headers.get("content-length", "0")))
        finally:
            patience.cancel()
        if headers.get("connection") == "close":
            self.close()
        return int(lines[0].split()[1]), headers, answer

"""Passes connections on to several servers in turn, as load balancers do: bytes, whatever they mean."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

CONNECT_SECONDS = 2.0
"""After which a server that says nothing counts as one that refuses."""


class Balancer:
    """Listens at ``port`` between ``with`` and its end; a server that refuses a connection is passed over."""

    def __init__(self, *servers: str, at: str = "127.0.0.1") -> None:
        """``servers`` are given as ``host:port``, and may be replaced meanwhile. ``at``: where it listens."""
        self.servers = servers
        self._at = at
        self._turn = 0
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Balancer:
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._serve, self._at, 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> None:
        """Ends all connections, and lets nobody through."""
        self._is_cut = True
        self._call(lambda: [writer.close() for writer in list(self._open)])

    def join(self) -> None:
        """Lets everybody through again."""
        self._is_cut = False

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def _call(self, act: Callable[[], object]) -> None:
        async def call() -> None:
            act()

        self._do(call())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            upstream = None if self._is_cut else await self._connect()
            if upstream is None:
                return
            with contextlib.closing(upstream[1]):
                self._open |= {writer, upstream[1]}
                both = [
                    asyncio.ensure_future(_pump(reader, upstream[1])),
                    asyncio.ensure_future(_pump(upstream[0], writer)),
                ]
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                for task in both:
                    task.cancel()
                self._open -= {writer, upstream[1]}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _turn in self.servers:
            self._turn += 1
            host, _, port = self.servers[self._turn % len(self.servers)].partition(":")
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(host, int(port)), CONNECT_SECONDS)
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()

"""Whether a client still waits for an answer that is held back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

from litestar import Request


class Line:
    """The connection to a client. Read from other threads too."""

    def __init__(self) -> None:
        self._open = True

    def hung_up(self) -> bool:
        """Whether the client has gone."""
        return not self._open

    async def listen(self, request: Request[Any, Any, Any]) -> None:
        """Reads on after the body: the next thing that can come is the end of the connection."""
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self._open = False


@contextlib.contextmanager
def listening(request: Request[Any, Any, Any]) -> Iterator[Line]:
    """Listens on a request whose body has been read, while the block lasts."""
    line = Line()
    task = asyncio.create_task(line.listen(request))
    try:
        yield line
    finally:
        task.cancel()

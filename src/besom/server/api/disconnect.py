"""Whether a client still waits for an answer that is held back."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from litestar import Request


@contextlib.contextmanager
def watch_disconnect(request: Request[Any, Any, Any]) -> Iterator[Callable[[], bool]]:
    """Watches the connection of a request whose body has been read, while the block lasts.

    Yields a function that tells whether the client has gone; it may be asked from other threads, too.
    """
    gone = threading.Event()

    async def watch() -> None:
        # After the body the next thing that can come is the end of the connection.
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()

    task = asyncio.create_task(watch())
    try:
        yield gone.is_set
    finally:
        task.cancel()

"""A besom server for the real client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server_process import ServerProcess


@contextmanager
def serving(home: Path, *options: str) -> Iterator[ServerProcess]:
    """A server with its data in ``home``, and these options of ``python -m besom.server``; at its end it is stopped."""
    server = ServerProcess(home, "--embedded", str(home), "--port", "0", *options)
    try:
        yield server
    finally:
        server.stop()

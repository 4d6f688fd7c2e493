"""A besom server in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Server:
    """A server process on a free port of loopback."""

    url: str
    key: str
    process: subprocess.Popen[bytes]


@contextmanager
def serving(home: Path, *options: str) -> Iterator[Server]:
    """A server with its data in ``home``, and these options of ``python -m besom.server``."""
    told = home / "server.json"
    told.unlink(missing_ok=True)  # of one that was killed
    command = [sys.executable, "-m", "besom.server", "--port", "0", *options]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, "BESOM_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        while not told.exists():
            assert process.poll() is None, (home / "log").read_text()
            time.sleep(0.05)
        yield Server(json.loads(told.read_text())["url"], (home / "key").read_text().strip(), process)
    finally:
        process.terminate()
        process.wait(60)

"""besom's server in a process of its own, on data that are there already."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from page.browser import PATIENCE, BrowserContext


@dataclass(frozen=True)
class Server:
    """One that runs."""

    url: str
    pid: int
    key: str

    def sign_in(self, context: BrowserContext) -> None:
        """Makes its pages open in this profile, as the form for signing in does."""
        reply = context.request.post(f"{self.url}/api/v1/session", data={"key": self.key}, headers={"X-Besom": "1"})
        if not reply.ok:
            raise RuntimeError(f"the server refuses its own key: {reply.status} {reply.text()}")


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server whose data lie in this folder.

    Raises:
        RuntimeError: it does not start.
    """
    told = folder / "server.json"
    told.unlink(missing_ok=True)
    command = [sys.executable, "-m", "besom.server", "--data", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE
        while not told.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("besom's server did not start")
            time.sleep(0.02)
        said = json.loads(told.read_text())
        yield Server(said["url"], process.pid, (folder / "key").read_text().strip())
    finally:
        process.terminate()
        process.wait()

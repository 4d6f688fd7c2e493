"""A besom server in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 120.0
"""Seconds, on a machine that is busy with other tests."""


def command(*arguments: str) -> list[str]:
    """What runs a server."""
    return [sys.executable, "-m", "besom.server", *arguments]


class ServerProcess:
    """It is started at once, and answers; started again it is at the same address."""

    def __init__(self, home: Path, *arguments: str, before: Sequence[str] = (), **environment: str) -> None:
        """``arguments`` are those of ``python -m besom.server``, which make it tell in ``home`` where it is.

        ``environment`` is added to this process's own; ``before`` stands before the command.
        """
        self.home = home
        self._arguments = arguments
        self._before = before
        self._environment = environment
        self._port: tuple[str, ...] = ()
        self.start()

    def start(self, port: int | None = None) -> None:
        """Starts it, at another port if that is given (0: any); what it prints is in ``log``."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        told = self.home / "server.json"
        told.unlink(missing_ok=True)  # of one that was killed
        self.log.touch(mode=0o600)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *self._before,
                    *command(*self._arguments, *(self._port if port is None else ("--port", str(port)))),
                ],
                env={
                    **{name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_"))},
                    **self._environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not told.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.02)
        said = json.loads(told.read_text())
        assert said["pid"] == self.process.pid
        self.url: str = said["url"]
        self.key = (self.home / "key").read_text().strip()
        self._port = ("--port", self.url.rpartition(":")[2])

    def is_ready(self) -> bool:
        """Whether it has said where it is, since it was started last."""
        return (self.home / "server.json").exists()

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.home / "log"

    def stop(self) -> None:
        """Ends it, and waits for that."""
        self.process.terminate()
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """Ends it without a warning."""
        self.process.kill()
        self.process.wait()

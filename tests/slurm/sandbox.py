"""A private network and process namespace: what runs inside is reachable from nowhere else, and ends with it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Process 1 of the namespace. It takes in orphans, as any such process must. The second address is for Slurm: with
# 127.0.0.1 alone getaddrinfo finds no IPv4 configured.
INIT = """
import os, subprocess, time
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["ip", "addr", "add", "127.0.0.2/8", "dev", "lo"], check=True)
print("up", flush=True)
while True:
    try:
        os.wait()
    except ChildProcessError:
        time.sleep(0.05)
"""
NAMESPACES = ("--net", "--pid", "--mount")
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}{os.pathsep}/usr/sbin{os.pathsep}/sbin"


def missing(*programs: str) -> str | None:
    """Why there can be no sandbox with these programs, as a sentence; None if there can."""
    absent = [name for name in ("unshare", "nsenter", "ip", *programs) if shutil.which(name, path=PATH) is None]
    if absent:
        return f"{', '.join(absent)} not found: scripts/install-test-tools installs what the tests need."
    if os.getuid() != 0:
        return "Only root may start Slurm's daemons and the namespaces that they run in."
    trial = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "true"]
    tried = subprocess.run(trial, capture_output=True, text=True, check=False)
    return f"This machine permits no namespaces of one's own: {tried.stderr.strip()}" if tried.returncode else None


class Sandbox:
    """The namespace, from ``with`` to its end."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        """Commands are run in ``folder`` and see ``environment``."""
        self.folder = folder
        self.environment = environment

    def __enter__(self) -> "Sandbox":
        self._outer = subprocess.Popen(
            ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-c", INIT],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._outer.stdout is not None
        assert self._outer.stdout.readline() == "up\n"
        (self._init,) = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
        return self

    def __exit__(self, *_: object) -> None:
        self._outer.kill()  # and with it, process 1; and with that, everything
        self._outer.wait()

    def start(self, command: Sequence[str | Path], log: Path, **environment: str) -> None:
        """Starts a command inside, which ends with the sandbox at the latest."""
        with log.open("wb") as output:
            subprocess.Popen(self._inside(command), stdout=output, stderr=output, **self._surroundings(environment))

    def run(self, *command: str | Path, **environment: str) -> str:
        """Runs a command inside, which must succeed; returns what it printed."""
        done = subprocess.run(
            self._inside(command),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            **self._surroundings(environment),
        )
        said = f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, said
        return done.stdout

    def _inside(self, command: Sequence[str | Path]) -> list[str | Path]:
        return ["nsenter", "--target", self._init, *NAMESPACES, f"--wd={self.folder}", *command]

    def _surroundings(self, environment: dict[str, str]) -> dict[str, Any]:
        return {"env": {**self.environment, **environment}, "stdin": subprocess.DEVNULL}

"""Processes of the real client that need not import it first, which takes longer than most of what they do.

One process has imported the client, as an interpreter that has just started would have, and has done nothing with it.
Each program of a test is a fork of it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_PROGRAM = """
import json, os, runpy, sys, threading
import wandb, wandb.apis.public, wandb.automations, wandb.cli.cli
import wandb.apis._generated, wandb.sdk.artifacts._generated
from wandb.sdk.data_types._private import MEDIA_TMP

assert threading.active_count() == 1, "a fork would lack the other threads"

def next_task():
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            return json.loads(line)
        print(child)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    raise SystemExit

task = next_task()
os.environ.clear()
os.environ.update(task["environment"])
os.chdir(task["folder"])
for target, path, flags in (0, os.devnull, os.O_RDONLY), (1, task["output"], os.O_WRONLY | os.O_APPEND):
    source = os.open(path, flags)
    os.dup2(source, target)
    os.close(source)
os.dup2(1, 2)
os.makedirs(MEDIA_TMP.name, exist_ok=True)  # made when the client is imported, removed by the program before this one
command, *sys.argv = task["command"]
if command == "wandb":
    sys.argv.insert(0, command)
    sys.exit(wandb.cli.cli.cli())
elif sys.argv[0] == "-c":
    script = sys.argv.pop(1)
    sys.path[0] = ""
    exec(compile(script, "<string>", "exec"))
else:
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")
"""


class WarmClient:
    """The process that the others are forks of; it ends with the one that started it."""

    def __init__(self, python: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), "-u", "-c", _PROGRAM],
            env={"HOME": os.devnull, "PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def run(
        self, command: tuple[str, ...], folder: Path, environment: Mapping[str, str], seconds: float
    ) -> tuple[int | None, str]:
        """The exit code of ``python -c TEXT``, ``python FILE`` or ``wandb``, each with arguments, and what it printed;
        no code, if it took longer."""
        with tempfile.NamedTemporaryFile(mode="r", encoding="utf-8", errors="replace") as output:
            told = {"command": command, "folder": str(folder), "environment": environment, "output": output.name}
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
            child = int(self._line())
            in_time = bool(select.select([self._process.stdout], [], [], seconds)[0])
            if not in_time:
                os.kill(child, signal.SIGKILL)
            code = int(self._line())
            return code if in_time else None, output.read()

    def _line(self) -> bytes:
        line = self._process.stdout.readline()
        assert line, "The client could not be imported."
        return line


@cache
def warm_client(python: Path) -> WarmClient:
    """The one of this process, by the interpreter that has the client."""
    return WarmClient(python)

"""What each process of a storm was told, written down by itself: beside besom, and out of reach of the faults.

A line is in the file when ``note`` returns. It is not forced to the disk: kills take nothing from the system's cache,
and the machine of the tests is not switched off. Imported by training programs, so it imports little.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLACE = "FAULTS_JOURNAL"
"""Environment variable: the folder of the journals."""


def note(what: str, **more: Any) -> None:
    """Appends a line to this process's journal. ``at`` is the monotonic clock, which all processes share."""
    line = json.dumps({"what": what, "pid": os.getpid(), "at": time.monotonic(), **more}) + "\n"
    _append(f"{os.getpid()}.jsonl", line.encode())
    if what == "begin":
        _append("begun", b".")


def begun(folder: Path) -> int:
    """How many attempts at runs have begun; quick."""
    try:
        return (folder / "begun").stat().st_size
    except FileNotFoundError:
        return 0


def best(folder: Path, sweep: str) -> Path:
    """The file that names the best run of a sweep."""
    return folder / f"best-{sweep}"


def _append(name: str, data: bytes) -> None:
    file = os.open(f"{os.environ[PLACE]}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, data)
    finally:
        os.close(file)


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """All lines of all journals, in the order of time."""
    lines = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_bytes().splitlines()]
    yield from sorted(lines, key=lambda line: line["at"])

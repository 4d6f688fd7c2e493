"""Rows that are left of 5,000 when the process is killed with -9 right after the last `log()` returned.

    python benchmarks/kept_rows.py

The limit writes and flushes a line of JSON for each. What counts is what can be read afterwards: besom's rows from the
server after `besom sync`, W&B's from its offline file, trackio's from its database.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from harness import Table, installed, python, run, server

ROWS = 5000
LOG = """\
import os, signal, {module}
run = {module}.init(project="kept", {arguments})
for step in range({rows}):
    {module}.log({{"loss": step / 7, "accuracy": 1 - step / 9}})
os.kill(os.getpid(), signal.SIGKILL)
"""
LIMIT = """\
import json, os, signal, sys
file = open(sys.argv[1], "a")
for step in range({rows}):
    file.write(json.dumps({{"loss": step / 7, "accuracy": 1 - step / 9}}) + "\\n")
    file.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
READ_BESOM = """\
import besom
print("rows", len(list(besom.Api().run("kept/killed").scan_history())))
"""
READ_WANDB = """\
import struct, sys
from wandb.proto import wandb_internal_pb2

def records(data):  # as in LevelDB's log: blocks of 32 KiB; records with checksum, length and kind
    whole, at = b"", 7
    while at + 7 <= len(data):
        left = 32768 - at % 32768
        if left < 7:
            at += left
            continue
        _, size, kind = struct.unpack("<IHB", data[at:at + 7])
        piece = data[at + 7:at + 7 + size]
        if kind == 0 or len(piece) < size:
            return
        whole = piece if kind in (1, 2) else whole + piece
        at += 7 + size
        if kind in (1, 4):
            yield whole

rows = 0
for data in records(open(sys.argv[1], "rb").read()):
    record = wandb_internal_pb2.Record()
    record.ParseFromString(data)
    rows += record.WhichOneof("record_type") == "history"
print("rows", rows)
"""
READ_TRACKIO = """\
from trackio.sqlite_storage import SQLiteStorage
runs = SQLiteStorage.get_runs("kept")
print("rows", sum(len(SQLiteStorage.get_logs("kept", run)) for run in runs))
"""


def killed(code: str, *arguments: str) -> None:
    """Runs code that kills itself.

    Raises:
        RuntimeError: it ended in another way.
    """
    process = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    if process.returncode != -signal.SIGKILL:
        raise RuntimeError(f"ended with {process.returncode}:\n{process.stdout}{process.stderr}")


def rows(code: str, *arguments: str) -> float:
    """What a reader counted."""
    return float(python(code, *arguments).output.rsplit("rows", 1)[1])


def measure() -> Table:
    table = Table("Rows kept after kill -9", ["rows"], f"rows of {ROWS:,}", "all of them")
    with server() as home:
        limit = home / "limit.jsonl"
        killed(LIMIT.format(rows=ROWS), str(limit))
        table.add("write and flush", float(sum(1 for line in limit.read_text().splitlines() if json.loads(line))))
        killed(LOG.format(module="besom", arguments='id="killed"', rows=ROWS))
        run(str(Path(sys.executable).parent / "besom"), "sync")
        table.add("besom", rows(READ_BESOM))
        if installed("trackio"):
            killed(LOG.format(module="trackio", arguments="", rows=ROWS))
            table.add("trackio", rows(READ_TRACKIO))
        if installed("wandb"):
            killed(LOG.format(module="wandb", arguments=f"dir={str(home)!r}", rows=ROWS))
            (file,) = (home / "wandb").glob("offline-run-*/*.wandb")
            table.add("wandb", rows(READ_WANDB, str(file)))
    return table


if __name__ == "__main__":
    os.chdir("/")
    print(measure())

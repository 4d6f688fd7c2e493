"""Metric values per second that reach one server's disk, its clients on the same core.

    python benchmarks/points_per_second.py

Each client is a process that logs rows of ten values as fast as it can; the time ends when the last of them is stored.
The limit inserts the same values as rows into one SQLite file, a transaction per thousand, from as many processes.
Server and clients are pinned to one core where the system allows it, so that they pay for each other.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

from harness import Table, clean_home, installed, median, run, server

VALUES = 10
ROWS = {"limit": 80_000, "besom": 80_000, "trackio": 8_000, "mlflow": 800}
"""Rows of all clients together; fewer where a row takes longer."""
CLIENTS = (1, 8)
ROUNDS = 3
LOG = """\
import sys, time, {module}
run = {module}.init(project="points", name=f"client-{{sys.argv[1]}}")
print("FROM", time.time())
for step in range(int(sys.argv[2])):
    {module}.log({{f"metric_{{i}}": step * 0.37 + i for i in range({values})}})
{finish}
print("TO", time.time())
"""
LIMIT = """\
import sqlite3, sys, time
client, rows = int(sys.argv[1]), int(sys.argv[2])
connection = sqlite3.connect(sys.argv[3], timeout=60)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = FULL")
connection.execute("CREATE TABLE IF NOT EXISTS points (run INTEGER, key TEXT, step INTEGER, value REAL)")
print("FROM", time.time())
for first in range(0, rows, 100):
    steps = range(first, min(rows, first + 100))
    batch = [(client, f"metric_{{i}}", step, step * 0.37 + i) for step in steps for i in range({values})]
    with connection:
        connection.executemany("INSERT INTO points VALUES (?, ?, ?, ?)", batch)
print("TO", time.time())
"""
MLFLOW = """\
import sys, time, mlflow
from mlflow.entities import Metric
mlflow.set_tracking_uri(sys.argv[3])
mlflow.set_experiment("points")
with mlflow.start_run() as run:
    client = mlflow.MlflowClient()
    print("FROM", time.time())
    for first in range(0, int(sys.argv[2]), 100):
        rows = range(first, min(int(sys.argv[2]), first + 100))
        values = [Metric(f"metric_{{i}}", s * 0.37 + i, 0, s) for s in rows for i in range({values})]
        client.log_batch(run.info.run_id, values)
    print("TO", time.time())
"""


def rate(code: str, clients: int, rows: int, *arguments: str) -> float:
    """Values per second of all clients together, from the first call until nothing is left to send."""
    everyone = [start(code, client, rows // clients, *arguments) for client in range(clients)]
    outputs = [client.communicate() for client in everyone]
    for client, (_, errors) in zip(everyone, outputs, strict=True):
        if client.returncode:
            raise RuntimeError(errors)
    words = " ".join(output for output, _ in outputs).split()
    begin = min(float(after) for word, after in itertools.pairwise(words) if word == "FROM")
    end = max(float(after) for word, after in itertools.pairwise(words) if word == "TO")
    return rows // clients * clients * VALUES / (end - begin)


def start(code: str, client: int, rows: int, *arguments: str) -> subprocess.Popen[str]:
    """A client of its own process."""
    command = [sys.executable, "-c", code, str(client), str(rows), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def measure() -> Table:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # and all processes from here on
    found: dict[str, list[list[float]]] = {}

    def note(name: str, column: int, value: float) -> None:
        found.setdefault(name, [[] for _ in CLIENTS])[column].append(value)

    for round_ in range(ROUNDS):
        for column, clients in enumerate(CLIENTS):
            with clean_home() as home:
                file = str(home / "limit.sqlite")
                note("SQLite rows", column, rate(LIMIT.format(values=VALUES), clients, ROWS["limit"], file))
            with server():
                log = LOG.format(module="besom", values=VALUES, finish="run.finish()")
                note("besom", column, rate(log, clients, ROWS["besom"]))
            with clean_home() as home:
                if installed("trackio"):
                    log = LOG.format(module="trackio", values=VALUES, finish="trackio.finish()")
                    note("trackio", column, rate(log, clients, ROWS["trackio"]))
                if installed("mlflow") and not round_:  # slow, and the same each time
                    note("mlflow", column, _mlflow(home, clients))
    table = Table(
        "Values per second into one server",
        [f"{n} client{'s' * (n > 1)}" for n in CLIENTS],
        "values per second",
        "at least 0.5 x the limit and 6 x trackio",
    )
    for name, columns in found.items():
        table.add(name, *(median(values) for values in columns))
    return table


def _mlflow(home: Path, clients: int) -> float:
    """Into a SQLite file, which is MLflow's fastest store on one machine."""
    uri = f"sqlite:///{home / 'mlflow.sqlite'}"
    run(str(Path(sys.executable).parent / "mlflow"), "db", "upgrade", uri)
    return rate(MLFLOW.format(values=VALUES), clients, ROWS["mlflow"], uri)


if __name__ == "__main__":
    print(measure())

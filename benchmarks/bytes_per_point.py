"""Bytes on disk per logged value.

    python benchmarks/bytes_per_point.py

20 runs of 1,000 rows with ten noisy curves each, in the form that stays: besom's after its background compaction, which
the benchmark waits for. The limit keeps the values as packed 64-bit floats, without saying which is which: 8 bytes.
"""

from __future__ import annotations

import time
from pathlib import Path

from harness import Table, clean_home, installed, python, server

RUNS, ROWS, VALUES = 20, 1000, 10
POINTS = RUNS * ROWS * VALUES
LOG = """\
import random, {module}
random.seed(1)
for number in range({runs}):
    run = {module}.init(project="bytes", name=f"run-{{number}}")
    for step in range({rows}):
        {module}.log({{f"metric_{{i}}": 1 / (1 + step / 50) + random.gauss(0, 0.05) for i in range({values})}})
    {finish}
"""
MLFLOW = """\
import random, sys, mlflow
from mlflow.entities import Metric
random.seed(1)
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("bytes")
client = mlflow.MlflowClient()
for number in range({runs}):
    with mlflow.start_run() as run:
        for first in range(0, {rows}, 100):
            keys = [(step, f"metric_{{i}}") for step in range(first, first + 100) for i in range({values})]
            values = [Metric(key, 1 / (1 + s / 50) + random.gauss(0, 0.05), 0, s) for s, key in keys]
            client.log_batch(run.info.run_id, values)
"""


def size(folder: Path) -> int:
    """Bytes of the files below a folder, as they take space."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def measure() -> Table:
    import array
    import random

    counts = {"runs": RUNS, "rows": ROWS, "values": VALUES}
    table = Table("Bytes per value", ["whole database"], "bytes", "at most 12")
    random.seed(1)
    packed = array.array("d", (1 / (1 + n % ROWS / 50) + random.gauss(0, 0.05) for n in range(POINTS)))
    table.add("packed floats", len(packed.tobytes()) / POINTS)
    with server() as home:
        data = home / "besom-home" / "data"
        python("import besom; besom.init(project='bytes').finish()")
        before = settled(data)
        python(LOG.format(module="besom", finish="run.finish()", **counts))
        table.add("besom", (settled(data) - before) / POINTS)
    with clean_home() as home:
        if installed("trackio"):
            python(LOG.format(module="trackio", finish="trackio.finish()", **counts))
            table.add("trackio", size(home / "trackio") / POINTS)
        if installed("mlflow"):
            file = home / "mlflow" / "mlflow.sqlite"
            file.parent.mkdir()
            python(MLFLOW.format(**counts), f"sqlite:///{file}")
            table.add("mlflow", size(file.parent) / POINTS)
    return table


def settled(data: Path) -> int:
    """Size of besom's database once nothing waits to be compacted and the log is written back."""
    import sqlite3

    file = data / "besom.db"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with sqlite3.connect(file) as connection:
            (left,) = connection.execute("SELECT count(*) FROM segments").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            (page,) = connection.execute("PRAGMA page_size").fetchone()
        if not left:
            return int((pages - free) * page)
        time.sleep(1)
    raise RuntimeError("the server did not compact within two minutes")


if __name__ == "__main__":
    print(measure())

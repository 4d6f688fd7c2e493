"""What one `log()` costs the training loop.

    python benchmarks/log_call.py

The limit is the least that keeps a row when the process is killed: json.dumps, write, flush. All are called by turns in
one process, on the same disk, for rows of 1, 10 and 100 scalars. The run is online: a second thread sends the file
meanwhile. W&B's client is offline, trackio writes a local file later: a kill loses what it holds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from harness import Table, installed, median, percentile, server

ROUNDS, CALLS = 10, 200
WIDTHS = (1, 10, 100)


def clock(call: Callable[[dict[str, float]], object], row: dict[str, float]) -> list[float]:
    """Microseconds of each of ``CALLS`` calls."""
    times = []
    for _ in range(CALLS):
        begin = time.perf_counter_ns()
        call(row)
        times.append((time.perf_counter_ns() - begin) / 1000)
    return times


def measure() -> Table:
    columns = [f"{width} scalar{'s' * (width > 1)}{tail}" for width in WIDTHS for tail in ("", ", 99 %")]
    goal = "at most 1.5 x the limit; the 99th percentile at most 5 x the median"
    table = Table("log()", columns, "microseconds", goal)
    with server() as home, (home / "limit.jsonl").open("a") as file:

        def limit(row: dict[str, float]) -> None:
            file.write(json.dumps({"time": time.time(), "data": row}) + "\n")
            file.flush()

        subjects: dict[str, Callable[[dict[str, float]], object]] = {"json, write, flush": limit}
        ends: list[Callable[[], Any]] = []
        import besom

        subjects["besom"] = besom.log
        ends.append(besom.init(project="benchmark").finish)
        if installed("trackio"):
            import trackio

            trackio.init(project="benchmark")
            subjects["trackio"] = trackio.log
            ends.append(trackio.finish)
        if installed("wandb"):
            import wandb

            ends.append(wandb.init(project="benchmark", dir=str(home)).finish)
            subjects["wandb"] = wandb.log
        found: dict[str, list[list[float]]] = {name: [[] for _ in WIDTHS] for name in subjects}
        for column, width in enumerate(WIDTHS):
            row = {f"metric_{i}": i * 0.1234567 for i in range(width)}
            for _ in range(ROUNDS):
                for name, call in subjects.items():
                    found[name][column] += clock(call, row)
        for end in ends:
            end()
    for name, times in found.items():
        table.add(name, *(figure(one) for one in times for figure in (median, lambda all_: percentile(all_, 99))))
    return table


if __name__ == "__main__":
    print(measure())

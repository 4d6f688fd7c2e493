"""What one ``log()`` costs the training loop, against the least that keeps a row: json.dumps, write, flush.

    python benchmarks/log_call.py

Prints median and 99th percentile in microseconds, and the ratio of the medians, for 1, 10 and 100 scalars a row.
The two are measured by turns in one process, on the same disk. The run is offline: with a server, a second thread
sends the file meanwhile, which is what ``--online`` shows.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import besom

ROUNDS = 20
CALLS = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--online", action="store_true", help="send to the configured or the embedded server meanwhile")
    online = parser.parse_args().online
    os.environ["BESOM_SILENT"] = "1"
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "limit.jsonl").open("a") as file:
        run = besom.init(project="benchmark", dir=folder, mode="online" if online else "offline")
        print(f"{'scalars':>8} {'limit':>16} {'besom.log':>16} {'ratio':>6}   (us: median, p99)")
        for width in (1, 10, 100):
            row = {f"metric_{i}": i * 0.1234567 for i in range(width)}

            def limit(row: dict[str, float] = row) -> None:
                file.write(json.dumps({"time": time.time(), "data": row}) + "\n")
                file.flush()

            def log(row: dict[str, float] = row) -> None:
                besom.log(row)

            limit_times: list[int] = []
            log_times: list[int] = []
            for _ in range(ROUNDS):
                limit_times += measure(limit)
                log_times += measure(log)
            (low, low99), (mid, mid99) = median_and_tail(limit_times), median_and_tail(log_times)
            print(f"{width:>8} {low:>7.1f} {low99:>8.1f} {mid:>7.1f} {mid99:>8.1f} {mid / low:>6.2f}")
        run.finish()


def measure(call: Callable[[], None]) -> list[int]:
    """Nanoseconds of each of ``CALLS`` calls."""
    times = []
    for _ in range(CALLS):
        begin = time.perf_counter_ns()
        call()
        times.append(time.perf_counter_ns() - begin)
    return times


def median_and_tail(times: list[int]) -> tuple[float, float]:
    """Median and 99th percentile in microseconds."""
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000


if __name__ == "__main__":
    main()

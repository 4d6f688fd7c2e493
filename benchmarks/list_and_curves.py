"""Time to read the 10,000 runs of a project, sorted by a metric, and the curves of 100 runs of 1,000 points.

    python benchmarks/list_and_curves.py

besom answers over HTTP and the answer is decoded; trackio reads its own database in the same process. The limit is a
SQLite table of runs with their configuration and summary as JSON, and one of points, turned into JSON and back.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from harness import Table, clean_home, installed, median, server

RUNS, CURVES, POINTS = 10_000, 100, 1_000
ROUNDS = 9


def config(number: int) -> dict[str, Any]:
    return {"lr": number / 1e6, "batch_size": number % 7, "optimizer": "adam", "depth": number % 5, "epochs": 20}


def summary(number: int) -> dict[str, float]:
    return {"loss": (number * 7919 % RUNS) / RUNS, "accuracy": number / RUNS, "step": 20}


def curve(number: int) -> list[float]:
    generator = random.Random(number)
    return [1 / (1 + step / 50) + generator.gauss(0, 0.05) for step in range(POINTS)]


def clock(call: Callable[[], object]) -> float:
    """Median milliseconds of a call that was made once before."""
    call()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        call()
        times.append((time.perf_counter() - begin) * 1000)
    return median(times)


def limit(folder: Path) -> tuple[float, float]:
    connection = sqlite3.connect(folder / "limit.sqlite")
    connection.execute("CREATE TABLE runs (id TEXT PRIMARY KEY, name TEXT, config TEXT, summary TEXT, loss REAL)")
    connection.execute(
        "CREATE TABLE points (run INTEGER, step INTEGER, value REAL, PRIMARY KEY (run, step)) WITHOUT ROWID"
    )
    rows = (
        (f"run{n}", f"name-{n}", json.dumps(config(n)), json.dumps(summary(n)), summary(n)["loss"]) for n in range(RUNS)
    )
    with connection:
        connection.executemany("INSERT INTO runs VALUES (?, ?, ?, ?, ?)", rows)
        for number in range(CURVES):
            points = ((number, step, value) for step, value in enumerate(curve(number)))
            connection.executemany("INSERT INTO points VALUES (?, ?, ?)", points)

    def read_list() -> object:
        cursor = connection.execute("SELECT id, name, config, summary FROM runs ORDER BY loss")
        runs = [{"id": a, "name": b, "config": json.loads(c), "summary": json.loads(d)} for a, b, c, d in cursor]
        return json.loads(json.dumps(runs))

    def read_curves() -> object:
        curves: dict[int, list[float]] = {}
        for run, value in connection.execute("SELECT run, value FROM points ORDER BY run, step"):
            curves.setdefault(run, []).append(value)
        return json.loads(json.dumps(curves))

    return clock(read_list), clock(read_curves)


def besom() -> tuple[float, float]:
    from besom.client.connect import connect
    from besom.protocol import NewRun, NewSweep, SweepCreated, Viewer

    connection = connect()
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    runs = f"/projects/{entity}/lists/runs"
    search = {"method": "random", "metric": {"name": "loss"}, "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    new = NewSweep(config={"program": "train.py", **search})
    sweep = connection.request("POST", f"/projects/{entity}/lists/sweeps", body=new, reply=SweepCreated).sweep.id

    def fill(number: int) -> None:
        inside = sweep if number < CURVES else None
        run = NewRun(id=f"run{number}", name=f"name-{number}", config=config(number), started=1.0, sweep_id=inside)
        connection.request("POST", runs, body=run)
        values = curve(number) if inside else []
        rows = [{"type": "history", "step": s, "time": s, "data": {"loss": v}} for s, v in enumerate(values)]
        rows += [{"type": "summary", "data": summary(number)}, {"type": "exit", "code": 0, "time": 9.0}]
        spool = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        lines = {"Content-Type": "application/jsonl"}
        connection.request("POST", f"{runs}/run{number}/stream", body=spool, query={"offset": 0}, headers=lines)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(fill, range(RUNS)))
    time.sleep(15)  # compaction

    def read_list() -> object:
        page = connection.request("GET", runs, query={"order": "+summary_metrics.loss", "limit": RUNS}, reply=dict)
        if len(page["runs"]) != RUNS:
            raise RuntimeError(f"the list has {len(page['runs'])} runs")
        return page

    def read_curves() -> object:
        page = connection.request("GET", f"/sweeps/{sweep}/curves", query={"key": "loss", "points": POINTS}, reply=dict)
        if len(page["curves"]) != CURVES:
            raise RuntimeError(f"{len(page['curves'])} curves")
        return page

    return clock(read_list), clock(read_curves)


def trackio() -> tuple[float, float]:
    from trackio.sqlite_storage import SQLiteStorage

    for number in range(RUNS):
        values = [{"loss": value} for value in curve(number)] if number < CURVES else [summary(number)]
        SQLiteStorage.bulk_log("lists", f"run{number}", values, config=config(number))

    def read_list() -> object:
        return SQLiteStorage.get_all_run_configs("lists"), SQLiteStorage.get_run_records("lists")

    def read_curves() -> object:
        return [SQLiteStorage.get_metric_values("lists", f"run{number}", "loss") for number in range(CURVES)]

    return clock(read_list), clock(read_curves)


def measure() -> Table:
    columns = [f"list of {RUNS:,} runs, sorted", f"{CURVES} curves of {POINTS:,} points"]
    table = Table("List and curves", columns, "milliseconds", "at most 1.5 x the limit")
    with clean_home() as home:
        table.add("SQLite rows", *limit(home))
    with server():
        table.add("besom", *besom())
    if installed("trackio"):
        with clean_home():
            table.add("trackio", *trackio())
    return table


if __name__ == "__main__":
    print(measure())

"""What a view of a sweep tells of its runs: counted right, and without a look at the runs themselves."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rows_of
from sqlalchemy import Connection, text

from besom.server.store import Store, sweeps

GONE = {"deleted": 9.0}


def fill(conn: Connection, runs: list[dict[str, Any]]) -> None:
    project = rows_of.project(conn)
    for sweep in ("one", "two"):
        rows_of.sweep(conn, project, sweep)
    for run in runs:
        rows_of.run(conn, project, **run)


def drawn(rng: random.Random) -> dict[str, Any]:
    run: dict[str, Any] = {
        "sweep_id": rng.choice(["one", "two", None]),
        "metric_value": rng.choice([None, 1.0, 2.0, 3.0]),
    }
    run["state"] = rng.choice(["pending", "running", "finished", "crashed"])
    if run["state"] != "pending":
        run |= {"started": rng.choice([1.0, 6.0]), "heartbeat": rng.choice([None, 3.0])}
    if run["state"] in ("finished", "crashed"):
        run["ended"] = rng.choice([5.0, 7.0])
    if rng.random() < 0.2:
        run["stopped"] = {"rule": "median"}
    return run | (GONE if rng.random() < 0.2 else {})


def counted(runs: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, int, float]]:
    totals: dict[tuple[str, str], tuple[int, int, float]] = {}
    for run in runs:
        if run["sweep_id"] is not None and "deleted" not in run:
            place = run["sweep_id"], run["state"]
            number, stopped, seconds = totals.get(place, (0, 0, 0.0))
            end = run.get("ended") or run.get("heartbeat") or run.get("started")
            lasted = max(0.0, end - run["started"]) if end else 0.0  # the clock of a machine may be ahead
            totals[place] = number + 1, stopped + ("stopped" in run), seconds + lasted
    return totals


def best(runs: list[dict[str, Any]], sweep: str, choose: Callable[..., int]) -> int:
    """The place of the run with the best value, the first of equals."""
    values = {
        place: run["metric_value"]
        for place, run in enumerate(runs)
        if run["sweep_id"] == sweep and run["metric_value"] is not None and "deleted" not in run
    }
    return choose(values, key=lambda place: values[place])


def test_totals_and_best_run_are_those_of_the_runs_that_are_not_deleted(store: Store) -> None:
    runs = [drawn(random.Random(seed)) for seed in range(200)]
    store.write_sync(lambda conn: fill(conn, runs))
    totals = store.read_sync(lambda conn: sweeps.run_totals(conn, ["one", "two"]))
    assert {(row.sweep_id, row.state): (row.count, row.stopped, row.seconds) for row in totals} == counted(runs)
    assert store.read_sync(lambda conn: sweeps.run_totals(conn, [])) == []
    ids = store.read_sync(lambda conn: list(conn.execute(text("SELECT id FROM runs ORDER BY key")).scalars()))
    for goal, choose in (("minimize", min), ("maximize", max)):
        found = store.read_sync(lambda conn, goal=goal: sweeps.best_run(conn, "one", goal))
        assert found is not None
        place = best(runs, "one", choose)
        assert (found.id, found.metric_value) == (ids[place], runs[place]["metric_value"])


def test_a_view_of_a_sweep_goes_by_indexes(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/besom.db")
    asked: list[str] = []

    def look(conn: Connection) -> list[str]:
        driver: Any = conn.connection.driver_connection
        driver.set_trace_callback(asked.append)
        sweeps.run_totals(conn, ["one"])
        for goal in ("minimize", "maximize"):
            sweeps.best_run(conn, "one", goal)
        driver.set_trace_callback(None)
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all() for text in asked]
        return [
            step.detail.split("ix_runs_sweep_id_")[1].split(" ")[0]
            for plan in plans
            for step in plan
            if " runs " in step.detail
        ]

    assert store.read_sync(look) == ["ended", "living", "stopped", "metric_value", "metric_value"]
    store.close()

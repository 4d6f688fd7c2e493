"""CPU of parameter importance over 1,000 and 10,000 runs of 10 parameters, as a sweep's page asks for it.

    python benchmarks/importance_time.py

scikit-learn's forest (as many trees, as large leaves) fits and predicts alone: nothing is read from a database, and its
importances are those of the sample it has seen. besom's answer is computed by its server from the stored runs.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from harness import Table, installed, median
from sqlalchemy import insert

from besom.protocol import Importance, ImportanceMethod, NewSweep
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.importance import Importances, Question
from besom.server.services.sweep_creation import create_sweep
from besom.server.services.users import Caller, ensure_admin
from besom.server.store import tables, users
from besom.server.store.store import Store

ROUNDS = 5
SIZES = (1_000, 10_000)
CONFIG: dict[str, Any] = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {f"p{number}": {"min": 0.0, "max": 1.0} for number in range(10)},
}


def loss(point: dict[str, float]) -> float:
    """Two parameters matter alone, two together."""
    return float(np.sin(5 * point["p0"]) + point["p1"] + point["p2"] * point["p3"])


def measure() -> Table:
    columns = [f"{size:,} runs" for size in SIZES]
    table = Table("Importance", columns, "milliseconds of CPU", "at most 300 for 1,000 runs")
    if installed("scikit-learn"):
        table.add("scikit-learn's forest", *(scikit_learn(size) for size in SIZES))
    table.add("**besom**, forest", *(asyncio.run(besom(size, "forest")) for size in SIZES))
    table.add("**besom**, PED-ANOVA", *(asyncio.run(besom(size, "ped_anova")) for size in SIZES))
    return table


def scikit_learn(size: int) -> float:
    from sklearn.ensemble import RandomForestRegressor

    x = np.random.default_rng(0).random((size, 10))
    y = np.array([loss({f"p{number}": value for number, value in enumerate(row)}) for row in x])
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        RandomForestRegressor(48, min_samples_leaf=5, oob_score=True, random_state=0).fit(x, y)
        times.append((time.process_time() - start) * 1000)
    return median(times)


async def besom(size: int, method: ImportanceMethod) -> float:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder)}/besom.db")
        ctx = Context(store, time.time, random.Random(0), 60.0, "http://localhost", "0")
        await ctx.write(lambda unit: ensure_admin(unit, "ann", "k" * 40))
        row = await ctx.read(lambda conn: users.by_name(conn, "ann"))
        caller = Caller(row.id, row.name, row.role)
        sweep = (await create_sweep(ctx, Plans(), caller, "ann", "bench", NewSweep(config=CONFIG))).sweep
        await ctx.write(lambda unit: fill(unit, sweep.id, size))
        times = []
        for _ in range(ROUNDS):
            fresh = Importances(ctx, Plans())  # one that has no answer yet
            start = time.process_time()
            answer: Importance = await fresh.of_sweep(caller, sweep.id, Question(method=method))
            times.append((time.process_time() - start) * 1000)
            assert answer.runs == size
            assert answer.parameters
        store.close()
    return median(times)


def fill(unit: Unit, sweep_id: str, size: int) -> None:
    """Finished runs, straight into the database."""
    rng = random.Random(0)
    project = unit.conn.execute(tables.sweeps.select().where(tables.sweeps.c.id == sweep_id)).one().project_id
    rows = []
    for number in range(size):
        point = {f"p{index}": rng.random() for index in range(10)}
        value = loss(point)
        rows.append(
            {
                "project_id": project,
                "id": f"r{number}",
                "sweep_id": sweep_id,
                "name": f"run-{number}",
                "state": "finished",
                "params": point,
                "config": point,
                "summary": {"loss": value, "accuracy": 1 - value, "epoch": 10},
                "metric_value": value,
                "created": 0.0,
                "version": number,
                "tags": [],
            }
        )
    unit.conn.execute(insert(tables.runs), rows)


if __name__ == "__main__":
    print(measure())

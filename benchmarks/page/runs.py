"""Sweeps with very many finished runs and their curves, straight into a server's database before it starts."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from besom.protocol import HistoryRecord, NewSweep
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.sweep_creation import create_sweep
from besom.server.services.users import Caller, ensure_admin
from besom.server.store import block_format, tables, users
from besom.server.store.compaction import LARGEST_BLOCK_ROWS
from besom.server.store.store import Store

OWNER = "ann"
METRIC = "loss"
CONFIG: dict[str, Any] = {
    "program": "train.py",
    "method": "random",
    "metric": {"name": METRIC, "goal": "minimize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
        "batch_size": {"values": [16, 32, 64, 128]},
        "optimizer": {"values": ["adam", "sgd", "rmsprop"]},
        "depth": {"min": 1, "max": 8},
        "epochs": {"value": 20},
    },
}
_DIFFERENT = 50
"""Runs that follow each other have different curves; after so many they repeat."""


def point(number: int) -> dict[str, Any]:
    """Parameters of a run, always the same ones."""
    rng = random.Random(number)
    lr = 10 ** rng.uniform(-4, -1)
    choices = {"batch_size": rng.choice([16, 32, 64, 128]), "optimizer": rng.choice(["adam", "sgd", "rmsprop"])}
    return {"lr": lr, **choices, "depth": rng.randint(1, 8), "epochs": 20}


def result(params: Mapping[str, Any], number: int) -> dict[str, float]:
    """What the run reached."""
    loss = 0.1 + 0.1 * (math.log10(params["lr"]) + 2.5) ** 2 + 0.02 * abs(params["depth"] - 5) + 0.01 * math.sin(number)
    return {METRIC: loss, "accuracy": 1 - loss / 2, "epoch": 20.0}


def curve(number: int, steps: int) -> list[float]:
    """The metric of a run that learns, with noise."""
    rng = random.Random(number)
    return [0.2 + math.exp(-5 * step / steps) + rng.gauss(0, 0.02) for step in range(steps)]


def fill(folder: Path, sweeps: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """Makes the database of a server whose data will lie in ``folder``.

    Args:
        folder: it exists, and no server runs there.
        sweeps: by project: how many runs it has, and how many rows each of them has logged.

    Returns:
        The sweeps' pages, by project.
    """
    store = Store.open(f"sqlite:///{folder}/besom.db")
    try:
        ctx = Context(store, time.time, random.Random(0), 60.0, "http://localhost", "0")
        return asyncio.run(_fill(ctx, sweeps))
    finally:
        store.close()


async def _fill(ctx: Context, sweeps: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    await ctx.write(lambda unit: ensure_admin(unit, OWNER, "k" * 40))
    row = await ctx.read(lambda conn: users.by_name(conn, OWNER))
    caller = Caller(row.id, row.name, row.role)
    pages = {}
    for project, (runs, steps) in sweeps.items():
        sweep = (await create_sweep(ctx, Plans(), caller, OWNER, project, NewSweep(config=CONFIG))).sweep
        if runs:
            await ctx.write(lambda unit, sweep=sweep.id, runs=runs, steps=steps: _add_runs(unit, sweep, runs, steps))
        pages[project] = f"/{OWNER}/{project}/sweeps/{sweep.id}"
    return pages


def _add_runs(unit: Unit, sweep: str, runs: int, steps: int) -> None:
    home = unit.conn.execute(select(tables.sweeps.c.project_id).where(tables.sweeps.c.id == sweep)).scalar_one()
    version = unit.conn.execute(select(tables.projects.c.version).where(tables.projects.c.id == home)).scalar_one()
    common = {
        "project_id": home,
        "sweep_id": sweep,
        "state": "finished",
        "exit_code": 0,
        "version": version,
        "tags": [],
    }
    rows = []
    for number in range(runs):
        params, begun = point(number), unit.now - 60 * (runs - number)
        reached = result(params, number)
        rows.append(
            {
                **common,
                "id": f"{sweep}-{number}",
                "name": f"sweep-{number + 1}",
                "params": params,
                "config": params,
                "summary": reached,
                "claimed": True,
                "steps": steps,
                "metric_count": steps,
                "metric_best": reached[METRIC],
                "metric_last": reached[METRIC],
                "metric_value": reached[METRIC],
                "created": begun,
                "started": begun,
                "heartbeat": begun + 50,
                "ended": begun + 50,
                "host": "gpu-1",
                "program": "train.py",
                "python": "3.12",
            }
        )
    unit.conn.execute(insert(tables.runs), rows)
    keys = unit.conn.scalars(
        select(tables.runs.c.key).where(tables.runs.c.sweep_id == sweep).order_by(tables.runs.c.key)
    )
    _add_curves(unit, list(keys), steps)


def _add_curves(unit: Unit, run_keys: list[int], steps: int) -> None:
    """As the server would pack them by and by, but each of the different ones once."""
    for number in range(min(_DIFFERENT, len(run_keys))):
        values = curve(number, steps)
        records = [
            HistoryRecord(step=step, time=1.7e9 + step, data={METRIC: value}) for step, value in enumerate(values)
        ]
        blocks, chunks = [], []
        for first in range(0, steps, LARGEST_BLOCK_ROWS):
            packed = block_format.build(records[first : first + LARGEST_BLOCK_ROWS])
            for run_key in run_keys[number::_DIFFERENT]:
                place = {"run_key": run_key, "first_row": first}
                blocks.append({**place, "row_count": packed.row_count, "data": packed.data})
                chunks += [{**place, "metric": key, **asdict(chunk)} for key, chunk in packed.chunks.items()]
        unit.conn.execute(insert(tables.blocks), blocks)
        unit.conn.execute(insert(tables.chunks), chunks)

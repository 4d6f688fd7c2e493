"""Projects with very many runs and points, straight into a server's database before it starts.

Every row is there, as the server would have it after the runs were compacted. Only their contents repeat: making a
hundred million different numbers would take longer than measuring them.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from page.runs import CONFIG, METRIC, OWNER, curve, point, result
from sqlalchemy import insert, select, update

from besom.protocol import HistoryRecord, NewSweep
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.sweep_creation import create_sweep
from besom.server.services.users import Caller, ensure_admin
from besom.server.store import block_format, tables, users
from besom.server.store.block_format import Block
from besom.server.store.compaction import LARGEST_BLOCK_ROWS
from besom.server.store.store import Store

_DIFFERENT = 20
"""Runs that follow each other have different curves; after so many they repeat."""
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Size:
    """How large a project is."""

    runs: int
    steps: int = 100
    """Rows that each run has logged."""
    metrics: int = 10
    """Numbers in each row."""
    method: str = "random"
    """By which its sweep searches."""

    @property
    def points(self) -> int:
        return self.runs * self.steps * self.metrics

    @property
    def name(self) -> str:
        return f"r{self.runs}-s{self.steps}-m{self.metrics}-{self.method}"


def make(url: str, sizes: Iterable[Size]) -> dict[Size, str]:
    """Makes the projects in a database that no server uses; returns their sweeps. One that is there is left as it is.

    Args:
        url: Of the database.
        sizes: Of the projects.
    """
    store = Store.open(url)
    try:
        ctx = Context(store, time.time, random.Random(0), 60.0, "http://localhost", "0")
        return asyncio.run(_make(ctx, sizes))
    finally:
        store.close()


async def _make(ctx: Context, sizes: Iterable[Size]) -> dict[Size, str]:
    await ctx.write(lambda unit: ensure_admin(unit, OWNER, "k" * 40))
    row = await ctx.read(lambda conn: users.by_name(conn, OWNER))
    caller = Caller(row.id, row.name, row.role)
    made = {}
    for size in sizes:
        known = select(tables.sweeps.c.id).join(tables.projects).where(tables.projects.c.name == size.name)
        found = await ctx.read(lambda conn, known=known: conn.scalar(known))
        if found is None:
            new = NewSweep(config={**CONFIG, "method": size.method})
            found = (await create_sweep(ctx, Plans(), caller, OWNER, size.name, new)).sweep.id
            curves = [list(_blocks(number, size)) for number in range(min(_DIFFERENT, size.runs))]
            for first in range(0, size.runs, _AT_ONCE):
                numbers = range(first, min(size.runs, first + _AT_ONCE))
                await ctx.write(
                    lambda unit, sweep=found, size=size, numbers=numbers, curves=curves: _add(
                        unit, sweep, size, numbers, curves
                    )
                )
        made[size] = found
    return made


def _blocks(number: int, size: Size) -> Iterable[tuple[int, Block]]:
    """A run's history as the server packs it, with the first row of each block."""
    values = [curve(number * size.metrics + metric, size.steps) for metric in range(size.metrics)]
    names = [METRIC, *(f"metric/{metric}" for metric in range(1, size.metrics))]
    records = [
        HistoryRecord(step=step, time=1.7e9 + step, data=dict(zip(names, row, strict=True)))
        for step, row in enumerate(zip(*values, strict=True))
    ]
    for first in range(0, size.steps, LARGEST_BLOCK_ROWS):
        yield first, block_format.build(records[first : first + LARGEST_BLOCK_ROWS])


def _add(unit: Unit, sweep: str, size: Size, numbers: range, curves: list[list[tuple[int, Block]]]) -> None:
    home = unit.conn.execute(select(tables.sweeps.c.project_id).where(tables.sweeps.c.id == sweep)).scalar_one()
    version = unit.version(home)
    runs = [_run(sweep, size, number, unit.now) | {"project_id": home, "version": version} for number in numbers]
    unit.conn.execute(insert(tables.runs), runs)
    unit.conn.execute(update(tables.sweeps).where(tables.sweeps.c.id == sweep).values(suggested=numbers.stop))
    here = tables.runs.c.sweep_id == sweep
    keys = list(
        unit.conn.scalars(select(tables.runs.c.key).where(here).order_by(tables.runs.c.key.desc()).limit(len(numbers)))
    )
    blocks, chunks = [], []
    for number, run_key in enumerate(keys):
        for first, block in curves[number % len(curves)]:
            place = {"run_key": run_key, "first_row": first}
            blocks.append({**place, "row_count": block.row_count, "data": block.data})
            chunks += [{**place, "metric": key, **asdict(chunk)} for key, chunk in block.chunks.items()]
    unit.conn.execute(insert(tables.blocks), blocks)
    unit.conn.execute(insert(tables.chunks), chunks)


def _run(sweep: str, size: Size, number: int, now: float) -> dict[str, Any]:
    params, begun = point(number), now - 60 * (size.runs - number)
    reached = result(params, number)
    return {
        "id": f"{sweep}-{number}",
        "name": f"sweep-{number + 1}",
        "sweep_id": sweep,
        "state": "finished",
        "exit_code": 0,
        "tags": [],
        "params": params,
        "config": params,
        "summary": reached,
        "point_hash": f"{number}",
        "why": {},
        "claimed": True,
        "steps": size.steps,
        "metric_count": size.steps,
        **dict.fromkeys(("metric_best", "metric_worst", "metric_last", "metric_value"), reached[METRIC]),
        "created": begun,
        "started": begun,
        "heartbeat": begun + 50,
        "ended": begun + 50,
        "host": "gpu-1",
        "program": "train.py",
        "python": "3.12",
    }


def open_at(folder: Path) -> str:
    """The address of the database of a server whose data lie there."""
    return f"sqlite:///{folder}/besom.db"

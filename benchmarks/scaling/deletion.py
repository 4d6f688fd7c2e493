"""What it takes to delete a sweep and then its project. Each step is a transaction, for which all writers wait."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from harness import median
from sqlalchemy import select

from besom.server.services.context import Context, Unit
from besom.server.services.deletion import clear
from besom.server.store import deletion, tables
from besom.server.store.store import Store
from scaling.project import Size, make

T = TypeVar("T")


def measure(url: str, sizes: Sequence[Size]) -> str:
    """A table of both for projects of these sizes, which are made for it in a database."""
    lines = ["### Deletions (ms of CPU of the thread that writes)", ""]
    lines += ["| deleted | hidden | steps | the median one | the longest | all |", "|---|---:|---:|---:|---:|---:|"]
    for size in sizes:
        sweeps = make(url, [size])
        store = Store.open(url)
        try:
            lines += asyncio.run(_delete(store, sweeps[size], size))
        finally:
            store.close()
    return "\n".join([*lines, ""])


async def _delete(store: Store, sweep: str, size: Size) -> list[str]:
    ctx = Context(store, time.time, random.Random(0), 60.0, "http://localhost", "0")
    home = await ctx.read(lambda conn: conn.scalars(_HOME.where(tables.sweeps.c.id == sweep)).one())
    hidden, remains = await _timed(ctx, lambda unit: deletion.give_up_sweep(unit.conn, sweep, unit.now))
    lines = [await _line(ctx, f"a sweep of {size.runs:,} runs", hidden, remains)]
    hidden, _ = await _timed(ctx, lambda unit: deletion.give_up_project(unit.conn, home))
    return [*lines, await _line(ctx, "its project", hidden, home)]


_HOME = select(tables.sweeps.c.project_id)


async def _line(ctx: Context, what: str, hidden: float, project_id: int) -> str:
    steps: list[float] = []
    is_over = False
    while not is_over:
        taken, is_over = await _timed(ctx, partial(clear, project_id=project_id))
        steps.append(taken)
    return f"| {what} | {hidden:.1f} | {len(steps):,} | {median(steps):.1f} | {max(steps):.1f} | {sum(steps):,.0f} |"


async def _timed(ctx: Context, work: Callable[[Unit], T]) -> tuple[float, T]:
    """Milliseconds of CPU of a work in a transaction, and its result."""

    def timed(unit: Unit) -> tuple[float, T]:
        begun = time.thread_time()
        result = work(unit)
        return 1000 * (time.thread_time() - begun), result

    return await ctx.write(timed)

"""Processor time of the server for one request of an agent for a point of a `bayes` sweep, after so many runs.

    python benchmarks/suggestion_cpu.py

The limit is the search alone, which has all runs in memory: what the server adds is the reading of runs, the decision
and the new run. The last row forgets what is known of the sweep before each request, as a server does that has just
started: every run is read and understood again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import random
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the server does, before NumPy starts its threads

from harness import Table, median
from sqlalchemy import insert, select

from besom.protocol import NewAgent, NewSweep, NextRequest, NextRun
from besom.search import Trial, suggest
from besom.search.bayes import WarmStart
from besom.server.services import agents
from besom.server.services.configs import check
from besom.server.services.context import Context, Unit
from besom.server.services.services import Services
from besom.server.services.sweep_creation import create_sweep
from besom.server.services.users import Caller, ensure_admin
from besom.server.store.blob_folder import BlobFolder
from besom.server.store.store import Store
from besom.server.store.tables import runs
from besom.server.store.tables import sweeps as sweep_table

TRIALS = (100, 1_000, 10_000)
ROUNDS = 9
CONFIG = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
        "dropout": {"min": 0.0, "max": 0.6},
        "width": {"min": 8, "max": 512},
        "depth": {"min": 1, "max": 8},
        "optimizer": {"values": ["adam", "sgd", "lion"]},
        "batch_size": {"distribution": "q_log_uniform_values", "min": 8, "max": 256, "q": 8},
        "warmup": {"min": 0.0, "max": 1.0},
    },
    "seed": 1,
}


def tried(count: int) -> list[tuple[dict[str, object], float]]:
    """Points and their losses."""
    generator = random.Random(count)

    def one() -> tuple[dict[str, object], float]:
        lr, dropout, width = 10 ** generator.uniform(-5, 0), generator.uniform(0, 0.6), generator.randint(8, 512)
        point = {
            "lr": lr,
            "dropout": dropout,
            "width": width,
            "depth": generator.randint(1, 8),
            "optimizer": generator.choice(["adam", "sgd", "lion"]),
            "batch_size": 8 * generator.randint(1, 32),
            "warmup": generator.random(),
        }
        return point, (math.log10(lr) + 3) ** 2 + dropout + width / 500 + generator.gauss(0, 0.05)

    return [one() for _ in range(count)]


def search_alone(count: int) -> float:
    config, warm = check(CONFIG).config, WarmStart()
    trials = [
        Trial({(name,): value for name, value in point.items()}, "finished", loss, loss, loss, loss, id=f"run{number}")
        for number, (point, loss) in enumerate(tried(count))
    ]
    times = []
    for number in range(ROUNDS + 1):
        begin = time.process_time()
        (found,) = suggest(config, trials, index=count + number, seed=1, warm=warm)
        times.append(time.process_time() - begin)
        trials.append(Trial(found.values, "finished", 9.0, 9.0, 9.0, 9.0, id=f"new{number}"))
    return 1000 * median(times[1:])


async def served(count: int, *, forget: bool) -> float:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        store = stack.enter_context(contextlib.closing(Store.open(f"sqlite:///{folder}/besom.db")))
        ctx = Context(store, time.time, random.Random(0), 120.0, "http://127.0.0.1:7878", "")
        services = Services(ctx, BlobFolder(folder / "blobs"))
        stack.callback(services.close)
        await ctx.write(lambda unit: ensure_admin(unit, "ann", "k" * 40))
        caller = Caller(1, "ann", "admin")
        created = await create_sweep(ctx, services.plans, caller, "ann", "demo", NewSweep(config=CONFIG))
        sweep = created.sweep.id
        await ctx.write(lambda unit: fill(unit, sweep, count))
        joined = await agents.join_sweep(ctx, services.plans, caller, sweep, NewAgent(host="box", pid=1))
        holding: list[str] = []
        times = []
        for _ in range(ROUNDS + 1):
            if forget:
                services.plans._plans.clear()
            begin = time.process_time()
            reply = await services.scheduler.next(caller, joined.agent_id, NextRequest(holding=holding, wait=0))
            times.append(time.process_time() - begin)
            if not isinstance(reply, NextRun):
                raise TypeError(f"no run: {reply}")
            run_id = reply.run_id
            await ctx.write(lambda unit, run_id=run_id: finish(unit, run_id))
    return 1000 * median(times[1:])


def fill(unit: Unit, sweep: str, count: int) -> None:
    """Runs that have ended, as if their agents had reported them."""
    project = unit.conn.execute(select(sweep_table.c.project_id).where(sweep_table.c.id == sweep)).scalar_one()
    version = unit.version(project)
    columns = {
        "project_id": project,
        "version": version,
        "sweep_id": sweep,
        "state": "finished",
        "why": {},
        "created": 0.0,
        "claimed": True,
    }
    rows = [
        {
            **columns,
            **dict.fromkeys(("metric_best", "metric_worst", "metric_last", "metric_value"), loss),
            "id": f"run{number}",
            "name": f"run{number}",
            "params": point,
            "config": point,
            "summary": {"loss": loss, "note": json.dumps(point)},
            "point_hash": f"{number}",
            "tags": [],
        }
        for number, (point, loss) in enumerate(tried(count))
    ]
    unit.conn.execute(insert(runs), rows)
    unit.conn.execute(sweep_table.update().values(suggested=count))


def finish(unit: Unit, run_id: str) -> None:
    ended = dict.fromkeys(("metric_best", "metric_worst", "metric_last", "metric_value"), 9.0)
    project = unit.conn.execute(select(runs.c.project_id).where(runs.c.id == run_id)).scalar_one()
    change = runs.update().where(runs.c.id == run_id)
    unit.conn.execute(change.values(state="finished", version=unit.version(project), **ended))


def measure() -> Table:
    table = Table(
        "A suggestion",
        [f"{count:,} runs" for count in TRIALS],
        "milliseconds of CPU of the server for a point of a `bayes` sweep with so many runs, median of nine",
        "at most 30, 80 and 200 ms",
    )
    kinds: dict[str, Callable[[int], Coroutine[None, None, float]]] = {
        "besom": lambda count: served(count, forget=False),
        "besom, nothing known before": lambda count: served(count, forget=True),
    }
    table.add("search alone", *map(search_alone, TRIALS))
    for name, serve in kinds.items():
        table.add(name, *[asyncio.run(serve(count)) for count in TRIALS])
    return table


if __name__ == "__main__":
    print(measure())

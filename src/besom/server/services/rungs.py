"""The rungs of a sweep's early stopping, as curves show them."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from besom.protocol import Rung, RungPage
from besom.server.services.configs import Plans
from besom.server.services.context import Context
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.store import points, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def sweep_rungs(ctx: Context, plans: Plans, caller: Caller, sweep_id: str) -> RungPage:
    """The rungs that any run has reached, with what a run must not be worse than there."""
    plan = await plans.ready(await ctx.read(lambda conn: find_sweep(conn, caller, sweep_id)))
    stopper, metric = plan.stopper, plan.config.metric
    if stopper is None or metric is None:
        return RungPage(rule=None, compares_best=False, rungs=[])

    def look(conn: Connection) -> list[Rung]:
        find_sweep(conn, caller, sweep_id)
        stopped = Counter(record["rung"] for record in runs.stop_records(conn, sweep_id))
        steps = _steps(conn, sweep_id, metric.name)
        found = []
        for position, reached in points.reached(conn, sweep_id).items():
            ranked = points.RankedValues(conn, sweep_id, position, best_is_least=metric.goal == "minimize")
            place = stopper.survivors(reached)
            rung = Rung(
                position=position,
                step=steps[position - 1] if position <= len(steps) else None,
                threshold=ranked[place - 1] if place < reached else None,
                reached=reached,
                stopped=stopped[position],
            )
            found.append(rung)
        return found

    return RungPage(rule=stopper.name, compares_best=stopper.compares_best, rungs=await ctx.read(look))


def _steps(conn: Connection, sweep_id: str, metric: str) -> list[int]:
    """The step of each finite value of the run that has the most of them: others log at the same steps, mostly."""
    from besom.server.store import curves  # loads NumPy, which the server does not need to start

    key = runs.longest_of_sweep(conn, sweep_id)
    logged = [] if key is None else curves.points(conn, key, metric)
    return [step for step, value in logged if math.isfinite(value)]

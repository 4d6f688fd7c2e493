"""The load of runs' machines, as it was told: of one run over time, and the latest of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from besom.protocol import AgentLoads, SystemRecord
from besom.server.services.context import Context
from besom.server.services.history_rows import spread
from besom.server.services.projects import find_project
from besom.server.services.runs import find_run, seen_runs
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.store import agents, runs, samples

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def system_samples(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, most: int
) -> list[SystemRecord]:
    """At most so many samples of a run, by time, evenly spread."""

    def look(conn: Connection) -> list[SystemRecord]:
        return samples.all_of(conn, find_run(conn, caller, entity, project, run_id).key)

    return spread(await ctx.read(look), most)


async def latest_load(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: Sequence[str]
) -> dict[str, dict[str, float]]:
    """The latest value of each key, by run; without the runs of which nothing was told."""

    def look(conn: Connection) -> dict[str, dict[str, float]]:
        home = find_project(conn, caller, entity, project, in_part=True)
        seen = seen_runs(conn, caller, home.id, run_ids)
        ids = {run.key: run.id for run in runs.some_of_project(conn, home.id, seen)}
        return {ids[run_key]: values for run_key, values in samples.latest_values(conn, list(ids)).items()}

    return await ctx.read(look)


async def agent_loads(ctx: Context, caller: Caller, sweep_id: str) -> AgentLoads:
    """The latest load of the machines of a sweep's agents."""

    def look(conn: Connection) -> dict[str, dict[str, float]]:
        project_id = find_sweep(conn, caller, sweep_id).project_id
        holding = agents.holding(conn, sweep_id)
        ids = [run_id for held in holding.values() for run_id in held]
        keys = {run.id: run.key for run in runs.some_of_project(conn, project_id, ids)}
        latest = samples.latest_values(conn, list(keys.values()))
        loads: dict[str, dict[str, float]] = {}
        for agent_id, held in holding.items():
            for values in filter(None, (latest.get(keys[run_id]) for run_id in held)):
                loads.setdefault(agent_id, {}).update(values)  # of the same machine; the newest run has the last word
        return loads

    return AgentLoads(loads=await ctx.read(look))

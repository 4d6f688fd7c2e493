"""The load of runs' machines, as it was told: of one run over time, and the latest of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from besom.protocol import SystemRecord
from besom.server.services.context import Context
from besom.server.services.history_rows import spread
from besom.server.services.projects import find_project
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import runs, samples

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
        home = find_project(conn, caller, entity, project)
        ids = {run.key: run.id for run in runs.some_of_project(conn, home.id, run_ids)}
        return {ids[run_key]: values for run_key, values in samples.latest_values(conn, list(ids)).items()}

    return await ctx.read(look)

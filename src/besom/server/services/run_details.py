"""What only the page of one run needs: about its program, what it printed, the load of its machine, what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import (
    EventPage,
    MetricDefinition,
    OutputLine,
    OutputPage,
    RunDetails,
    SystemCurve,
    SystemPage,
    SystemRecord,
)
from besom.protocol.logged_charts import charts_of
from besom.server.services.context import Context
from besom.server.services.projects import find_project
from besom.server.services.runs import find_run, seen_runs
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.services.views import event_view
from besom.server.store import agents, events, output, run_details, run_files, samples

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FARTHEST = 1e11
"""Seconds; times further away are taken as this: in microseconds they would not fit into an integer."""


async def get_details(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> RunDetails:
    """About a run's program and machine, and how its metrics are defined."""

    def look(conn: Connection) -> RunDetails:
        run = find_run(conn, caller, entity, project, run_id)
        known = run_details.get(conn, run.key)
        agent = agents.get(conn, run.agent_id) if run.agent_id else None
        is_held = run.state in UNFINISHED and run.heartbeat is not None
        return RunDetails(
            about=known.about if known else {},
            metrics=msgspec.convert(list(known.metrics.values()) if known else [], list[MetricDefinition]),
            output_lines=output.total(conn, run.key),
            file_count=run_files.count(conn, run.key),
            charts=charts_of(known.client) if known and known.client else {},
            agent=agent.name if agent else None,
            lease=max(run.heartbeat, ctx.started) + ctx.lease_seconds if is_held else None,
        )

    return await ctx.read(look)


async def get_output(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, *, after: int, limit: int
) -> OutputPage:
    """Lines that a run's processes printed, one process after the other, from line ``after`` on; below 0 it counts from
    the end."""

    def look(conn: Connection) -> OutputPage:
        run = find_run(conn, caller, entity, project, run_id)
        total = output.total(conn, run.key)
        start = after if after >= 0 else max(0, total + after)
        lines = [OutputLine(**line._asdict()) for line in output.page(conn, run.key, start, limit)]
        return OutputPage(lines=lines, total=total, next=lines[-1].number + 1 if lines else start)

    return await ctx.read(look)


async def get_system(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, *, points: int
) -> SystemPage:
    """One curve of at most ``points`` points per system metric, by key."""

    def look(conn: Connection) -> list[SystemRecord]:
        return samples.all_of(conn, find_run(conn, caller, entity, project, run_id).key)

    found = await ctx.read(look)
    keys = sorted({key for sample in found for key in sample.data})
    return SystemPage(curves=[_curve(found, key, points) for key in keys])


async def list_run_events(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, limit: int
) -> EventPage:
    """What happened to a run, the newest first; its program's alerts too."""

    def look(conn: Connection) -> list[Any]:
        run = find_run(conn, caller, entity, project, run_id)
        return events.of_run(conn, run.project_id, run_id, limit)

    return EventPage(events=[event_view(row) for row in await ctx.read(look)])


def _curve(found: list[SystemRecord], key: str, points: int) -> SystemCurve:
    import numpy as np  # the server does not need it to start

    from besom.server.store.downsampling import thin

    having = [sample for sample in found if key in sample.data]
    seconds = np.clip(np.array([sample.time for sample in having], np.float64), -_FARTHEST, _FARTHEST)
    microseconds = np.rint(seconds * 1e6).astype(np.int64)
    times, values = thin(microseconds, np.array([sample.data[key] for sample in having], np.float64), points)
    return SystemCurve(key=key, times=(times / 1e6).tolist(), values=values.tolist())


async def client_facts(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """By run id: what the programs' clients keep with these runs for themselves; runs without it are left out."""

    def look(conn: Connection) -> dict[str, dict[str, Any]]:
        home = find_project(conn, caller, entity, project, in_part=True)
        return run_details.clients(conn, home.id, seen_runs(conn, caller, home.id, run_ids))

    return await ctx.read(look) if run_ids else {}


async def latest_sample(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str
) -> tuple[int, SystemRecord | None]:
    """How often the load of a run's machine was told, and what was told last."""

    def look(conn: Connection) -> tuple[int, SystemRecord | None]:
        key = find_run(conn, caller, entity, project, run_id).key
        return samples.count(conn, key), samples.latest(conn, key)

    return await ctx.read(look)

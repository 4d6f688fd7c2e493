"""What runs have logged: rows, and curves for charts.

The store's column code is imported by the first use: it loads NumPy, which the server does not need to start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.protocol import CurvePage, HistoryPage
from besom.server.services.context import Context
from besom.server.services.projects import find_project
from besom.server.services.refusals import Invalid
from besom.server.services.runs import find_run
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.store import projects, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_POINTS = 500_000
"""In one answer; many curves get fewer points each."""
MOST_CURVES = 10_000


async def run_history(
    ctx: Context,
    caller: Caller,
    entity: str,
    project: str,
    run_id: str,
    *,
    after: int,
    limit: int,
    keys: list[str] | None,
) -> HistoryPage:
    """Rows of a run in order, from row ``after`` on."""

    from besom.server.store import history

    def look(conn: Connection) -> HistoryPage:
        run = find_run(conn, caller, entity, project, run_id)
        page = history.rows(conn, run.key, after, limit, keys)
        return HistoryPage(rows=page.rows, next_row=page.next_row)

    return await ctx.read(look)


async def run_curves(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, *, keys: list[str], points: int
) -> CurvePage:
    """One curve per key of a run."""

    from besom.server.store import curves

    def look(conn: Connection) -> CurvePage:
        home = find_project(conn, caller, entity, project, in_part=True)
        run = find_run(conn, caller, entity, project, run_id)
        version = projects.version(conn, home.id)
        found = curves.curves(conn, {run.key: run.id}, keys, _share(points, len(keys)))
        return CurvePage(curves=found, version=version)

    return await ctx.read(look)


async def sweep_curves(ctx: Context, caller: Caller, sweep_id: str, *, key: str, points: int) -> CurvePage:
    """One curve per run of a sweep."""

    from besom.server.store import curves

    def look(conn: Connection) -> CurvePage:
        sweep = find_sweep(conn, caller, sweep_id)
        version = projects.version(conn, sweep.project_id)
        of = {run.key: run.id for run in runs.of_sweep(conn, sweep_id)}
        return CurvePage(curves=curves.curves(conn, of, [key], _share(points, len(of))), version=version)

    return await ctx.read(look)


async def project_curves(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: list[str], *, keys: list[str], points: int
) -> CurvePage:
    """One curve per key and run, for any runs of a project; those that are not there are left out.

    Raises:
        Invalid: too many curves are asked for.
    """

    from besom.server.store import curves

    if len(run_ids) * len(keys) > MOST_CURVES:
        raise Invalid(
            "too_many_curves",
            f"{len(run_ids)} runs and {len(keys)} keys make {len(run_ids) * len(keys)} curves.",
            f"Ask for at most {MOST_CURVES} at once.",
            field="runs",
        )

    def look(conn: Connection) -> CurvePage:
        home = find_project(conn, caller, entity, project, in_part=True)
        version = projects.version(conn, home.id)
        found = runs.some_of_project(conn, home.id, run_ids)
        known = {row.id: row.key for row in found if caller.sees_sweep(row.sweep_id)}
        of = {known[run_id]: run_id for run_id in dict.fromkeys(run_ids) if run_id in known}
        drawn = curves.curves(conn, of, keys, _share(points, len(of) * len(keys)))
        return CurvePage(curves=drawn, version=version)

    return await ctx.read(look)


def _share(points: int, count: int) -> int:
    """Points that each of so many curves may have."""
    return min(points, MOST_POINTS // max(count, 1))

"""What runs have logged: rows, and curves for charts.

The store's column code is imported by the first use: it loads NumPy, which the server does not need to start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from besom.protocol import Curve, CurvePage, HistoryPage, RunExtremes
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


@dataclass(frozen=True, slots=True)
class CurveQuery:
    """Which curves are asked for, and how fine."""

    keys: list[str]
    points: int
    from_step: int | None = None
    to_step: int | None = None


async def run_curves(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, asked: CurveQuery
) -> CurvePage:
    """One curve per key of a run.

    Raises:
        Invalid: the range of steps ends before it begins.
    """
    _check_range(asked)

    def look(conn: Connection) -> CurvePage:
        home = find_project(conn, caller, entity, project, in_part=True)
        run = find_run(conn, caller, entity, project, run_id)
        version = projects.version(conn, home.id)
        return CurvePage(curves=_curves(conn, {run.key: run.id}, asked), version=version)

    return await ctx.read(look)


async def sweep_curves(ctx: Context, caller: Caller, sweep_id: str, asked: CurveQuery) -> CurvePage:
    """One curve per key and run of a sweep.

    Raises:
        Invalid: the range of steps ends before it begins.
    """
    _check_range(asked)

    def look(conn: Connection) -> CurvePage:
        sweep = find_sweep(conn, caller, sweep_id)
        version = projects.version(conn, sweep.project_id)
        of = {run.key: run.id for run in runs.of_sweep(conn, sweep_id)}
        return CurvePage(curves=_curves(conn, of, asked), version=version)

    return await ctx.read(look)


async def project_curves(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: list[str], asked: CurveQuery
) -> CurvePage:
    """One curve per key and run, for any runs of a project; those that are not there are left out.

    Raises:
        Invalid: too many curves are asked for, or the range of steps ends before it begins.
    """
    _check_range(asked)
    if (count := len(run_ids) * len(asked.keys)) > MOST_CURVES:
        raise Invalid(
            "too_many_curves",
            f"{len(run_ids)} runs and {len(asked.keys)} keys make {count} curves.",
            f"Ask for at most {MOST_CURVES} at once.",
            field="runs",
        )

    def look(conn: Connection) -> CurvePage:
        home = find_project(conn, caller, entity, project, in_part=True)
        version = projects.version(conn, home.id)
        found = runs.some_of_project(conn, home.id, run_ids)
        known = {row.id: row.key for row in found if caller.sees_sweep(row.sweep_id)}
        of = {known[run_id]: run_id for run_id in dict.fromkeys(run_ids) if run_id in known}
        return CurvePage(curves=_curves(conn, of, asked), version=version)

    return await ctx.read(look)


async def run_extremes(
    ctx: Context, caller: Caller, entity: str, project: str, *, key: str, sweep: str | None
) -> RunExtremes:
    """The least and the largest finite number that each run of a project, or of one of its sweeps, has logged.

    Raises:
        Missing: no such project.
        Forbidden: a reader asks for more than the runs of the link's sweep.
    """
    from besom.server.store import extremes

    caller.must_see(sweep)

    def look(conn: Connection) -> RunExtremes:
        home = find_project(conn, caller, entity, project, in_part=True)
        return RunExtremes(runs=extremes.extremes(conn, home.id, sweep, key))

    return await ctx.read(look)


def _check_range(asked: CurveQuery) -> None:
    if asked.from_step is not None and asked.to_step is not None and asked.from_step > asked.to_step:
        raise Invalid(
            "bad_range",
            f"from_step is {asked.from_step}, to_step is {asked.to_step}: the range ends before it begins.",
            "Leave out to_step for everything from from_step on.",
            field="to_step",
        )


def _curves(conn: Connection, of: dict[int, str], asked: CurveQuery) -> list[Curve]:
    """``of``: ids of the runs by their keys. Many curves share the points that an answer may have."""
    from besom.server.store import curves

    least, greatest = curves.EVERY_STEP
    steps = (
        least if asked.from_step is None else asked.from_step,
        greatest if asked.to_step is None else asked.to_step,
    )
    share = MOST_POINTS // max(len(of) * len(asked.keys), 1)
    return curves.curves(conn, of, asked.keys, min(asked.points, share), steps)

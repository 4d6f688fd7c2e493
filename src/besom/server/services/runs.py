"""Runs: shown, stopped, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import Run, RunStop
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import sweep_topic
from besom.server.services.naming import LONGEST_DISPLAY_NAME, check_length
from besom.server.services.projects import demand_project, find_project
from besom.server.services.refusals import Conflict, Gone, Missing
from besom.server.services.rights import Right, expect
from besom.server.services.run_state import order_stop
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import moved_runs, points, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LATEST = 1e11
"""Seconds; three thousand years from now."""


async def get_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, right: Right = "read") -> Run:
    """One run, to do that with it."""
    row = await ctx.read(lambda conn: find_run(conn, caller, entity, project, run_id, right))
    return run_view(ctx, row, entity, project)


async def stop_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, asked: RunStop) -> Run:
    """Tells a run to end: SIGTERM through its agent, else with the answer to its next report."""
    reason = asked.reason or f"stopped by {caller.name}"
    check_length("rule", asked.stopped.rule if asked.stopped else "", LONGEST_DISPLAY_NAME)
    stopped = None if asked.stopped is None else msgspec.to_builtins(asked.stopped)

    def stop(unit: Unit) -> Run:
        run = find_run(unit.conn, caller, entity, project, run_id, "write")
        if run.state not in UNFINISHED:
            raise Conflict("run_ended", f"Run {run_id} is {run.state}: there is nothing to stop.", field="run")
        return run_view(ctx, order_stop(unit, run, caller.name, reason, stopped=stopped), entity, project)

    return await ctx.write(stop)


async def delete_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> None:
    """Deletes a run, ends its process, and frees its grid point at once. For a while it can be brought back."""

    def delete(unit: Unit) -> None:
        run = find_run(unit.conn, caller, entity, project, run_id, "write")
        delete_found(unit, run, caller.name)
        note(unit, caller, "run.deleted", run_id, entity=entity, project=project)

    await ctx.write(delete)


def delete_found(unit: Unit, run: Any, actor: str) -> None:
    """``delete_run`` for its row."""
    reason = f"deleted by {actor}"
    if run.state in UNFINISHED:
        run = order_stop(unit, run, actor, f"the run was {reason}")
    _hide(unit, run, actor, reason)


def remove(unit: Unit, run: Any, actor: str, reason: str) -> None:
    """Deletes a run that nobody will ask for again, with what it logged."""
    _hide(unit, run, actor, reason)
    runs.forget(unit.conn, run.key)


def replace(unit: Unit, run: Any, actor: str, reason: str) -> None:
    """Deletes a run that has ended, whose point is given to another one in this transaction."""
    _hide(unit, run, actor, reason, frees=False)


def _hide(unit: Unit, run: Any, actor: str, reason: str, *, frees: bool = True) -> None:
    """Marks a run as deleted; its point is free at once, and it judges no others."""
    version = unit.changed(run.project_id, "run", run.id)
    runs.change(unit.conn, run.key, {"deleted": unit.now, "version": version})
    points.drop_brackets(unit.conn, run.key)
    if run.sweep_id is not None:
        if frees and not points.pass_on(unit.conn, run) and run.point_index is not None:
            points.free(unit.conn, run.sweep_id, run.point_index)
        unit.touch_sweep(run.project_id, run.sweep_id)
        unit.wake(sweep_topic(run.sweep_id))
    unit.run_event(run, "run.deleted", actor, reason)


def find_run(conn: Connection, caller: Caller, entity: str, project: str, run_id: str, right: Right = "read") -> Any:
    """The run's row.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that with it.
        Gone: it was deleted, or moved to another project.
    """
    expect(caller, right)
    run = runs.find(conn, entity, project, run_id)
    if run is None:
        find_project(conn, caller, entity, project, right, in_part=True)
    else:
        demand_project(conn, caller, run.project_id, entity, project, right)
    if run is None or not caller.sees_sweep(run.sweep_id):
        raise Missing("run_not_found", f"There is no run {run_id!r} in {entity}/{project}.", field="run")
    refuse_deleted(conn, run)
    return run


def seen_runs(conn: Connection, caller: Caller, project_id: int, run_ids: Sequence[str]) -> Sequence[str]:
    """Those of a project's runs that lie within the caller's bounds."""
    if caller.bounds is None:
        return run_ids
    return [run.id for run in runs.some_of_project(conn, project_id, run_ids) if caller.sees_sweep(run.sweep_id)]


def merge_config(config: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """``config`` with ``added`` on top, group by group."""
    merged = dict(config)
    for key, value in added.items():
        known = merged.get(key)
        merged[key] = merge_config(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def beginning(told: float) -> float:
    """When a run began, as its program tells; no other time than one that sums of durations can hold."""
    return min(max(told, 0.0), _LATEST)


def refuse_deleted(conn: Connection, run: Any) -> None:
    """Raises ``Gone`` for a run that was deleted, or moved to another project."""
    if run.deleted is not None:
        refuse_moved(conn, run)
        raise Gone(
            "run_deleted",
            f"Run {run.id} was deleted; the id of a deleted run cannot be used again.",
            "Start a new run without giving an id, or with another one.",
            field="run",
        )


def refuse_moved(conn: Connection, run: Any) -> None:
    """Raises ``Gone`` for the note that a run has left behind in the project where it was."""
    place = moved_runs.place_of(conn, run.key)
    if place is not None:
        there = f"{place.entity}/{place.name}"
        raise Gone(
            "run_moved",
            f"Run {run.id} was moved to {there}.",
            f"Name it as {there}/{run.id}.",
            field="run",
            moved_to=there,
        )

"""Runs: begun or claimed, shown, stopped, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import NewRun, Run, RunClaimed
from besom.server.services.context import Context, Unit
from besom.server.services.live import sweep_topic
from besom.server.services.naming import check_name, run_name, sweep_run_name
from besom.server.services.projects import find_project, open_project
from besom.server.services.refusals import Conflict, Gone, Missing
from besom.server.services.run_state import change_run_state, order_stop
from besom.server.services.states import UNFINISHED
from besom.server.services.sweep_state import change_sweep_state, touch_sweep
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import agents, points, projects, runs, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DESCRIBES = ("host", "program", "python", "notes", "job_type")


async def begin_run(ctx: Context, caller: Caller, entity: str, project: str, new: NewRun) -> RunClaimed:
    """A program has called ``init``: makes its run, or claims the one that an agent was given.

    The same id again is the same run; one that has ended stays so, and takes what is left of its spool. A run of a
    sweep belongs to the sweep's project, whatever is asked.

    Raises:
        Invalid: the id or a name breaks a rule.
        Gone: a run of that id was deleted; ids are not used twice.
    """
    check_name("run", new.id)

    def begin(unit: Unit) -> RunClaimed:
        caller.must_write()
        sweep = _sweep_of(unit.conn, caller, entity, project, new)
        if sweep is not None:
            project_id, names = sweep.project_id, (sweep.entity, sweep.project)
        else:
            project_id, names = open_project(unit, caller, entity, project).id, (entity, project)
        run = runs.get(unit.conn, project_id, new.id)
        if run is None:
            run = _create(ctx, unit, caller, project_id, sweep, new)
        else:
            _refuse_deleted(run)
            run = _claim(unit, caller, run, new)
        return RunClaimed(run=run_view(ctx, run, *names), offset=run.offset)

    return await ctx.write(begin)


async def get_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> Run:
    """One run."""
    row = await ctx.read(lambda conn: find_run(conn, caller, entity, project, run_id))
    return run_view(ctx, row, entity, project)


async def stop_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> Run:
    """Tells a run to end: SIGTERM through its agent, else with the answer to its next report."""

    def stop(unit: Unit) -> Run:
        caller.must_write()
        run = find_run(unit.conn, caller, entity, project, run_id)
        if run.state not in UNFINISHED:
            raise Conflict("run_ended", f"Run {run_id} is {run.state}: there is nothing to stop.", field="run")
        return run_view(ctx, order_stop(unit, run, caller.name, f"stopped by {caller.name}"), entity, project)

    return await ctx.write(stop)


async def delete_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> None:
    """Deletes a run and its history, ends its process, and frees its grid point at once."""

    def delete(unit: Unit) -> None:
        caller.must_write()
        run = find_run(unit.conn, caller, entity, project, run_id)
        reason = f"deleted by {caller.name}"
        if run.state in UNFINISHED:
            run = order_stop(unit, run, caller.name, f"the run was {reason}")
        remove(unit, run, caller.name, reason)

    await ctx.write(delete)


def remove(unit: Unit, run: Any, actor: str, reason: str) -> None:
    """Marks a run as deleted and forgets what it logged; its point is free at once."""
    version = unit.changed(run.project_id, "run", run.id)
    runs.change(unit.conn, run.key, {"deleted": unit.now, "version": version, "summary": {}, "config": {}})
    runs.drop_history(unit.conn, run.key)
    points.drop_brackets(unit.conn, run.key)
    if run.sweep_id is not None:
        if run.point_index is not None:
            points.free(unit.conn, run.sweep_id, run.point_index)
        touch_sweep(unit, run.project_id, run.sweep_id)
        unit.wake(sweep_topic(run.sweep_id))
    subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": run.agent_id}
    unit.event(run.project_id, "run.deleted", actor, reason, **subject)


def find_run(conn: Connection, caller: Caller, entity: str, project: str, run_id: str) -> Any:
    """The run's row.

    Raises:
        Missing: there is none that the caller may see.
        Gone: it was deleted.
    """
    home = find_project(conn, caller, entity, project)
    run = runs.get(conn, home.id, run_id)
    if run is None:
        raise Missing("run_not_found", f"There is no run {run_id!r} in {entity}/{project}.", field="run")
    _refuse_deleted(run)
    return run


def merge_config(config: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """``config`` with ``added`` on top, group by group."""
    merged = dict(config)
    for key, value in added.items():
        known = merged.get(key)
        merged[key] = merge_config(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _refuse_deleted(run: Any) -> None:
    if run.deleted is not None:
        raise Gone(
            "run_deleted",
            f"Run {run.id} was deleted; the id of a deleted run cannot be used again.",
            "Start a new run without giving an id, or with another one.",
            field="run",
        )


def _sweep_of(conn: Connection, caller: Caller, entity: str, project: str, new: NewRun) -> Any | None:
    """The sweep that a program names; None for a run that is there and has outlived its sweep."""
    if new.sweep_id is None:
        return None
    if not sweeps.exists(conn, new.sweep_id):
        home = projects.find(conn, entity, project)
        if home is not None and runs.exists(conn, home.id, new.id):
            return None
    return find_sweep(conn, caller, new.sweep_id)


def _create(ctx: Context, unit: Unit, caller: Caller, project_id: int, sweep: Any, new: NewRun) -> Any:
    agent_id = new.agent_id if new.agent_id and agents.get(unit.conn, new.agent_id) else None
    if sweep is not None:
        name = new.name or sweep_run_name(ctx.rng, runs.count_of_sweep(unit.conn, sweep.id) + 1)
    else:
        name = new.name or run_name(ctx.rng, runs.count_of_project(unit.conn, project_id) + 1)
    values = {
        "project_id": project_id,
        "id": new.id,
        "sweep_id": sweep.id if sweep is not None else None,
        "agent_id": agent_id,
        "name": name,
        "state": "running",
        "config": new.config,
        "summary": {},
        "claimed": True,
        "created": unit.now,
        "started": new.started,
        "heartbeat": unit.now,
        "version": unit.changed(project_id, "run", new.id),
        "tags": new.tags,
        "run_group": new.group,
        **{key: getattr(new, key) for key in _DESCRIBES},
    }
    run = runs.create(unit.conn, values)
    subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": agent_id}
    unit.event(project_id, "run.started", caller.name, **subject)
    if sweep is not None:
        if sweep.state == "PENDING":
            change_sweep_state(unit, sweep, "start", "server", f"its first run, {run.name}, has begun")
        touch_sweep(unit, project_id, sweep.id)
    return run


def _claim(unit: Unit, caller: Caller, run: Any, new: NewRun) -> Any:
    if run.state not in UNFINISHED:  # its spool is sent later, or once more
        return run
    values: dict[str, Any] = {"heartbeat": unit.now, "claimed": True}
    values |= {key: value for key in _DESCRIBES if (value := getattr(new, key)) is not None}
    if new.name:
        values["name"] = new.name
    if new.group:
        values["run_group"] = new.group
    if new.tags:
        values["tags"] = list(dict.fromkeys([*run.tags, *new.tags]))
    # What the sweep handed out is not the program's to change.
    values["config"] = merge_config(merge_config(run.config, new.config), run.params or {})
    if run.started is None:
        values["started"] = new.started
    return change_run_state(unit, run, "claim", caller.name, values=values)

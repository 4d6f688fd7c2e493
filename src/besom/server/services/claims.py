"""A program calls ``init``: its run is made, claimed from the lease of its agent, or gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import NewRun, RunClaimed
from besom.server.services.context import Context, Unit
from besom.server.services.labels import MOST_TAGS, fitted, note_cut
from besom.server.services.naming import check_name, run_name, sweep_run_name
from besom.server.services.projects import open_project
from besom.server.services.refusals import Conflict, Missing
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import beginning, merge_config, refuse_deleted
from besom.server.services.states import ENDED, UNFINISHED
from besom.server.services.sweep_metric import NO_VALUES
from besom.server.services.sweep_state import change_sweep_state
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import agents, logged, points, projects, runs, spools, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DESCRIBES = ("host", "program", "python", "notes", "job_type")


NOTHING_LOGGED: dict[str, Any] = {
    **NO_VALUES,
    "steps": 0,
    "summary": {},
    "config": {},
    "aggregated": False,
    "started": None,
}
"""Columns of a run of which nothing is known but what people call it."""


async def begin_run(ctx: Context, caller: Caller, entity: str, project: str, new: NewRun) -> RunClaimed:
    """A process begins a run, claims the one that its agent was given, or goes on with one (``new.resume``).

    Asking again with the same spool changes nothing. A run of a sweep belongs to its project, whatever is asked.

    Raises:
        Invalid: the id or a name breaks a rule.
        Gone: a run of that id was deleted, or moved to another project; ids are not used twice.
        Conflict: another process has begun the run, and ``new.resume`` does not allow to go on with it.
        Missing: there is no such run, and ``new.resume`` says that there must be.
    """

    def begin(unit: Unit) -> RunClaimed:
        run, spool, names = begin_in(ctx, unit, caller, entity, project, new)
        last = run.summary.get("_step")
        return RunClaimed(
            run=run_view(ctx, run, *names),
            offset=spool.offset,
            resumed=spool.part > 1,
            step=last + 1 if isinstance(last, int) else run.steps,
        )

    return await ctx.write(begin)


def begin_in(
    ctx: Context, unit: Unit, caller: Caller, entity: str, project: str, new: NewRun, *, anew: bool = False
) -> tuple[Any, Any, tuple[str, str]]:
    """``begin_run`` in a transaction; returns the rows of run and spool, and where the run is (entity, project).

    With ``anew`` a run that another process has begun is begun once more, without what it had logged.
    """
    check_name("run", new.id)
    new, cut = fitted(new)
    sweep = _sweep_of(unit.conn, caller, entity, project, new)
    if sweep is not None:
        project_id, names = sweep.project_id, (sweep.entity, sweep.project)
    else:
        project_id, names = open_project(unit, caller, entity, project).id, (entity, project)
    run = runs.get(unit.conn, project_id, new.id)
    spool = None
    if run is None:
        if new.resume == "must":
            raise _no_such_run(names, new.id)
        run = create(ctx, unit, project_id, sweep, new)
    else:
        caller.must_see(run.sweep_id)
        refuse_deleted(unit.conn, run)
        spool = spools.find(unit.conn, run.key, new.spool)
    if spool is None:
        if anew and run.part:
            run = _forget(unit, run)
        run, spool = _claim(unit, caller, run, new, names)
        note_cut(unit, run, cut)
    return run, spool, names


def _sweep_of(conn: Connection, caller: Caller, entity: str, project: str, new: NewRun) -> Any | None:
    """The sweep that a program names; None for a run that is there and has outlived its sweep."""
    if new.sweep_id is None:
        return None
    try:
        return find_sweep(conn, caller, new.sweep_id, "work")
    except Missing:
        sweep = sweeps.get(conn, new.sweep_id)
        is_gone = sweep is None or sweep.entity == projects.NOBODY
        home = projects.find(conn, entity, project) if is_gone else None
        if home is not None and runs.exists(conn, home.id, new.id):
            return None
        raise


def create(ctx: Context, unit: Unit, project_id: int, sweep: Any, new: NewRun) -> Any:
    """Makes a run that no process has begun yet; returns its row."""
    sweep_id = sweep.id if sweep is not None else None
    if sweep is not None:
        number = sweeps.count_run(unit.conn, sweep.id)
        name = new.name or sweep_run_name(ctx.rng, number)
    else:
        name = new.name or run_name(ctx.rng, runs.count_of_project(unit.conn, project_id) + 1)
    values: dict[str, Any] = {
        "project_id": project_id,
        "id": new.id,
        "sweep_id": sweep_id,
        "agent_id": _agent_of(unit.conn, new, sweep_id),
        "name": name,
        "state": "pending",
        "config": new.config,
        "summary": {},
        "created": unit.now,
        "heartbeat": unit.now,
        "version": unit.changed(project_id, "run", new.id),
        "tags": [],
    }
    run = runs.create(unit.conn, values)
    if sweep is not None:
        if sweep.state == "PENDING":
            change_sweep_state(unit, sweep, "start", "server", f"its first run, {run.name}, has begun")
        unit.touch_sweep(project_id, sweep.id)
    return run


def _forget(unit: Unit, run: Any) -> Any:
    logged.forget(unit.conn, run.key)
    points.drop_brackets(unit.conn, run.key)
    return runs.change(unit.conn, run.key, NOTHING_LOGGED)


def _claim(unit: Unit, caller: Caller, run: Any, new: NewRun, names: tuple[str, str]) -> tuple[Any, Any]:
    """The run and the new spool. A run that ended before any process had begun it stays so, and takes the spool."""
    part = run.part + 1
    if part > 1 and new.resume not in ("allow", "must"):
        raise _run_exists(run, names)
    spool = spools.add(unit.conn, run.key, part, new.spool)
    values: dict[str, Any] = {"claimed": True, "part": part}
    values |= {key: value for key in _DESCRIBES if (value := getattr(new, key)) is not None}
    if new.name:
        values["name"] = new.name
    if new.group:
        values["run_group"] = new.group
    if new.tags:
        values["tags"] = list(dict.fromkeys([*run.tags, *new.tags]))[:MOST_TAGS]
    # What the sweep handed out is not the program's to change.
    values["config"] = merge_config(merge_config(run.config, new.config), run.params or {})
    if run.started is None:
        values["started"] = beginning(new.started)
    if part > 1 or run.state in UNFINISHED:
        values["heartbeat"] = unit.now
    if part == 1:
        values["creator"] = run.creator or caller.name
    if part > 1:
        values |= _fresh_start(unit, run, new)
        reason = f"its process number {part} goes on after {run.steps} rows"
        run = change_run_state(unit, run, "resume", caller.name, reason=reason, values=values)
    else:
        run = change_run_state(unit, run, "claim", caller.name, values=values)
    return run, spool


def _fresh_start(unit: Unit, run: Any, new: NewRun) -> dict[str, Any]:
    """What a new process has nothing to do with: who worked on the run before, and orders to end that were obeyed."""
    values: dict[str, Any] = {}
    if run.state in ENDED:
        values |= {"agent_id": None, "stop_reason": None, "stop_kill": False, "stopped": None}
    if agent_id := _agent_of(unit.conn, new, run.sweep_id):
        values["agent_id"] = agent_id
    return values


def _agent_of(conn: Connection, new: NewRun, sweep_id: str | None) -> str | None:
    """The agent that a program names, if it works for the run's sweep.

    Any other is none of its business: who holds a run is told to stop it, and gets it again after its preemption.
    """
    agent = agents.get(conn, new.agent_id) if new.agent_id else None
    return agent.id if agent is not None and agent.sweep_id == sweep_id else None


def _run_exists(run: Any, names: tuple[str, str]) -> Conflict:
    return Conflict(
        "run_exists",
        f"There is a run {run.id} in {'/'.join(names)} already ({run.state}), and another process has logged to it.",
        'To go on with it: init(..., resume="allow"). For a new run leave the id out, or give another one.',
        field="id",
    )


def _no_such_run(names: tuple[str, str], run_id: str) -> Missing:
    return Missing(
        "run_not_found",
        f'There is no run {run_id} in {"/".join(names)}, and resume="must" goes on only with one that is there.',
        'Check id and project, or use resume="allow" to begin it.',
        field="id",
    )

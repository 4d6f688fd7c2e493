"""Sweeps: shown, renamed, paused, resumed, stopped, canceled, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import CodeSnapshot, EventPage, Sweep, SweepAction, SweepChange, SweepPage
from besom.server.services import budget
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.deletion import clear, let_go
from besom.server.services.filters import condition_of
from besom.server.services.naming import check_display_name
from besom.server.services.projects import find_project
from besom.server.services.refusals import Conflict, Missing
from besom.server.services.rights import Right, demand, expect, role_in
from besom.server.services.run_state import order_stop
from besom.server.services.states import is_open
from besom.server.services.sweep_state import change_sweep_state, end_queue
from besom.server.services.users import Caller
from besom.server.services.views import event_view, metric_goal, sweep_view
from besom.server.store import agents, deletion, events, fields_of_sweeps, points, runs, secrets, sweeps

if TYPE_CHECKING:
    from sqlalchemy import Connection


_REASONS: dict[SweepAction, str] = {
    "pause": "paused by {0}: no new runs start, running ones go on, agents wait",
    "resume": "resumed by {0}",
    "stop": "stopped by {0}: no new runs start, running ones end normally",
    "cancel": "canceled by {0}: no new runs start, running ones are killed",
}


async def list_sweeps(
    ctx: Context, caller: Caller, entity: str, project: str, filter_text: str | None = None
) -> SweepPage:
    """A project's sweeps that match, the newest first.

    Raises:
        Invalid: the filter cannot be understood.
    """
    matches = condition_of(filter_text, fields_of_sweeps.FIELDS)

    def look(conn: Connection) -> list[Sweep]:
        rows = sweeps.of_project(conn, find_project(conn, caller, entity, project).id, matches)
        ids = [row.id for row in rows]
        totals: dict[str, list[Any]] = {}
        for total in sweeps.run_totals(conn, ids):
            totals.setdefault(total.sweep_id, []).append(total)
        alive = sweeps.living_agents(conn, ids)
        return [
            sweep_view(
                ctx, row, totals.get(row.id, []), _best(conn, row), alive.get(row.id), budget.shown(ctx, conn, row)
            )
            for row in rows
        ]

    return SweepPage(sweeps=await ctx.read(look))


async def get_sweep(ctx: Context, caller: Caller, sweep_id: str) -> Sweep:
    """One sweep with its live counts."""
    return await ctx.read(lambda conn: view(ctx, conn, find_sweep(conn, caller, sweep_id)))


async def prior_runs(ctx: Context, caller: Caller, sweep_id: str) -> list[str]:
    """Ids of the runs that a sweep learnt from when it was made."""
    return await ctx.read(lambda conn: points.prior_runs(conn, find_sweep(conn, caller, sweep_id).id))


async def prior_runs_beside(
    ctx: Context, caller: Caller, entity: str, project: str, sweep_ids: Sequence[str]
) -> dict[str, int]:
    """How many own runs of each of a project's sweeps were there before and are no point of its space; those sweeps
    that have some."""

    def look(conn: Connection) -> dict[str, int]:
        home = find_project(conn, caller, entity, project, in_part=True)
        return points.prior_runs_beside(conn, home.id, [one for one in sweep_ids if caller.sees_sweep(one)])

    return await ctx.read(look)


async def rename_sweep(ctx: Context, caller: Caller, sweep_id: str, change: SweepChange) -> Sweep:
    """Changes the display name or the description; an empty text takes them away."""

    check_display_name(change.display_name or "")

    def rename(unit: Unit) -> Sweep:
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        asked = {"display_name": change.display_name, "description": change.description}
        values: dict[str, Any] = {key: value.strip() or None for key, value in asked.items() if value is not None}
        if values:
            values |= {"updated": unit.now, "version": unit.changed(sweep.project_id, "sweep", sweep_id)}
            sweeps.change(unit.conn, sweep_id, values)
        return view(ctx, unit.conn, find_sweep(unit.conn, caller, sweep_id))

    return await ctx.write(rename)


async def command_sweep(
    ctx: Context, caller: Caller, sweep_id: str, action: SweepAction, reason: str | None = None
) -> Sweep:
    """Pauses, resumes, stops or cancels; ``reason`` is a sentence, by default it says who did it.

    Raises:
        Conflict: the sweep's state does not allow it.
    """

    def command(unit: Unit) -> Sweep:
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        change_sweep_state(unit, sweep, action, caller.name, reason or _REASONS[action].format(caller.name))
        note(unit, caller, f"sweep.{action}", sweep_id, reason or "", entity=sweep.entity, project=sweep.project)
        if action == "cancel":
            for run in runs.unfinished_of_sweep(unit.conn, sweep_id):
                order_stop(unit, run, caller.name, f"the sweep was canceled by {caller.name}", kill=True)
        return view(ctx, unit.conn, find_sweep(unit.conn, caller, sweep_id))

    return await ctx.write(command)


async def delete_sweep(ctx: Context, caller: Caller, sweep_id: str) -> None:
    """Deletes a sweep. Its runs stay, as ordinary runs of the project, and those that run may end in peace. Of a large
    one, those that have ended become so a little later."""

    def delete(unit: Unit) -> None:
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        unit.changed(sweep.project_id, "sweep", sweep_id)
        end_queue(unit, sweep_id, f"sweep {sweep_id} was deleted by {caller.name}")
        let_go(unit, sweep.project_id, runs.held_by_sweep(unit.conn, sweep_id))
        for agent in agents.of_sweep(unit.conn, sweep_id):
            unit.changed(sweep.project_id, "agent", agent.id)
        secrets.drop_of_sweep(unit.conn, sweep_id)
        remains = deletion.give_up_sweep(unit.conn, sweep_id, unit.now)
        if clear(unit, remains):
            deletion.drop(unit.conn, remains)
        reason = f"sweep {sweep_id} deleted by {caller.name}"
        unit.event(sweep.project_id, "sweep.deleted", caller.name, reason, sweep_id=sweep_id)
        note(unit, caller, "sweep.deleted", sweep_id, entity=sweep.entity, project=sweep.project)
        unit.wake(f"sweep/{sweep_id}")

    await ctx.write(delete)


async def sweep_code(ctx: Context, caller: Caller, sweep_id: str) -> CodeSnapshot:
    """The source files that a sweep was created with.

    Raises:
        Missing: it was created without.
    """
    sweep = await ctx.read(lambda conn: find_sweep(conn, caller, sweep_id))
    code = code_of(sweep)
    if code is None:
        raise Missing("no_code", f"No code was kept with sweep {sweep_id}.", "See: besom sweep --help", field="sweep")
    return code


async def sweep_events(ctx: Context, caller: Caller, sweep_id: str, limit: int) -> EventPage:
    """What happened to a sweep and its runs, the newest first."""

    def look(conn: Connection) -> list[Any]:
        find_sweep(conn, caller, sweep_id)
        return events.of_sweep(conn, sweep_id, limit)

    return EventPage(events=[event_view(row) for row in await ctx.read(look)])


def code_of(row: Any) -> CodeSnapshot | None:
    """The source files of a sweep's row."""
    return None if row.code is None else msgspec.convert(row.code, CodeSnapshot)


def find_sweep(conn: Connection, caller: Caller, sweep_id: str, right: Right = "read") -> Any:
    """The sweep's row with its project.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that with it.
    """
    expect(caller, right)
    row = sweeps.get(conn, sweep_id) if caller.sees_sweep(sweep_id) else None
    role = None if row is None else role_in(conn, caller, row.entity)
    if row is None or role is None:
        raise Missing(
            "sweep_not_found",
            f"There is no sweep {sweep_id!r}.",
            "A sweep's id has 8 characters and stands at the end of its address; the sweep may have been deleted.",
            field="sweep",
        )
    demand(caller, role, right, row.entity)
    return row


def find_open_sweep(conn: Connection, caller: Caller, sweep_id: str, right: Right) -> Any:
    """The row of a sweep that may still start runs.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that with it.
        Conflict: it has ended.
    """
    sweep = find_sweep(conn, caller, sweep_id, right)
    refuse_ended(sweep)
    return sweep


def refuse_ended(sweep: Any) -> None:
    """Raises ``Conflict`` for a sweep that can start no more runs."""
    if not is_open(sweep.state):
        raise Conflict(
            "sweep_not_running",
            f"Sweep {sweep.id} is {sweep.state}: {sweep.state_reason}.",
            f"To go on with it: besom sweep --resume {sweep.entity}/{sweep.project}/{sweep.id}",
        )


def view(ctx: Context, conn: Connection, row: Any) -> Sweep:
    """A sweep's row with everything that is counted for it."""
    totals = sweeps.run_totals(conn, [row.id])
    alive = sweeps.living_agents(conn, [row.id])
    spent = budget.shown(ctx, conn, row)
    return sweep_view(ctx, row, totals, _best(conn, row), alive.get(row.id), spent)


def _best(conn: Connection, row: Any) -> Any | None:
    metric = metric_goal(row.config)
    return sweeps.best_run(conn, row.id, metric.goal) if metric else None

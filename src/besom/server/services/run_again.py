"""Runs that have ended are run again: their points are queued once more, and a sweep that has ended goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from besom.protocol import QueuedRun
from besom.server.services.audit import note
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.enqueue import read_point, refuse_full, refuse_held
from besom.server.services.queue import queue_point
from besom.server.services.refusals import Conflict
from besom.server.services.runs import replace
from besom.server.services.states import UNFINISHED, is_open
from besom.server.services.sweep_state import change_sweep_state
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Caller
from besom.server.store import runs, sweeps


async def prepare(ctx: Context, plans: Plans, project_id: int, run_ids: Sequence[str]) -> None:
    """Gets ready what ``run_again`` needs to know of the sweeps of these runs."""
    some = await ctx.read(lambda conn: runs.some_of_project(conn, project_id, run_ids))
    for sweep_id in {run.sweep_id for run in some if run.sweep_id is not None}:
        sweep = await ctx.read(lambda conn, sweep_id=sweep_id: sweeps.get(conn, sweep_id))  # type: ignore[misc]
        if sweep is not None and plans.readable(sweep) is not None:
            await plans.ready(sweep)


def run_again(ctx: Context, unit: Unit, plans: Plans, run: Any, caller: Caller) -> QueuedRun:
    """Queues the point of a run once more.

    A grid has one run for each point, so there the new one takes the place of the old one, which is deleted. All of it
    is one step: no agent gets the point between, and a run that is refused stays as it is.

    Raises:
        Conflict: the run has not ended, or no sweep handed it out; the queue is full; its point has another run.
        Invalid: its point is none of the sweep's any more.
    """
    if run.sweep_id is None or run.params is None:
        raise Conflict("no_point", "No sweep handed it out.")
    if run.state in UNFINISHED:
        raise Conflict("run_not_ended", f"It is {run.state}: what has not ended need not be run again.")
    sweep = find_sweep(unit.conn, caller, run.sweep_id, "write")
    plan = plans.of(sweep)
    refuse_full(unit, sweep.id)
    values = read_point(plan, _configuration(plan, run.params))
    round_ = None
    if _has_place(plan, run, values):
        round_ = run.round
        replace(unit, run, caller.name, f"deleted by {caller.name}, who runs its point again")
        note(unit, caller, "run.deleted", run.id, "to be run again", entity=sweep.entity, project=sweep.project)
    else:
        refuse_held(unit, sweep.id, plan, values)
    if not is_open(sweep.state):
        change_sweep_state(unit, sweep, "resume", caller.name, f"resumed by {caller.name}, to run {run.name} again")
        note(unit, caller, "sweep.resume", sweep.id, entity=sweep.entity, project=sweep.project)
    reason = f"queued by {caller.name}, as {run.name} once more"
    why = {"method": "queued", "kind": "enqueued", "reason": reason, "by": caller.name}
    made = queue_point(ctx, unit, sweep, plan, values, why, round_)
    unit.event(sweep.project_id, "run.queued", caller.name, reason, sweep_id=sweep.id, run_id=made.id)
    return QueuedRun(id=made.id, name=made.name)


def _configuration(plan: Plan, params: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was handed out, without the parameter that counts repeats: that is the server's to give."""
    given: dict[str, Any] = msgspec.to_builtins(params)  # a copy
    repeat = plan.config.repeat
    if repeat is not None and repeat.parameter is not None:
        *groups, last = repeat.parameter
        inner = given
        for group in groups:
            inner = inner.get(group, {})
        inner.pop(last, None)
    return given


def _has_place(plan: Plan, run: Any, values: Mapping[tuple[str, ...], Any]) -> bool:
    """Whether it is the run of its point in a grid; one whose try was repeated, or of an older grid, is not."""
    from besom.search import configuration_hash

    if plan.config.method != "grid" or run.round is None or run.round >= plan.grid.times:
        return False
    return bool(run.point_hash == configuration_hash(plan.config, values))

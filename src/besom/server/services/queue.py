"""A sweep's queue: runs that wait for an agent, and come before anything that search suggests.

In it are the points that a person queued or the configuration starts with (state pending), and runs whose machine was
taken away (state preempted), which go first. Neither belongs to an agent. Runs that broke and are to be tried again
come in between; they stay what they are, and the next try is a run of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.endings import Ending
from besom.server.services.grid_walk import place_of
from besom.server.services.live import sweep_topic
from besom.server.services.naming import new_id, sweep_run_name
from besom.server.services.refusals import Conflict
from besom.server.services.retries import next_due, pass_on, why_again
from besom.server.services.returns import give_back_try, requeue
from besom.server.services.run_state import change_run_state
from besom.server.services.runs import remove
from besom.server.store import points, queue, runs, sweeps

_START = "start_with"


def queue_point(
    ctx: Context,
    unit: Unit,
    sweep: Any,
    plan: Plan,
    values: Mapping[tuple[str, ...], Any],
    why: dict[str, Any],
    round_: int | None = None,
    /,
    **named: str,
) -> Any:
    """Puts a checked point at the end of a sweep's queue; returns its run's row.

    ``round_``: which of its repeats, where that is free; else the next one. ``named`` may hold ``name`` and ``id`` of
    the run.
    """
    identity, number = _next_round(unit, sweep.id, plan, values)
    number = number if round_ is None else round_
    columns: dict[str, Any] = {"point_hash": identity, "round": number, **named}
    repeat = plan.config.repeat
    if repeat is not None:
        repeated = number % repeat.times
        why = {**why, "repeat": repeated + 1, "times": repeat.times}
        values = repeat.numbered(values, repeated)
    if plan.config.method == "grid":
        columns["point_index"] = place = place_of(plan, values, number)
        if place is not None:
            points.claim_freed(unit.conn, sweep.id, place)
    else:
        sweeps.count_suggestion(unit.conn, sweep.id)  # what search is computing now knows nothing of this point
    run = create_run(ctx, unit, sweep, why, {**columns, **handed_out(values)})
    unit.touch_sweep(sweep.project_id, sweep.id)
    unit.wake(sweep_topic(sweep.id))
    return run


def queue_start(ctx: Context, unit: Unit, sweep: Any, plan: Plan, *, again: bool = False) -> None:
    """Queues the points that the configuration starts with; a grid point that a prior run has is not run again.

    With ``again``, in a sweep that has begun, no point is that any run has.
    """
    for number, values in enumerate(plan.config.start_with, 1):
        if again and _next_round(unit, sweep.id, plan, values)[1] > 0:
            continue
        if grid_holder(unit, sweep.id, plan, values) is None and not _is_borrowed(unit, sweep.id, plan, values):
            reason = f"point {number} of {len(plan.config.start_with)} of start_with"
            why = {"method": _START, "kind": _START, "reason": reason, "number": number}
            queue_point(ctx, unit, sweep, plan, values, why)


def drop_start(unit: Unit, sweep: Any, actor: str) -> None:
    """Takes the points of ``start_with`` out of the queue: the configuration is about to be replaced.

    Raises:
        Conflict: others are queued, which may not fit the new configuration.
    """
    waiting = queue.queued(unit.conn, sweep.id)
    others = [run.id for run in waiting if run.why["method"] != _START]
    if others:
        raise Conflict(
            "sweep_has_queue",
            f"Runs are queued for sweep {sweep.id}, which may not fit another configuration: {', '.join(others[:5])}.",
            "Delete them first, or make a new sweep: besom sweep FILE",
        )
    for run in waiting:
        remove(unit, run, actor, "the configuration was replaced")


def create_run(
    ctx: Context,
    unit: Unit,
    sweep: Any,
    why: dict[str, Any],
    columns: dict[str, Any],
    suggested: int | None = None,
) -> Any:
    """A new pending run of a sweep, for the agent in ``columns`` or the queue; returns its row.

    ``columns`` hold what it was ``handed_out``, and may hold its id, which must be free. ``suggested``: how far the
    sweep's search has come with it.
    """
    number = sweeps.count_run(unit.conn, sweep.id, suggested)
    run_id = columns.get("id") or _free_id(ctx, unit, sweep.project_id)
    return runs.create(
        unit.conn,
        {
            "project_id": sweep.project_id,
            "id": run_id,
            "sweep_id": sweep.id,
            "name": sweep_run_name(ctx.rng, number),
            "state": "pending",
            "why": why,
            "summary": {},
            "tags": [],
            "created": unit.now,
            "version": unit.changed(sweep.project_id, "run", run_id),
            **columns,
        },
    )


def handed_out(values: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """The columns of a run that is given these values."""
    from besom.search import nest

    params = nest(values)
    return {"params": params, "config": params}


def lease_of(agent: Any, now: float, run: Any = None) -> dict[str, Any]:
    """The columns of a run that an agent is given; ``run``: its row, where it was there before."""
    gpus = len(agent.gpus) / max(1, agent.slots) if agent.gpus else None
    hand_out = 1 if run is None else run.hand_out + 1
    return {"agent_id": agent.id, "hand_out": hand_out, "heartbeat": now, "gpus": gpus}


def _free_id(ctx: Context, unit: Unit, project_id: int) -> str:
    run_id = new_id(ctx.rng)
    while runs.exists(unit.conn, project_id, run_id):
        run_id = new_id(ctx.rng)
    return run_id


def grid_holder(unit: Unit, sweep_id: str, plan: Plan, values: Mapping[tuple[str, ...], Any]) -> Any | None:
    """The run that has this point of a grid, in all of its repeats; None elsewhere: a point may be tried again."""
    if plan.config.method != "grid":
        return None
    identity, number = _next_round(unit, sweep_id, plan, values)
    return points.holder(unit.conn, sweep_id, identity, 0) if number >= plan.grid.times else None


def _is_borrowed(unit: Unit, sweep_id: str, plan: Plan, values: Mapping[tuple[str, ...], Any]) -> bool:
    """Whether prior runs of other sweeps have this point of a grid in all of its repeats."""
    if plan.config.method != "grid":
        return False
    identity, _ = _next_round(unit, sweep_id, plan, values)
    return points.is_borrowed(unit.conn, sweep_id, identity, plan.grid.times - 1)


def _next_round(unit: Unit, sweep_id: str, plan: Plan, values: Mapping[tuple[str, ...], Any]) -> tuple[str, int]:
    """The identity of a configuration, and the first of its rounds without a run."""
    from besom.search import configuration_hash

    identity = configuration_hash(plan.config, values)
    walked = plan.config.method == "grid" or plan.config.repeat is not None
    return identity, (points.free_round if walked else points.next_round)(unit.conn, sweep_id, identity)


def take_preempted(unit: Unit, agent: Any, run: Any) -> Any:
    """Hands a preempted run to an agent; returns its row."""
    lease = lease_of(agent, unit.now, run)
    values = {**lease, "claimed": False, "stop_reason": None, "stop_kill": False, "stopped": None}
    return change_run_state(unit, run, "hand_out", agent.name, reason=f"goes on with {agent.name}", values=values)


def take_queued(unit: Unit, agent: Any) -> Any | None:
    """Hands the sweep's oldest queued point to an agent; returns its row, None when there is none."""
    run = queue.first_queued(unit.conn, agent.sweep_id)
    if run is None:
        return None
    # Less than nothing where the clock was set back since: what counts is the time from now on.
    waited = {"idle": unit.now - run.created}
    values = {**lease_of(agent, unit.now, run), **waited, "version": unit.changed(run.project_id, "run", run.id)}
    return runs.change(unit.conn, run.key, values)


def take_retry(ctx: Context, unit: Unit, agent: Any, sweep: Any, plan: Plan) -> Any | None:
    """Makes the next try of a run that broke, for an agent; returns the new run's row, None where none is due."""
    broken = next_due(unit, agent, plan)
    if broken is None or plan.config.retry is None:
        return None
    columns = pass_on(unit, broken, _free_id(ctx, unit, sweep.project_id))
    why = why_again(broken, plan.config.retry)
    return create_run(ctx, unit, sweep, why, {**columns, **lease_of(agent, unit.now)})


def put_back(unit: Unit, plans: Plans, run: Any, reason: str) -> bool:
    """Lets a run that waited for an agent, and was handed out and never begun, wait again; False for any other."""
    if run.stop_reason is not None:
        return False
    if was_begun(run):
        ending = Ending("preempted", reason)
        requeue(unit, plans, change_run_state(unit, run, "process_exit", "server", ending=ending))
    elif run.attempt > 1:
        return give_back_try(unit, plans, run, reason)
    elif is_queued(run):
        values = {"agent_id": None, "heartbeat": None, "version": unit.changed(run.project_id, "run", run.id)}
        runs.change(unit.conn, run.key, values)
        unit.wake(sweep_topic(run.sweep_id))
    else:
        return False
    return True


def was_begun(run: Any) -> bool:
    """Whether a pending run was preempted before: a program has begun it once."""
    return run.started is not None


def is_queued(run: Any) -> bool:
    """Whether a run came out of the queue: a person, a controller or the configuration gave its point."""
    return run.why is not None and ("by" in run.why or run.why.get("method") == _START)

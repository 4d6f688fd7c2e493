"""A person queues a point of a sweep, to be run before anything that search suggests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from besom.protocol import NewPoint, Run
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.naming import check_display_name, check_name
from besom.server.services.queue import grid_holder, queue_point
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.runs import remove
from besom.server.services.sweep_state import change_sweep_state
from besom.server.services.sweeps import find_open_sweep, find_sweep, refuse_ended
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import queue, runs

LONGEST_QUEUE = 10_000


async def enqueue(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    sweep_id: str,
    new: NewPoint,
    disconnected: Callable[[], bool] = lambda: False,
) -> Run:
    """Queues a point; returns its run.

    Args:
        ctx: The services' context.
        plans: Of the sweeps in use.
        caller: Who asks.
        sweep_id: The sweep.
        new: The point. With the id of a run that is there already nothing changes.
        disconnected: Whether nobody waits for the answer any more: who asks again, without an id, is somebody new.

    Raises:
        Invalid: a parameter is unknown, missing, or cannot have that value.
        Conflict: the sweep has ended, its queue is full, the point of its grid has a run, the id has another one or
            another point, or nobody waits for the answer.
    """
    named = {} if new.id is None else {"id": check_name("run", new.id)}
    if new.display_name:
        check_display_name(new.display_name)
        named["name"] = new.display_name
    asked = await ctx.read(lambda conn: find_sweep(conn, caller, sweep_id))
    await plans.ready(asked)

    def put(unit: Unit) -> Run:
        if new.id is None and disconnected():
            raise _disconnected()
        sweep = find_sweep(unit.conn, caller, sweep_id, "write")
        plan = plans.of(sweep)
        if new.id is not None and (known := _known_run(unit, sweep, plan, new.id, new.params)):
            return run_view(ctx, known, sweep.entity, sweep.project)
        refuse_ended(sweep)
        refuse_full(unit, sweep_id)
        values = read_point(plan, new.params)
        refuse_held(unit, sweep_id, plan, values)
        run = queue_point(ctx, unit, sweep, plan, values, _why(new, caller), **named)
        subject = {"sweep_id": sweep_id, "run_id": run.id}
        unit.event(sweep.project_id, "run.queued", caller.name, f"queued by {caller.name}", **subject)
        return run_view(ctx, run, sweep.entity, sweep.project)

    def withdraw(unit: Unit) -> bool:
        """Whether it could be: an agent may have taken the run meanwhile."""
        row = runs.get(unit.conn, asked.project_id, run.id)
        waits: bool = row is not None and row.deleted is None and row.state == "pending" and row.agent_id is None
        if waits:
            remove(unit, row, caller.name, "nobody waited for the answer")
        return waits

    run = await ctx.write(put)
    # While the transaction was on its way to the disk:
    if new.id is None and disconnected() and await ctx.write(withdraw):
        raise _disconnected()
    return run


def refuse_full(unit: Unit, sweep_id: str) -> None:
    """Raises ``Conflict`` where a sweep's queue takes no more."""
    if queue.length(unit.conn, sweep_id) >= LONGEST_QUEUE:
        raise Conflict("queue_full", f"{LONGEST_QUEUE} runs of sweep {sweep_id} are queued already.", "Wait.")


def refuse_held(unit: Unit, sweep_id: str, plan: Plan, values: Mapping[tuple[str, ...], Any]) -> None:
    """Raises ``Conflict`` for a point of a grid that has a run."""
    holder = grid_holder(unit, sweep_id, plan, values)
    if holder is not None:
        raise Conflict(
            "point_has_run",
            f"That point of the grid has a run already: {holder.id} ({holder.name}, {holder.state}).",
            "To run it again, delete that run first.",
            field="params",
        )


def _known_run(unit: Unit, sweep: Any, plan: Plan, run_id: str, params: Mapping[str, Any]) -> Any | None:
    """The run of that id, which an earlier request has queued with the same point."""
    from besom.search import configuration_hash

    known = runs.get(unit.conn, sweep.project_id, run_id)
    if known is None:
        return None
    if known.sweep_id != sweep.id or known.deleted is not None:
        raise Conflict("run_exists", f"The id {run_id} has been given to another run.", field="id")
    if known.point_hash != configuration_hash(plan.config, read_point(plan, params)):
        raise Conflict(
            "run_exists",
            f"The id {run_id} has been given to a run with other parameters.",
            "Use another id.",
            field="id",
        )
    return known


def _disconnected() -> Conflict:
    return Conflict("disconnected", "Nothing is queued: nobody waits for the answer any more.")


async def end_search(ctx: Context, caller: Caller, sweep_id: str) -> None:
    """The process that chooses a sweep's runs has no more: the sweep is complete, unless some have not ended."""

    def end(unit: Unit) -> None:
        sweep = find_open_sweep(unit.conn, caller, sweep_id, "write")
        if not runs.unfinished_of_sweep(unit.conn, sweep_id):
            change_sweep_state(unit, sweep, "complete", caller.name, "its controller has no more runs for it")

    await ctx.write(end)


def _why(new: NewPoint, caller: Caller) -> dict[str, Any]:
    """What is kept of how the point came here; ``by`` marks it as one of the queue."""
    if new.why is None:
        reason = f"queued by {caller.name}"
        return {"method": "queued", "kind": "enqueued", "reason": reason, "by": caller.name}
    return {"method": "custom", "kind": "controller", **new.why, "by": caller.name}


def read_point(plan: Plan, given: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """The values of all parameters; raises Invalid, which names every problem."""
    from besom.config import ConfigError, read_point

    try:
        return read_point(given, plan.config)
    except ConfigError as error:
        message = "\n\n".join(["The configuration cannot be queued.", *map(str, error.problems)])
        raise Invalid("bad_point", message, field=error.problems[0].where or "params") from None

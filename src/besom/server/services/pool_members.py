"""What an agent of a whole project is in its sweeps: an agent like any other in each, which joins when the sweep is
first asked for a run, is kept alive by one heartbeat for all, and leaves them all together."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from besom.protocol import (
    AgentJoined,
    EndedRun,
    Heartbeat,
    HeartbeatReply,
    NewAgent,
    PoolJoined,
    Run,
    StopOrder,
)
from besom.server.services.agents import (
    HEARTBEATS_PER_LEASE,
    LEFT,
    add_agent,
    depart,
    record_exit,
    refuse_ended_key,
    retire,
)
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.heartbeats import LONGEST_WAIT, Orders, bring_back, hear, orders_of
from besom.server.services.live import agent_topic
from besom.server.services.naming import is_new_id, new_id
from besom.server.services.projects import find_project
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.states import is_open
from besom.server.services.sweeps import code_of, find_sweep, view
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import pools, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ID_LENGTH = 12
_DEPARTED_SECONDS = 3600.0
"""How long it is known that one has left: longer than any request of its is held back."""


class Left(Exception):
    """The agent does not wait for the answer any more."""


class Over(Exception):
    """A sweep has no more runs to give."""


async def join(ctx: Context, caller: Caller, entity: str, project: str) -> PoolJoined:
    """An agent begins to work for a project, which has to be there.

    Raises:
        Missing: it is not.
    """
    await ctx.read(lambda conn: find_project(conn, caller, entity, project, "work"))
    return PoolJoined(
        pool_id=new_id(ctx.rng, _ID_LENGTH),
        entity=entity,
        project=project,
        url=ctx.page(entity, project),
        heartbeat_seconds=ctx.lease_seconds / HEARTBEATS_PER_LEASE,
        lease_seconds=ctx.lease_seconds,
    )


def find_home(conn: Connection, caller: Caller, place: tuple[str, str], pool: str) -> Any:
    """The row of the project (``place``: its entity and name) for which an agent works.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not work for it.
        Invalid: no agent has such an id.
    """
    home = find_project(conn, caller, *place, "work")
    if not is_new_id(pool, _ID_LENGTH):
        shape = f"it is {_ID_LENGTH} lower-case letters and digits"
        raise Invalid("bad_pool", f"{pool!r} is not the id of an agent: {shape}.", "Join first.", field="pool_id")
    return home


def enter(
    ctx: Context,
    caller: Caller,
    pool: str,
    sweep_id: str,
    about: NewAgent,
    disconnected: Callable[[], bool],
    unit: Unit,
) -> str:
    """The agent's id as a member of a sweep, which it joins where it is not at work yet.

    Raises:
        Left: nobody hears the answer.
        Over: there is no such sweep any more, or it has ended and has no run of the agent's.
    """
    refuse_ended_key(unit.conn, caller)
    try:
        sweep = find_sweep(unit.conn, caller, sweep_id, "work")
    except Missing:
        raise Over from None
    if disconnected() or pools.has_departed(unit.conn, sweep.project_id, pool):
        raise Left
    member = pools.member(unit.conn, pool, sweep_id)
    if not is_open(sweep.state) and (member is None or not member.holds):
        raise Over
    if member is None:
        unit.wake(agent_topic(pool))
        return add_agent(ctx, unit, sweep, about, caller.name, pool)
    if member.state == "gone":  # with a sweep that had ended, and goes on; or it was lost
        bring_back(unit, member, "it works for the sweep again")
    return str(member.id)


def joined(ctx: Context, caller: Caller, pool: str, sweep_id: str, conn: Connection) -> AgentJoined:
    """Who it is in a sweep of which it gets a run."""
    sweep, member = find_sweep(conn, caller, sweep_id), pools.member(conn, pool, sweep_id)
    if member is None:
        raise LookupError(f"agent {pool} was given a run of sweep {sweep_id}, and is no member of it")
    return AgentJoined(
        agent_id=member.id,
        sweep=view(ctx, conn, sweep),
        heartbeat_seconds=ctx.lease_seconds / HEARTBEATS_PER_LEASE,
        lease_seconds=ctx.lease_seconds,
        code=code_of(sweep),
    )


def record_ends(ctx: Context, plans: Plans, unit: Unit, home: Any, pool: str, ended: Sequence[EndedRun]) -> list[Run]:
    """Records the ends of its runs; returns the runs, without those that were deleted meanwhile."""
    members = {row.id: row for row in pools.members(unit.conn, pool, home.id, [end.run_id for end in ended])}
    runs_now: list[Run] = []
    for end in ended:
        run = runs.get(unit.conn, home.id, end.run_id)
        if run is not None and run.agent_id in members:
            runs_now.append(record_exit(ctx, plans, unit, members[run.agent_id], end.run_id, end))
        elif run is not None and run.agent_id is None:  # it was preempted, and is nobody's
            runs_now.append(run_view(ctx, run, home.entity, home.name))
    return runs_now


async def beat(
    ctx: Context, told: Orders, caller: Caller, place: tuple[str, str], pool: str, heartbeat: Heartbeat
) -> HeartbeatReply:
    """Keeps it alive in all sweeps, with its runs; answers with the runs to stop, as ``heartbeats.beat`` does."""
    deadline = time.monotonic() + min(heartbeat.wait, LONGEST_WAIT)
    holding = heartbeat.holding

    def look(conn: Connection) -> tuple[set[str], list[StopOrder]]:
        home = find_home(conn, caller, place, pool)
        members = pools.members(conn, pool, home.id)
        return {row.id for row in members}, [order for row in members for order in orders_of(conn, row.id)]

    def hear_all(unit: Unit) -> None:
        home = find_home(unit.conn, caller, place, pool)
        for member in pools.members(unit.conn, pool, home.id, holding):
            _hear(unit, member, holding)

    await ctx.write(hear_all)
    known: set[str] = set()
    while True:
        with ctx.live.listening(agent_topic(pool), *map(agent_topic, known)) as listener:
            members, orders = await ctx.read(look)
            if told.are_news(pool, holding, orders):
                break
            if known.issuperset(members) and not await listener.wait(deadline - time.monotonic()):
                break
        known = members
    told.keep(pool, holding, orders)
    return HeartbeatReply(stop=orders)


def _hear(unit: Unit, member: Any, holding: list[str]) -> None:
    """It leaves a sweep that has ended as soon as the last of its processes there is over."""
    if is_open(member.sweep_state) or member.holds or runs.held(unit.conn, member.id, holding):
        with contextlib.suppress(Missing):  # it has left the sweep, and says so of a run that was its own
            hear(unit, member, holding)
    elif member.state == "running":
        retire(unit, member, LEFT, member.name, "the sweep has ended")


async def withdraw(ctx: Context, home: Any, pool: str, without: Sequence[str]) -> None:
    """It leaves the sweeps ``without`` whose runs it takes no more: what broke there with another is not left to it."""

    def idle(conn: Connection) -> list[Any]:
        members = pools.members(conn, pool, home.id)
        return [one for one in members if one.sweep_id in without and one.state == "running" and not one.holds]

    def go(unit: Unit) -> None:
        for member in idle(unit.conn):
            retire(unit, member, LEFT, member.name, "it takes no more runs of the sweep")

    if without and await ctx.read(idle):
        await ctx.write(go)


async def leave(ctx: Context, plans: Plans, caller: Caller, place: tuple[str, str], pool: str) -> None:
    """It ends, in all sweeps; what it still holds is over, as with ``agents.leave``."""

    def go(unit: Unit) -> None:
        home = find_home(unit.conn, caller, place, pool)
        for member in pools.members(unit.conn, pool, home.id):
            depart(unit, plans, member)
        pools.depart(unit.conn, home.id, pool, unit.now)

    await ctx.write(go)


async def forget_departed(ctx: Context) -> None:
    """Forgets those who left long ago."""
    await ctx.write(lambda unit: pools.forget_departed(unit.conn, unit.now - _DEPARTED_SECONDS))

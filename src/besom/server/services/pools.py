"""Agents that work for all running sweeps of a project, the sweep with the highest priority first.

In each sweep such an agent is a *member*: an agent like any other, which joins with its first look at the sweep and
stays as long as it lives. So leases, limits, quarantine and what follows from them are the sweep's own, and decided as
ever; all that is decided here is which sweep is asked first.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.protocol import (
    AgentJoined,
    EndedRun,
    Heartbeat,
    HeartbeatReply,
    NewAgent,
    NextRequest,
    NextRun,
    NextWait,
    PoolJoined,
    PoolReply,
    PoolRequest,
    Run,
    StopOrder,
)
from besom.server.services.agents import (
    HEARTBEATS_PER_LEASE,
    LEFT,
    LONGEST_WAIT,
    Orders,
    add_agent,
    depart,
    hear,
    orders_of,
    record_exit,
    refuse_ended_key,
    retire,
)
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.live import agent_topic, project_topic, sweep_topic
from besom.server.services.naming import new_id
from besom.server.services.projects import find_project
from besom.server.services.refusals import Conflict, Missing
from besom.server.services.scheduler import Scheduler
from besom.server.services.states import is_open
from besom.server.services.sweeps import code_of, find_open_sweep, find_sweep, view
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import agents, pools, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CAPACITY = 10_000


class _Left(Exception):
    """The agent does not wait for the answer any more."""


class Pools:
    """Answers such agents."""

    def __init__(self, ctx: Context, plans: Plans, scheduler: Scheduler) -> None:
        self._ctx = ctx
        self._plans = plans
        self._scheduler = scheduler
        self._orders = Orders()
        self._turns = itertools.count(1)
        self._served: dict[str, int] = {}
        """When each sweep had its last turn."""

    async def join(self, caller: Caller, entity: str, project: str) -> PoolJoined:
        """An agent begins to work for a project, which has to be there.

        Raises:
            Missing: it is not.
        """
        await self._ctx.read(lambda conn: find_project(conn, caller, entity, project, "work"))
        return PoolJoined(
            pool_id=new_id(self._ctx.rng, 12),
            entity=entity,
            project=project,
            url=self._ctx.page(entity, project),
            heartbeat_seconds=self._ctx.lease_seconds / HEARTBEATS_PER_LEASE,
            lease_seconds=self._ctx.lease_seconds,
        )

    async def next(
        self, caller: Caller, place: tuple[str, str], pool: str, request: PoolRequest, hung_up: Callable[[], bool]
    ) -> PoolReply:
        """A run of the sweep whose turn it is; held back for up to ``request.wait`` seconds while no sweep has any.

        Args:
            caller: Whose agent it is.
            place: Entity and project.
            pool: The agent.
            request: What it asks.
            hung_up: Whether it does not wait for the answer any more.
        """
        deadline = time.monotonic() + min(request.wait, LONGEST_WAIT)
        home = await self._ctx.read(lambda conn: find_project(conn, caller, *place, "work"))
        ended: list[Run] = []
        if request.ended:
            ended = await self._ctx.write(lambda unit: self._record(unit, home, pool, request.ended))
        known: set[str] = set()
        while True:
            topics = [project_topic(home.id), *map(sweep_topic, known)]
            with self._ctx.live.listening(*topics) as listener:
                order = await self._ctx.read(lambda conn: self._in_turn(conn, home.id, pool, request))
                try:
                    reply = await self._first_of(order, caller, pool, request, hung_up)
                except _Left:
                    return PoolReply(next=NextWait(reason="the agent has left", ended=ended))
                if isinstance(reply.next, NextRun) or request.ended or request.wait <= 0:
                    reply.next.ended = ended
                    return reply
                if known.issuperset(order) and not await listener.wait(deadline - time.monotonic()):
                    return reply
            known = set(order)

    def _in_turn(self, conn: Connection, project_id: int, pool: str, request: PoolRequest) -> list[str]:
        """The running sweeps, in the order in which they are asked for a run.

        First those of runs that were handed to this agent and did not reach it; then by priority. Among equals comes
        first who has the fewest runs at work, then whose turn was longest ago.
        """
        unheard = {
            member.sweep_id
            for member in pools.members(conn, pool, project_id)
            for run in runs.leases(conn, member.id)
            if run.state == "pending" and not run.claimed and run.id not in request.holding
        }

        def place(sweep: Any) -> tuple[bool, int, int, int]:
            plan = self._plans.readable(sweep)
            priority = 0 if plan is None else plan.config.priority
            return sweep.id not in unheard, -priority, sweep.at_work, self._served.get(sweep.id, 0)

        wanted = [sweep for sweep in pools.open_sweeps(conn, project_id) if sweep.id not in request.without]
        return [sweep.id for sweep in sorted(wanted, key=place)]

    async def _first_of(
        self, order: Sequence[str], caller: Caller, pool: str, request: PoolRequest, hung_up: Callable[[], bool]
    ) -> PoolReply:
        reasons = []
        for sweep_id in order:
            self._take_turn(sweep_id)
            asked = NextRequest(holding=request.holding, wait=0)
            try:
                agent_id = await self._ctx.write(partial(self._enter, caller, pool, sweep_id, request.about, hung_up))
                reply = await self._scheduler.next(caller, agent_id, asked, hung_up)
                if isinstance(reply, NextRun):
                    joined = await self._ctx.read(partial(self._joined, caller, sweep_id, agent_id))
                    return PoolReply(next=reply, joined=joined)
            except (Missing, Conflict):  # deleted, or ended, since the order was read
                continue
            if isinstance(reply, NextWait):
                reasons.append((sweep_id, reply))
        return _nothing(reasons)

    def _take_turn(self, sweep_id: str) -> None:
        if len(self._served) >= _CAPACITY:
            self._served.clear()
        self._served[sweep_id] = next(self._turns)

    def _enter(
        self, caller: Caller, pool: str, sweep_id: str, about: NewAgent, hung_up: Callable[[], bool], unit: Unit
    ) -> str:
        """The agent's id as a member of a sweep, which it joins where it has not yet.

        Raises:
            _Left: nobody hears the answer.
        """
        refuse_ended_key(unit.conn, caller)
        sweep = find_open_sweep(unit.conn, caller, sweep_id, "work")
        if hung_up() or pools.has_departed(unit.conn, sweep.project_id, pool):
            raise _Left
        member = pools.member(unit.conn, pool, sweep_id)
        if member is None:
            agent_id = add_agent(self._ctx, unit, sweep, about, caller.name, pool)
            unit.wake(agent_topic(pool))
        else:
            agent_id = str(member.id)
            if member.state == "gone":  # with a sweep that had ended, and goes on
                agents.change(unit.conn, agent_id, {"state": "running", "heartbeat": unit.now})
                unit.changed(sweep.project_id, "agent", agent_id)
        return agent_id

    def _joined(self, caller: Caller, sweep_id: str, agent_id: str, conn: Connection) -> AgentJoined:
        """Who it is in the sweep of a run that it gets."""
        sweep = find_sweep(conn, caller, sweep_id)
        return AgentJoined(
            agent_id=agent_id,
            sweep=view(self._ctx, conn, sweep),
            heartbeat_seconds=self._ctx.lease_seconds / HEARTBEATS_PER_LEASE,
            lease_seconds=self._ctx.lease_seconds,
            code=code_of(sweep),
        )

    def _record(self, unit: Unit, home: Any, pool: str, ended: Sequence[EndedRun]) -> list[Run]:
        """Records the ends of its runs; returns the runs, without those that were deleted meanwhile."""
        members = {row.id: row for row in pools.members(unit.conn, pool, home.id, [end.run_id for end in ended])}
        runs_now: list[Run] = []
        for end in ended:
            run = runs.get(unit.conn, home.id, end.run_id)
            if run is not None and run.agent_id in members:
                member = members[run.agent_id]
                runs_now.append(record_exit(self._ctx, self._plans, unit, member, end.run_id, end))
            elif run is not None and run.agent_id is None:  # it was preempted, and is nobody's
                runs_now.append(run_view(self._ctx, run, home.entity, home.name))
        return runs_now

    async def beat(self, caller: Caller, place: tuple[str, str], pool: str, heartbeat: Heartbeat) -> HeartbeatReply:
        """Keeps it alive in all sweeps, with its runs; answers with the runs to stop, as ``agents.beat`` does."""
        deadline = time.monotonic() + min(heartbeat.wait, LONGEST_WAIT)
        holding = heartbeat.holding

        def look(conn: Connection) -> tuple[set[str], list[StopOrder]]:
            home = find_project(conn, caller, *place, "work")
            members = pools.members(conn, pool, home.id)
            return {row.id for row in members}, [order for row in members for order in orders_of(conn, row.id)]

        def hear_all(unit: Unit) -> None:
            home = find_project(unit.conn, caller, *place, "work")
            for member in pools.members(unit.conn, pool, home.id, holding):
                self._hear(unit, member, holding)

        await self._ctx.write(hear_all)
        known: set[str] = set()
        while True:
            with self._ctx.live.listening(agent_topic(pool), *map(agent_topic, known)) as listener:
                members, orders = await self._ctx.read(look)
                if self._orders.are_news(pool, holding, orders):
                    break
                if known.issuperset(members) and not await listener.wait(deadline - time.monotonic()):
                    break
            known = members
        self._orders.keep(pool, holding, orders)
        return HeartbeatReply(stop=orders)

    def _hear(self, unit: Unit, member: Any, holding: list[str]) -> None:
        if is_open(member.sweep_state) or runs.leases(unit.conn, member.id):
            with contextlib.suppress(Missing):  # it has left the sweep, and says so of a run that was its own
                hear(unit, member, holding)
        elif member.state == "running":
            retire(unit, member, LEFT, member.name, "the sweep has ended")

    async def leave(self, caller: Caller, place: tuple[str, str], pool: str) -> None:
        """It ends, in all sweeps; what it still holds is over, as with ``agents.leave``."""

        def go(unit: Unit) -> None:
            home = find_project(unit.conn, caller, *place, "work")
            for member in pools.members(unit.conn, pool, home.id):
                depart(unit, self._plans, member)
            pools.depart(unit.conn, home.id, pool, unit.now)

        await self._ctx.write(go)


def _nothing(reasons: Sequence[tuple[str, NextWait]]) -> PoolReply:
    """The answer where no sweep has a run to give."""
    if not reasons:
        return PoolReply(next=NextWait(reason="no sweep of the project is running"), idle=True)
    others = f", nor has any of {len(reasons) - 1} others" if len(reasons) > 1 else ""
    name, wait = reasons[0]
    quarantined = all(reply.quarantined for _, reply in reasons)
    return PoolReply(
        next=NextWait(reason=f"sweep {name} has no run now ({wait.reason}){others}", quarantined=quarantined)
    )

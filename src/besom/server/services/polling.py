"""Agents that ask every few seconds, tell what they work on, and nothing else.

They say neither how a run ended nor that they leave: a run of theirs is over when they do not name it any more. They
work on one run at a time and take one order per answer, which may be lost or come twice.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import msgspec

from besom.protocol import MOST_TOLD, NextExit, NextReply, NextRequest, NextRun, NextWait, StopOrder
from besom.server.services.agents import find_agent, retire
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.endings import Ending
from besom.server.services.heartbeats import hear
from besom.server.services.refusals import Invalid
from besom.server.services.returns import conclude, requeue
from besom.server.services.run_state import change_run_state, lose
from besom.server.services.scheduler import Scheduler
from besom.server.services.users import Caller
from besom.server.store import agents, runs, sweeps

PATIENCE = 10.0
"""Seconds that an answer may take. A suggestion that takes longer is handed out with a later answer."""
_GRACE = 45.0
"""Seconds in which a program ends by itself once it has heard, with the answer to what it reports, that it should: its
agent would end it with a signal, and what it has not sent would be lost."""
_AT_ONCE = 2.5
"""An agent that is heard sooner than this after it joined calls functions; one that starts commands waits 5 s. A
function does not hear that it should end: its agent has to be told at once, and loses nothing by it."""
_MOST_TIMES = 3
"""How often a run is handed out to one agent before it counts as one whose program dies at its start."""


class _Known(msgspec.Struct):
    """What is remembered of an agent, in its row: its next request may come to another server."""

    holding: set[str] = set()
    """What it worked on when it was last heard."""
    handed: str | None = None
    """The run that it was given last, and how often."""
    times: int = 0
    stopping: dict[str, float] = {}
    """Since when its runs are known to be told to end."""


class Polling:
    """Answers such agents."""

    def __init__(self, ctx: Context, plans: Plans, scheduler: Scheduler, patience: float = PATIENCE) -> None:
        self._ctx = ctx
        self._plans = plans
        self._scheduler = scheduler
        self._patience = patience
        self._asking: dict[str, asyncio.Task[NextReply]] = {}

    async def beat(
        self, caller: Caller, agent_id: str, holding: list[str]
    ) -> NextRun | NextExit | StopOrder | NextWait:
        """What an agent that works on these runs should do now.

        Raises:
            Missing: there is no such agent, perhaps because its sweep was deleted.
            Invalid: nobody works on so many.
        """
        if len(holding) > MOST_TOLD:
            told = f"The agent names {len(holding):,} runs that it works on; at most {MOST_TOLD:,} are possible."
            raise Invalid("too_many_runs", told, field="runState")
        heard = await self._ctx.write(lambda unit: self._hear(unit, caller, agent_id, holding))
        if heard != "idle":
            return heard
        reply = await self._next(caller, agent_id)
        if isinstance(reply, NextRun):
            await self._ctx.write(lambda unit: _note_handed(unit, agent_id, reply.run_id))
        elif isinstance(reply, NextExit):
            await self._ctx.write(lambda unit: _leave(unit, find_agent(unit.conn, caller, agent_id)))
        return reply

    def _hear(
        self, unit: Unit, caller: Caller, agent_id: str, holding: list[str]
    ) -> NextExit | StopOrder | NextWait | Literal["idle"]:
        agent = find_agent(unit.conn, caller, agent_id)
        hear(unit, agent, holding)
        if agent.heartbeat == agent.created:  # for the first time
            agents.change(unit.conn, agent_id, {"calls_functions": unit.now - agent.created < _AT_ONCE})
        sweep = sweeps.get(unit.conn, agent.sweep_id)
        if sweep is None:
            raise LookupError(f"agent {agent_id} has outlived its sweep")
        known = _known_of(agent)
        canceled = sweep.state == "CANCELED"
        self._end_missed(unit, agent, [] if canceled else holding, known, all_of_them=canceled)
        if canceled:
            _leave(unit, agent)
            return NextExit(reason=sweep.state_reason, sweep_state=sweep.state)
        order = _order(unit, agent, holding, known)
        known.holding = set(holding)
        _keep(unit, agent, known)
        return order or (NextWait(reason="it is at work") if holding else "idle")

    def _end_missed(self, unit: Unit, agent: Any, holding: list[str], known: _Known, *, all_of_them: bool) -> None:
        """Ends the agent's runs that it does not work on any more.

        A run that no program has claimed, and that the agent never named, may not have reached it: it is handed out
        again, unless that was done often enough.
        """
        for run in runs.leases(unit.conn, agent.id):
            if run.id in holding:
                continue
            tried = known.times if known.handed == run.id else 0
            lost = not run.claimed and run.id not in known.holding and tried < _MOST_TIMES
            if all_of_them or run.deleted is not None or not lost:
                self._end(unit, agent, run)
        for run in runs.preempted(unit.conn, agent.id):
            if run.id not in holding:
                requeue(unit, self._plans, run)

    def _end(self, unit: Unit, agent: Any, run: Any) -> None:
        if run.stop_reason is not None:
            ended = change_run_state(unit, run, "process_exit", agent.name, ending=Ending("killed", run.stop_reason))
        elif run.claimed:
            ended = lose(unit, run, "its agent works on it no more, and it did not say how it ended")
        else:
            reason = "its program ended before it called init()"
            ended = change_run_state(unit, run, "process_exit", agent.name, ending=Ending("failed", reason))
        # Of a run that was lost its own last word may still be on its way.
        conclude(unit, self._plans, ended, is_over=ended.state not in ("preempted", "crashed"))

    async def _next(self, caller: Caller, agent_id: str) -> NextReply:
        """The scheduler's answer, unless it takes too long. An agent that asks again waits for the same answer."""
        task = self._asking.get(agent_id)
        if task is None:
            task = asyncio.create_task(self._scheduler.next(caller, agent_id, NextRequest(wait=0)))
            self._asking[agent_id] = task
            task.add_done_callback(lambda done: self._answered(agent_id, done))
        finished, _ = await asyncio.wait({task}, timeout=self._patience)
        return task.result() if finished else NextWait(reason="the search is still at work")

    def _answered(self, agent_id: str, task: asyncio.Task[NextReply]) -> None:
        del self._asking[agent_id]
        if not task.cancelled():
            task.exception()  # whoever waits still gets it; nobody may be waiting any more


def _known_of(agent: Any) -> _Known:
    return msgspec.convert(agent.polled or {}, _Known)


def _keep(unit: Unit, agent: Any, known: _Known) -> None:
    polled = msgspec.to_builtins(known)
    if polled != agent.polled:
        agents.change(unit.conn, agent.id, {"polled": polled})


def _note_handed(unit: Unit, agent_id: str, run_id: str) -> None:
    """A server that dies before this hands the run out once more."""
    agent = agents.get(unit.conn, agent_id)
    if agent is not None:
        known = _known_of(agent)
        known.times = known.times + 1 if known.handed == run_id else 1
        known.handed = run_id
        _keep(unit, agent, known)


def _order(unit: Unit, agent: Any, holding: list[str], known: _Known) -> StopOrder | None:
    """The first of the agent's runs that it has to end now."""
    told = {run.id: run for run in runs.leases(unit.conn, agent.id) if run.stop_reason is not None}
    known.stopping = {run_id: known.stopping.get(run_id, unit.now) for run_id in told}
    for run_id in holding:
        run = told.get(run_id)
        if run is None:
            continue
        waited = unit.now - known.stopping[run_id] >= _GRACE
        if agent.calls_functions or waited or run.stop_kill or run.deleted is not None:
            return StopOrder(run_id=run_id, reason=run.stop_reason, kill=run.stop_kill)
    return None


def _leave(unit: Unit, agent: Any) -> None:
    """The agent is told to leave, and says no more; should the answer be lost, it is heard again."""
    if agent.state != "gone":
        retire(unit, agent, "agent.left", agent.name, "its sweep has ended")

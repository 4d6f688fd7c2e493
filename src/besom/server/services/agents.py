"""Agents: they join a sweep, report how their runs ended, and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import Agent, AgentJoined, AgentPage, NewAgent, Run, RunExit
from besom.server.services.configs import Plan, Plans
from besom.server.services.context import Context, Unit
from besom.server.services.endings import ending_of_process
from besom.server.services.live import sweep_topic
from besom.server.services.naming import new_id
from besom.server.services.quarantine import lift
from besom.server.services.queue import put_back
from besom.server.services.refusals import Conflict, Missing, Unauthorized
from besom.server.services.retries import BROKEN, release_held
from besom.server.services.returns import awaited, conclude, give_back, requeue
from besom.server.services.rights import Right, demand, expect, role_in
from besom.server.services.run_state import change_run_state, lose
from besom.server.services.sweeps import code_of, find_sweep, refuse_ended, view
from besom.server.services.users import Caller
from besom.server.services.views import agent_view, run_view
from besom.server.store import agents, runs, secrets

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_GPU, MOST_GPUS = 100, 1_000
"""Characters of a name, and names of one agent. Of more than that the rest is not shown."""
LEFT = "agent.left"
"""The event of an agent that said that it ends."""
HEARTBEATS_PER_LEASE = 8


async def join_sweep(ctx: Context, plans: Plans, caller: Caller, sweep_id: str, new: NewAgent) -> AgentJoined:
    """An agent begins to work for a sweep.

    Raises:
        Conflict: the sweep has ended, and needs nobody for a run that is preempted; or the agent is to choose the runs,
            and another one does, or the server itself.
    """

    def join(unit: Unit) -> AgentJoined:
        sweep = find_sweep(unit.conn, caller, sweep_id, "work")
        if awaited(unit.conn, plans, sweep) is None:
            refuse_ended(sweep)
        if new.slots == 0:
            _refuse_controller(unit.conn, sweep, plans.of(sweep))
        return AgentJoined(
            agent_id=add_agent(ctx, unit, sweep, new, caller.name),
            sweep=view(ctx, unit.conn, sweep),
            heartbeat_seconds=ctx.lease_seconds / HEARTBEATS_PER_LEASE,
            lease_seconds=ctx.lease_seconds,
            code=code_of(sweep),
        )

    return await ctx.write(join)


def add_agent(ctx: Context, unit: Unit, sweep: Any, new: NewAgent, actor: str, pool: str | None = None) -> str:
    """A new agent of a sweep; returns its id. ``pool``: who it is in the whole project, if it works for all of it."""
    agent_id = new_id(ctx.rng, 12)
    agents.create(
        unit.conn,
        {
            "id": agent_id,
            "sweep_id": sweep.id,
            "name": new.name or f"{new.host}-{new.pid or agent_id[:4]}",
            "host": new.host,
            "pid": new.pid,
            "state": "running",
            "slots": max(0, new.slots),
            "gpus": [gpu[:LONGEST_GPU] for gpu in new.gpus[:MOST_GPUS]],
            "pool": pool,
            "created": unit.now,
            "heartbeat": unit.now,
        },
    )
    unit.changed(sweep.project_id, "agent", agent_id)
    reason = f"process {new.pid} on {new.host}" if new.pid else f"on {new.host}"
    unit.event(sweep.project_id, "agent.joined", actor, reason, sweep_id=sweep.id, agent_id=agent_id)
    return agent_id


def _refuse_controller(conn: Connection, sweep: Any, plan: Plan) -> None:
    """Refuses a process that is to choose the runs of a sweep where another does."""
    if not plan.config.is_searched_outside:
        raise Conflict(
            "server_searches",
            f"The server chooses the runs of sweep {sweep.id}; it needs no controller.",
            "Start agents: besom agent ID",
        )
    other = agents.controller(conn, sweep.id)
    if other is not None:
        raise Conflict(
            "sweep_has_controller",
            f"Another controller is at work for sweep {sweep.id}: process {other.pid} on {other.host}.",
            "End that one first. If its machine is gone, wait until the server has missed it.",
        )


async def list_agents(ctx: Context, caller: Caller, sweep_id: str) -> AgentPage:
    """A sweep's agents, the newest first."""

    def look(conn: Connection) -> list[Agent]:
        find_sweep(conn, caller, sweep_id)
        holding = agents.holding(conn, sweep_id)
        return [agent_view(row, holding.get(row.id, [])) for row in agents.of_sweep(conn, sweep_id)]

    return AgentPage(agents=await ctx.read(look))


async def leave(ctx: Context, plans: Plans, caller: Caller, agent_id: str) -> None:
    """An agent ends; what it still holds is over. Leaving twice is as good as once."""
    await ctx.write(lambda unit: depart(unit, plans, find_agent(unit.conn, caller, agent_id)))


def depart(unit: Unit, plans: Plans, agent: Any) -> None:
    """``leave`` in a transaction; ``agent`` is the agent's row.

    An agent reports every program that it started before it leaves. So what it holds and no program has claimed was
    never begun: it is given back, and its point is free at once; what came from the queue goes back there.
    """
    if agent.state != "gone":
        retire(unit, agent, LEFT, agent.name, f"{agent.name} has ended")
    for run in runs.leases(unit.conn, agent.id):
        if _is_unbegun(run):
            _take_back(unit, plans, run, f"{agent.name} ended before it began the run")
        else:
            conclude(unit, plans, lose(unit, run, "its agent ended and did not say how the run had ended"))
    free_runs(unit, plans, agent.id)


async def return_run(ctx: Context, plans: Plans, caller: Caller, agent_id: str, run_id: str, hand_out: int) -> None:
    """An agent will not begin a run that it was given: the run is free at once, as when the agent leaves.

    Saying it twice, or late, changes nothing; nor does saying it of a run that a program has begun.

    Args:
        ctx: Of the server.
        plans: Of the sweeps in use.
        caller: Whose agent it is.
        agent_id: The agent.
        run_id: The run.
        hand_out: Which time it was given, as ``NextRun`` said.
    """

    def take_back(unit: Unit) -> None:
        agent = find_agent(unit.conn, caller, agent_id)
        run = runs.get(unit.conn, agent.project_id, run_id)
        if run is not None and (run.agent_id, run.hand_out) == (agent.id, hand_out) and _is_unbegun(run):
            _take_back(unit, plans, run, f"{agent.name} did not begin the run")

    await ctx.write(take_back)


def _is_unbegun(run: Any) -> bool:
    """Whether a run has been given to an agent, and no program has claimed it."""
    return run.state == "pending" and not run.claimed and run.deleted is None


def _take_back(unit: Unit, plans: Plans, run: Any, reason: str) -> None:
    if not put_back(unit, plans, run, reason):
        give_back(unit, plans, run, reason)


async def release_agent(ctx: Context, caller: Caller, agent_id: str) -> Agent:
    """Gives an agent in quarantine another chance; releasing any other changes nothing."""

    def go(unit: Unit) -> Agent:
        agent = find_agent(unit.conn, caller, agent_id, "write")
        lift(unit, agent, caller.name)
        holding = agents.holding(unit.conn, agent.sweep_id)
        rows = agents.of_sweep(unit.conn, agent.sweep_id)
        return next(agent_view(row, holding.get(row.id, [])) for row in rows if row.id == agent_id)

    return await ctx.write(go)


async def report_exit(ctx: Context, plans: Plans, caller: Caller, agent_id: str, run_id: str, end: RunExit) -> Run:
    """An agent saw a run's process end. Its word is the last one.

    Saying it twice changes nothing, nor does saying it of a run that was preempted and is no longer the agent's, or is
    its own once more.
    """

    def record(unit: Unit) -> Run:
        return record_exit(ctx, plans, unit, find_agent(unit.conn, caller, agent_id), run_id, end)

    return await ctx.write(record)


def record_exit(ctx: Context, plans: Plans, unit: Unit, agent: Any, run_id: str, end: RunExit) -> Run:
    """``report_exit`` in a transaction; ``agent`` is the agent's row.

    Raises:
        Missing: the agent holds no such run.
    """
    run = runs.get(unit.conn, agent.project_id, run_id)
    if run is None or run.sweep_id != agent.sweep_id or run.agent_id not in (agent.id, None):
        raise Missing("run_not_found", f"Agent {agent.id} holds no run {run_id!r}.", field="run")
    if run.agent_id is None or end.hand_out not in (run.hand_out, None):
        return run_view(ctx, run, agent.entity, agent.project)
    ending = ending_of_process(
        end.exit_code,
        claimed=run.claimed,
        stop_reason=run.stop_reason,
        preempting=run.state in ("preempting", "preempted"),
        interrupted=end.stopped,
        message=end.message,
    )
    if (run.state, run.exit_code, run.reason) != (ending.state, end.exit_code, ending.reason):
        run = change_run_state(unit, run, "process_exit", agent.name, ending=ending, exit_code=end.exit_code)
        run = conclude(unit, plans, run)
    elif run.state in BROKEN:  # the program said so itself, and now its process is over
        run = conclude(unit, plans, run)
    else:
        run = requeue(unit, plans, run)
    return run_view(ctx, run, agent.entity, agent.project)


def find_agent(conn: Connection, caller: Caller, agent_id: str, right: Right = "work") -> Any:
    """The agent's row with its project.

    Raises:
        Missing: there is none that the caller may see.
        Forbidden: the caller may not do that with it.
    """
    expect(caller, right)
    agent = agents.get(conn, agent_id)
    role = None if agent is None or not caller.sees_sweep(agent.sweep_id) else role_in(conn, caller, agent.entity)
    if agent is None or role is None:
        raise Missing(
            "agent_not_found", f"There is no agent {agent_id!r}.", "Its sweep may have been deleted.", field="agent"
        )
    demand(caller, role, right, agent.entity)
    return agent


def refuse_ended_key(conn: Connection, caller: Caller) -> None:
    """Raises ``Unauthorized`` where the caller's key has ended since its request came: whoever waited gets no run."""
    if caller.key_hash is not None and not secrets.is_kept(conn, caller.key_hash):
        raise Unauthorized("unknown_key", "The API key has been revoked.", "Store another one: besom login")


def free_runs(unit: Unit, plans: Plans, agent_id: str) -> None:
    """An agent will not say any more that the processes of its runs are over: those that were preempted wait for
    others, and those that broke can be tried again."""
    release_held(unit, agent_id)
    for run in runs.preempted(unit.conn, agent_id):
        requeue(unit, plans, run)


def retire(unit: Unit, agent: Any, event: str, actor: str, reason: str) -> None:
    """An agent is gone; the others may have to do what it could have done."""
    agents.change(unit.conn, agent.id, {"state": "gone"})
    unit.wake(sweep_topic(agent.sweep_id))
    unit.changed(agent.project_id, "agent", agent.id)
    unit.event(agent.project_id, event, actor, reason, sweep_id=agent.sweep_id, agent_id=agent.id)

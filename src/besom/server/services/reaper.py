"""Looks for agents and runs that nobody has heard of for longer than a lease, and for sweeps whose time is up."""

from __future__ import annotations

from functools import partial

from besom.server.services.agents import free_runs, retire
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.retries import release_silent
from besom.server.services.returns import conclude
from besom.server.services.run_state import lose
from besom.server.services.sweep_end import end_if_done
from besom.server.store import agents, runs, sweeps

AT_ONCE = 50
"""Agents and runs of one transaction at most."""
_POLLING_LEASE = 60.0
"""Seconds. Agents that ask every 5 s, and leave without a word, are missed sooner than those that say so; a program of
theirs is not, for it is heard for itself."""


async def reap(ctx: Context, plans: Plans) -> None:
    """One look, of as many transactions as it needs: whole racks fall silent at a time, and the others go on. After a
    start of the server everybody has a whole lease to be heard again."""
    if ctx.clock() < ctx.started + ctx.lease_seconds:
        return
    while await ctx.write(partial(_look, ctx, plans)) == AT_ONCE:
        pass


def _look(ctx: Context, plans: Plans, unit: Unit) -> int:
    """Does what is to be done about some of them; returns about how many. Agents come before their runs."""
    if unit.now > unit.latest:  # it slept since it looked for pauses: the next look knows
        return 0
    limit = unit.now - ctx.lease_seconds
    polling = unit.now - min(_POLLING_LEASE, ctx.lease_seconds)
    lost = agents.silent_since(unit.conn, limit, polling, AT_ONCE)
    for agent in lost:
        reason = f"{agent.name} was not heard for {unit.now - agent.heartbeat:.0f} s"
        retire(unit, agent, "agent.lost", "server", reason)
        free_runs(unit, plans, agent.id)
        unit.count("agents_lost")
    silent = runs.silent_since(unit.conn, limit, AT_ONCE - len(lost))
    for run in silent:
        who = "neither it nor its agent was" if run.agent_id else "it was not"
        unit.count("runs_lost")
        conclude(unit, plans, lose(unit, run, f"{who} heard for {ctx.lease_seconds:.0f} s"))
    done = len(lost) + len(silent)
    return done + release_silent(unit, limit, AT_ONCE - done)


async def end_sweeps(ctx: Context, plans: Plans) -> None:
    """Ends the sweeps that have come to their end though nobody asks for work: time alone uses up a budget."""
    for sweep_id, config in await ctx.read(sweeps.running):
        if config.get("budget") is None and config.get("retry") is None:
            continue
        found = await ctx.read(partial(sweeps.get, sweep_id=sweep_id))
        if found is not None and plans.readable(found) is not None:
            await plans.ready(found)
            await ctx.write(partial(_end, plans, sweep_id))


def _end(plans: Plans, sweep_id: str, unit: Unit) -> None:
    sweep = sweeps.get(unit.conn, sweep_id)
    plan = None if sweep is None else plans.readable(sweep)
    if plan is not None:
        end_if_done(unit, sweep, plan)

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

_POLLING_LEASE = 60.0
"""Seconds. Agents that ask every 5 s, and leave without a word, are missed sooner than those that say so; a program of
theirs is not, for it is heard for itself."""


async def reap(ctx: Context, plans: Plans) -> None:
    """One look. After a start of the server everybody has a whole lease to be heard again."""
    if ctx.clock() < ctx.started + ctx.lease_seconds:
        return

    def look(unit: Unit) -> None:
        if unit.now > unit.latest:  # it slept since it looked for pauses: the next look knows
            return
        limit = unit.now - ctx.lease_seconds
        polling = unit.now - min(_POLLING_LEASE, ctx.lease_seconds)
        for agent in agents.silent_since(unit.conn, limit, polling):
            reason = f"{agent.name} was not heard for {unit.now - agent.heartbeat:.0f} s"
            retire(unit, agent, "agent.lost", "server", reason)
            free_runs(unit, plans, agent.id)
            unit.count("agents_lost")
        for run in runs.silent_since(unit.conn, limit):
            who = "neither it nor its agent was" if run.agent_id else "it was not"
            unit.count("runs_lost")
            conclude(unit, plans, lose(unit, run, f"{who} heard for {ctx.lease_seconds:.0f} s"))

        release_silent(unit, limit)

    await ctx.write(look)


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

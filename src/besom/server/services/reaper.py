"""Looks for agents and runs that nobody has heard of for longer than a lease."""

from __future__ import annotations

from besom.server.services.agents import release, retire
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.returns import requeue
from besom.server.services.run_state import lose
from besom.server.store import agents, runs

_POLLING_LEASE = 60.0
"""Seconds. Agents that ask every 5 s, and leave without a word, are missed sooner than those that say so; a program of
theirs is not, for it is heard for itself."""


async def reap(ctx: Context, plans: Plans) -> None:
    """One look. After a start of the server everybody has a whole lease to be heard again."""
    if ctx.clock() < ctx.started + ctx.lease_seconds:
        return

    def look(unit: Unit) -> None:
        limit = unit.now - ctx.lease_seconds
        polling = unit.now - min(_POLLING_LEASE, ctx.lease_seconds)
        for agent in agents.silent_since(unit.conn, limit, polling):
            reason = f"{agent.name} was not heard for {unit.now - agent.heartbeat:.0f} s"
            retire(unit, agent, "agent.lost", "server", reason)
            release(unit, plans, agent.id)
        for run in runs.silent_since(unit.conn, limit):
            who = "neither it nor its agent was" if run.agent_id else "it was not"
            requeue(unit, plans, lose(unit, run, f"{who} heard for {ctx.lease_seconds:.0f} s"))

    await ctx.write(look)

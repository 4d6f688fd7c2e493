"""Agents: they join a sweep, ask what to do, and are listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from besom.protocol import Agent, NewAgent, NextExit, NextRun, StopOrder
from besom.server.services.agents import join_sweep, list_agents
from besom.server.services.sweeps import get_sweep
from besom.server.wandb.call import Call
from besom.server.wandb.envelopes import wrapped
from besom.server.wandb.ids import address_of, opaque
from besom.server.wandb.nodes import SweepNode
from besom.server.wandb.pages import page_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.run_lists import page_of_runs
from besom.server.wandb.scalars import shaped, write_json, write_time

RESOLVERS = Resolvers()


@dataclass(frozen=True, slots=True)
class AgentNode:
    """Parent of the type Agent."""

    sweep: SweepNode
    agent: Agent

    @property
    def id(self) -> str:
        """Opaque."""
        return opaque("Agent", self.sweep.sweep.id, self.agent.id)


@RESOLVERS.of("Mutation.createAgent")
async def create_agent(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """An agent begins to work for a sweep, wherever the client believes the sweep to be: its id says enough."""
    new = NewAgent(host=input["host"], pid=0)
    joined = await join_sweep(call.ctx, call.services.plans, call.caller, input["sweep"], new)
    return {"agent": {"id": opaque("Agent", joined.sweep.id, joined.agent_id)}}


@RESOLVERS.of("Mutation.agentHeartbeat")
async def heartbeat(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """Hears what an agent works on, and tells it at most one thing to do."""
    sweep_id, agent_id = address_of("Agent", input["id"])
    states = shaped(input.get("runState") or {}, dict[str, Any], "runState")
    holding = [run_id for run_id, alive in states.items() if alive]
    answer = await call.services.polling.beat(call.caller, agent_id, holding)
    commands: list[dict[str, Any]] = []
    if isinstance(answer, NextRun):
        sweep = await get_sweep(call.ctx, call.caller, sweep_id)
        commands = [
            {
                "type": "resume" if answer.resume else "run",
                "run_id": answer.run_id,
                "args": wrapped(answer.params),
                "program": sweep.config.get("program"),
            }
        ]
    elif isinstance(answer, StopOrder):
        commands = [{"type": "stop", "run_id": answer.run_id}]
    elif isinstance(answer, NextExit):
        commands = [{"type": "exit"}]
    return {"agent": {"id": input["id"]}, "commands": write_json(commands)}


@RESOLVERS.of("Sweep.agents")
async def agents_of(
    call: Call, sweep: SweepNode, first: int | None = None, after: str | None = None, **_: object
) -> dict[str, Any]:
    """All of a sweep's agents, the newest first."""
    return page_of(await _agents(call, sweep), first, after)


@RESOLVERS.of("Sweep.agent")
async def agent_of(call: Call, sweep: SweepNode, agentName: str) -> AgentNode | None:
    """The agent with that name or id."""
    for node in await _agents(call, sweep):
        if agentName in (node.agent.name, node.agent.id, node.id):
            return node
    return None


@RESOLVERS.of("Agent.runs")
async def runs_of(call: Call, node: AgentNode, **page: Any) -> dict[str, Any]:
    """The runs that the agent was given."""
    return await page_of_runs(call, node.sweep.project, {"agent": node.agent.id}, sweep=node.sweep.sweep.id, **page)


async def _agents(call: Call, sweep: SweepNode) -> list[AgentNode]:
    page = await list_agents(call.ctx, call.caller, sweep.sweep.id)
    return [AgentNode(sweep, agent) for agent in page.agents]


RESOLVERS.plain(
    "Agent",
    {
        "name": lambda node: node.agent.name,
        "host": lambda node: node.agent.host,
        "state": lambda node: "RUNNING" if node.agent.state == "running" else "EXITED",
        "totalRuns": lambda node: node.agent.run_count,
        "createdAt": lambda node: write_time(node.agent.created),
        "heartbeatAt": lambda node: write_time(node.agent.heartbeat),
    },
)

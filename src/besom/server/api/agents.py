"""REST: agents."""

from __future__ import annotations

from typing import Any

from litestar import Request, delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from besom.protocol import (
    Agent,
    AgentJoined,
    AgentLoads,
    AgentPage,
    Heartbeat,
    HeartbeatReply,
    NewAgent,
    NextReply,
    NextRequest,
    Run,
    RunExit,
)
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.disconnect import watch_disconnect
from besom.server.api.fast_path import fast_path
from besom.server.services import agents, heartbeats, system_metrics


@get("/api/v1/sweeps/{sweep_id:str}/agents", tags=["agents"])
async def list_agents(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> AgentPage:
    """A sweep's agents, the newest first."""
    return await agents.list_agents(services.ctx, caller, sweep_id)


@get("/api/v1/sweeps/{sweep_id:str}/agents/load", tags=["agents"])
async def get_agent_loads(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> AgentLoads:
    """How busy the machines of a sweep's agents are."""
    return await system_metrics.agent_loads(services.ctx, caller, sweep_id)


@post("/api/v1/sweeps/{sweep_id:str}/agents", status_code=201, tags=["agents"])
async def join_sweep(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], data: JSONBody[NewAgent]
) -> AgentJoined:
    """An agent begins to work for a sweep."""
    return await agents.join_sweep(services.ctx, services.plans, caller, sweep_id, data)


@post(
    "/api/v1/agents/{agent_id:str}/next",
    status_code=200,
    tags=["agents"],
    before_request=fast_path(data=NextRequest, request=True),
)
async def next_run(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    agent_id: FromPath[str],
    data: JSONBody[NextRequest],
) -> NextReply:
    """The agent's next run; held back for a while when there is none. One such request per agent at a time."""
    with watch_disconnect(request) as disconnected:
        return await services.scheduler.next(caller, agent_id, data, disconnected)


@post(
    "/api/v1/agents/{agent_id:str}/heartbeat",
    status_code=200,
    tags=["agents"],
    before_request=fast_path(data=Heartbeat),
)
async def heartbeat(
    services: ServicesDep, caller: CallerDep, agent_id: FromPath[str], data: JSONBody[Heartbeat]
) -> HeartbeatReply:
    """Keeps an agent and its runs alive; answers with the runs to stop."""
    return await heartbeats.beat(services.ctx, services.orders, caller, agent_id, data)


@post("/api/v1/agents/{agent_id:str}/runs/{run_id:str}/exit", status_code=200, tags=["agents"])
async def report_exit(
    services: ServicesDep, caller: CallerDep, agent_id: FromPath[str], run_id: FromPath[str], data: JSONBody[RunExit]
) -> Run:
    """How a run's process ended."""
    return await agents.report_exit(services.ctx, services.plans, caller, agent_id, run_id, data)


@delete("/api/v1/agents/{agent_id:str}/runs/{run_id:str}", tags=["agents"])
async def return_run(
    services: ServicesDep, caller: CallerDep, agent_id: FromPath[str], run_id: FromPath[str], hand_out: FromQuery[int]
) -> None:
    """Gives back a run that the agent was given and will not begin."""
    await agents.return_run(services.ctx, services.plans, caller, agent_id, run_id, hand_out)


@delete("/api/v1/agents/{agent_id:str}", tags=["agents"])
async def leave_sweep(services: ServicesDep, caller: CallerDep, agent_id: FromPath[str]) -> None:
    """An agent ends. Runs that it was given and did not begin are given back."""
    await agents.leave(services.ctx, services.plans, caller, agent_id)


@post("/api/v1/agents/{agent_id:str}/release", status_code=200, tags=["agents"])
async def release_agent(services: ServicesDep, caller: CallerDep, agent_id: FromPath[str]) -> Agent:
    """Gives an agent in quarantine another chance."""
    return await agents.release_agent(services.ctx, caller, agent_id)


HANDLERS = [
    list_agents,
    get_agent_loads,
    join_sweep,
    next_run,
    heartbeat,
    report_exit,
    return_run,
    leave_sweep,
    release_agent,
]

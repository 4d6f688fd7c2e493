"""REST: agents that work for all sweeps of a project."""

from __future__ import annotations

from typing import Any

from litestar import Request, delete, post
from litestar.params import FromPath, JSONBody

from besom.protocol import Heartbeat, HeartbeatReply, PoolJoined, PoolReply, PoolRequest
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.disconnect import watch_disconnect
from besom.server.services import pool_members

_POOL = "/api/v1/projects/{entity:str}/{project:str}/pool"


@post(_POOL, status_code=201, tags=["agents"])
async def join_project(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str]
) -> PoolJoined:
    """An agent begins to work for all sweeps of a project."""
    return await pool_members.join(services.ctx, caller, entity, project)


@post(_POOL + "/{pool_id:str}/next", status_code=200, tags=["agents"])
async def next_run_of_project(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    pool_id: FromPath[str],
    data: JSONBody[PoolRequest],
) -> PoolReply:
    """Its next run, of the sweep whose turn it is; held back for a while when there is none."""
    with watch_disconnect(request) as disconnected:
        return await services.pools.next(caller, (entity, project), pool_id, data, disconnected)


@post(_POOL + "/{pool_id:str}/heartbeat", status_code=200, tags=["agents"])
async def beat_for_project(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    pool_id: FromPath[str],
    data: JSONBody[Heartbeat],
) -> HeartbeatReply:
    """Keeps it and its runs alive in all sweeps; answers with the runs to stop."""
    place = (entity, project)
    return await pool_members.beat(services.ctx, services.orders, caller, place, pool_id, data)


@delete(_POOL + "/{pool_id:str}", tags=["agents"])
async def leave_project(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], pool_id: FromPath[str]
) -> None:
    """It ends, in all sweeps."""
    await pool_members.leave(services.ctx, services.plans, caller, (entity, project), pool_id)


HANDLERS = [join_project, next_run_of_project, beat_for_project, leave_project]

"""REST: what only the page of one run needs."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from besom.protocol import EventPage, OutputPage, RunDetails, SystemPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import run_details

_RUN = "/api/v1/projects/{entity:str}/{project:str}/runs/{run_id:str}"


@get(_RUN + "/details", tags=["runs"])
async def get_details(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> RunDetails:
    """Command, git state, versions, hardware, and how metrics are defined."""
    return await run_details.get_details(services.ctx, caller, entity, project, run_id)


@get(_RUN + "/output", tags=["runs"])
async def get_output(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0, description="Number of the first line wanted.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1000,
) -> OutputPage:
    """Lines that the program printed. Where lines were not kept, one line says how many."""
    return await run_details.get_output(services.ctx, caller, entity, project, run_id, after=after, limit=limit)


@get(_RUN + "/system", tags=["runs"])
async def get_system(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    points: Annotated[int, QueryParameter(ge=1, le=10_000)] = 500,
) -> SystemPage:
    """The load of the machine and of the process over time."""
    return await run_details.get_system(services.ctx, caller, entity, project, run_id, points=points)


@get(_RUN + "/events", tags=["runs"])
async def list_run_events(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> EventPage:
    """What happened to the run, the newest first."""
    return await run_details.list_run_events(services.ctx, caller, entity, project, run_id, limit)


HANDLERS = [get_details, get_output, get_system, list_run_events]

"""REST: what runs have logged."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from besom.protocol import CurvePage, HistoryPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import histories

_RUN = "/api/v1/projects/{entity:str}/{project:str}/runs/{run_id:str}"


@get(_RUN + "/history", tags=["history"])
async def get_history(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0, description="Index of the first row wanted.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000)] = 1000,
    keys: Annotated[list[str] | None, QueryParameter(description="Only these keys; the parameter is repeated.")] = None,
) -> HistoryPage:
    """History rows in order."""
    return await histories.run_history(
        services.ctx, caller, entity, project, run_id, after=after, limit=limit, keys=keys
    )


@get(_RUN + "/curves", tags=["history"])
async def get_run_curves(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    keys: Annotated[list[str], QueryParameter(description="The parameter is repeated.")],
    points: Annotated[int, QueryParameter(ge=1, le=10_000)] = 500,
) -> CurvePage:
    """A curve of at most ``points`` points per key; fewer where there are more than 500,000 in all."""
    return await histories.run_curves(services.ctx, caller, entity, project, run_id, keys=keys, points=points)


@get("/api/v1/projects/{entity:str}/{project:str}/curves", tags=["history"])
async def get_project_curves(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    runs: Annotated[list[str], QueryParameter(description="Ids; the parameter is repeated.")],
    keys: Annotated[list[str], QueryParameter(description="The parameter is repeated.")],
    points: Annotated[int, QueryParameter(ge=1, le=10_000)] = 500,
) -> CurvePage:
    """A curve of at most ``points`` points per key and run, for any runs of a project; unknown runs are left out."""
    return await histories.project_curves(services.ctx, caller, entity, project, runs, keys=keys, points=points)


HANDLERS = [get_history, get_run_curves, get_project_curves]

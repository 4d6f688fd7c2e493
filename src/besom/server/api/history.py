"""REST: what runs have logged."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from besom.protocol import CurvePage, HistoryPage, RunExtremes
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import histories

_RUN = "/api/v1/projects/{entity:str}/{project:str}/runs/{run_id:str}"

CurvePoints = Annotated[int, QueryParameter(ge=1, le=10_000, description="The most points per curve.")]
FirstStep = Annotated[int | None, QueryParameter(ge=-(2**53), le=2**53, description="Nothing before this step.")]
LastStep = Annotated[int | None, QueryParameter(ge=-(2**53), le=2**53, description="Nothing after this step.")]


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
    points: CurvePoints = 500,
    from_step: FirstStep = None,
    to_step: LastStep = None,
) -> CurvePage:
    """A curve of at most ``points`` points per key; fewer where there are more than 500,000 in all."""
    asked = histories.CurveQuery(keys, points, from_step, to_step)
    return await histories.run_curves(services.ctx, caller, entity, project, run_id, asked)


@get("/api/v1/projects/{entity:str}/{project:str}/curves", tags=["history"])
async def get_project_curves(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    runs: Annotated[list[str], QueryParameter(description="Ids; the parameter is repeated.")],
    keys: Annotated[list[str], QueryParameter(description="The parameter is repeated.")],
    points: CurvePoints = 500,
    from_step: FirstStep = None,
    to_step: LastStep = None,
) -> CurvePage:
    """A curve of at most ``points`` points per key and run, for any runs of a project; unknown runs are left out."""
    asked = histories.CurveQuery(keys, points, from_step, to_step)
    return await histories.project_curves(services.ctx, caller, entity, project, runs, asked)


@get("/api/v1/sweeps/{sweep_id:str}/curves", tags=["history"])
async def get_sweep_curves(
    services: ServicesDep,
    caller: CallerDep,
    sweep_id: FromPath[str],
    key: FromQuery[str],
    points: CurvePoints = 500,
    from_step: FirstStep = None,
    to_step: LastStep = None,
) -> CurvePage:
    """One metric as a curve per run of at most ``points`` points; fewer where there are more than 500,000 in all."""
    asked = histories.CurveQuery([key], points, from_step, to_step)
    return await histories.sweep_curves(services.ctx, caller, sweep_id, asked)


@get("/api/v1/projects/{entity:str}/{project:str}/extremes", tags=["history"])
async def get_extremes(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    key: FromQuery[str],
    sweep: Annotated[str | None, QueryParameter(description="Only runs of this sweep.")] = None,
) -> RunExtremes:
    """The least and the largest finite number that each run has logged under a key."""
    return await histories.run_extremes(services.ctx, caller, entity, project, key=key, sweep=sweep)


HANDLERS = [get_history, get_run_curves, get_project_curves, get_sweep_curves, get_extremes]

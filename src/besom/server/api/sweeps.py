"""REST: sweeps."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from besom.protocol import (
    CodeSnapshot,
    EventPage,
    NewPoint,
    NewSweep,
    NewSweepVersion,
    Run,
    RungPage,
    Sweep,
    SweepChange,
    SweepCommand,
    SweepCreated,
    SweepPage,
    SweepVersionMade,
    SweepVersionPage,
)
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.disconnect import watch_disconnect
from besom.server.services import enqueue, rungs, sweep_creation, sweep_versions, sweeps


@get("/api/v1/projects/{entity:str}/{project:str}/sweeps", tags=["sweeps"])
async def list_sweeps(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str]
) -> SweepPage:
    """A project's sweeps, the newest first."""
    return await sweeps.list_sweeps(services.ctx, caller, entity, project)


@post("/api/v1/projects/{entity:str}/{project:str}/sweeps", status_code=201, tags=["sweeps"])
async def create_sweep(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[NewSweep]
) -> SweepCreated:
    """Creates a sweep, and its project where there is none."""
    return await sweep_creation.create_sweep(services.ctx, services.plans, caller, entity, project, data)


@get("/api/v1/sweeps/{sweep_id:str}", tags=["sweeps"])
async def get_sweep(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> Sweep:
    """A sweep with its live counts."""
    return await sweeps.get_sweep(services.ctx, caller, sweep_id)


@patch("/api/v1/sweeps/{sweep_id:str}", tags=["sweeps"])
async def change_sweep(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], data: JSONBody[SweepChange]
) -> Sweep:
    """Renames or describes a sweep."""
    return await sweeps.rename_sweep(services.ctx, caller, sweep_id, data)


@delete("/api/v1/sweeps/{sweep_id:str}", tags=["sweeps"])
async def delete_sweep(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> None:
    """Deletes a sweep; its runs stay in the project."""
    await sweeps.delete_sweep(services.ctx, caller, sweep_id)


@put("/api/v1/sweeps/{sweep_id:str}/config", tags=["sweeps"])
async def replace_sweep_config(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], data: JSONBody[NewSweep]
) -> SweepCreated:
    """Replaces the configuration of a sweep that is still PENDING."""
    return await sweep_creation.replace_config(services.ctx, services.plans, caller, sweep_id, data)


@post("/api/v1/sweeps/{sweep_id:str}/state", status_code=200, tags=["sweeps"])
async def command_sweep(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], data: JSONBody[SweepCommand]
) -> Sweep:
    """Pauses, resumes, stops or cancels a sweep."""
    return await sweeps.command_sweep(services.ctx, caller, sweep_id, data.action, data.reason)


@post("/api/v1/sweeps/{sweep_id:str}/queue", status_code=201, tags=["sweeps"])
async def enqueue_run(
    request: Request[Any, Any, Any],
    services: ServicesDep,
    caller: CallerDep,
    sweep_id: FromPath[str],
    data: JSONBody[NewPoint],
) -> Run:
    """Queues a run of given parameters; it is handed out before any suggestion.

    With an ``id`` of the caller's own it may be asked again; without one nothing is queued for who has hung up.
    """
    with watch_disconnect(request) as disconnected:
        return await enqueue.enqueue(services.ctx, services.plans, caller, sweep_id, data, disconnected)


@get("/api/v1/sweeps/{sweep_id:str}/code", tags=["sweeps"])
async def get_sweep_code(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> CodeSnapshot:
    """The source files that a sweep was created with."""
    return await sweeps.sweep_code(services.ctx, caller, sweep_id)


@get("/api/v1/sweeps/{sweep_id:str}/events", tags=["sweeps"])
async def list_sweep_events(
    services: ServicesDep,
    caller: CallerDep,
    sweep_id: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
) -> EventPage:
    """What happened to a sweep and its runs, and why, the newest first."""
    return await sweeps.sweep_events(services.ctx, caller, sweep_id, limit)


@get("/api/v1/sweeps/{sweep_id:str}/versions", tags=["sweeps"])
async def list_sweep_versions(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> SweepVersionPage:
    """All configurations that a sweep has had, the newest first, with what each of them changed."""
    return await sweep_versions.list_versions(services.ctx, caller, sweep_id)


@post("/api/v1/sweeps/{sweep_id:str}/versions", status_code=201, tags=["sweeps"])
async def add_sweep_version(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], data: JSONBody[NewSweepVersion]
) -> SweepVersionMade:
    """Changes the configuration of a sweep under way; its runs so far stay and count."""
    return await sweep_versions.add_version(services.ctx, services.plans, caller, sweep_id, data)


@get("/api/v1/sweeps/{sweep_id:str}/rungs", tags=["sweeps"])
async def get_sweep_rungs(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> RungPage:
    """Where early stopping compares runs, and what it takes to go on there."""
    return await rungs.sweep_rungs(services.ctx, services.plans, caller, sweep_id)


HANDLERS = [
    list_sweeps,
    create_sweep,
    get_sweep,
    change_sweep,
    delete_sweep,
    replace_sweep_config,
    command_sweep,
    enqueue_run,
    get_sweep_code,
    list_sweep_events,
    get_sweep_rungs,
    list_sweep_versions,
    add_sweep_version,
]

"""REST: projects and their live changes."""

from __future__ import annotations

from litestar import delete, get, put
from litestar.params import FromPath

from besom.protocol import Project, ProjectPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import projects


@get("/api/v1/projects", tags=["projects"])
async def list_projects(services: ServicesDep, caller: CallerDep) -> ProjectPage:
    """All projects that the caller may see, the most recently active first."""
    return await projects.list_projects(services.ctx, caller)


@get("/api/v1/projects/{entity:str}/{project:str}", tags=["projects"])
async def get_project(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str]
) -> Project:
    """A project with its live counts."""
    return await projects.get_project(services.ctx, caller, entity, project)


@put("/api/v1/projects/{entity:str}/{project:str}", status_code=200, tags=["projects"])
async def create_project(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str]
) -> Project:
    """The project, made when there is none."""
    return await projects.create_project(services.ctx, caller, entity, project)


@delete("/api/v1/projects/{entity:str}/{project:str}", tags=["projects"])
async def delete_project(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str]
) -> None:
    """Deletes a project with everything in it; not while agents or runs are at work there."""
    await projects.delete_project(services.ctx, services.blobs, caller, entity, project)


HANDLERS = [list_projects, get_project, create_project, delete_project]

"""Projects: shown, listed, made, and the way to their runs and sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from besom.protocol import Project
from besom.server.services import projects, runs, sweeps
from besom.server.services.refusals import Gone, Missing
from besom.server.wandb.call import Call
from besom.server.wandb.filters import filter_text
from besom.server.wandb.nodes import ProjectNode, RunNode, SweepNode, entity_of, project_of
from besom.server.wandb.pages import page_of
from besom.server.wandb.resolvers import Resolvers
from besom.server.wandb.scalars import write_time
from besom.server.wandb.users import Owner

RESOLVERS = Resolvers()


@dataclass(frozen=True, slots=True)
class FoundProject(ProjectNode):
    """A project that was looked up."""

    created: float


@RESOLVERS.of("Query.project")
@RESOLVERS.of("Query.model")
async def project(
    call: Call, _parent: None, name: str | None = None, entityName: str | None = None
) -> ProjectNode | None:
    """The project, if the caller may see it. Where no name is given, only its place: sweeps are found by their id."""
    entity = entity_of(call, entityName)
    if not name:
        return ProjectNode(entity, project_of(name))
    try:
        return FoundProject(entity, name, await projects.created_at(call.ctx, call.caller, entity, name))
    except Missing:
        return None


@RESOLVERS.of("Query.models")
async def models(
    call: Call, _parent: None, entityName: str | None = None, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """The projects of an entity, the most recently active first."""
    found = await projects.list_projects(call.ctx, call.caller, entity_of(call, entityName))
    return page_of([_node(project) for project in found.projects], first, after)


@RESOLVERS.of("Mutation.upsertModel")
async def upsert_model(call: Call, _parent: None, input: dict[str, Any]) -> dict[str, Any]:
    """The project, made when there is none."""
    entity, name = entity_of(call, input.get("entityName")), project_of(input.get("name"))
    known = await project(call, None, name, entity)
    made = known or _node(await projects.create_project(call.ctx, call.caller, entity, name))
    return {"project": made, "model": made, "inserted": known is None}


@RESOLVERS.of("Project.run")
@RESOLVERS.of("Project.bucket")
async def run(call: Call, parent: ProjectNode, name: str, **_: object) -> RunNode | None:
    """The run of that id; None also for one that was deleted."""
    try:
        return RunNode(await runs.get_run(call.ctx, call.caller, parent.entity, parent.name, name))
    except (Missing, Gone):
        return None


@RESOLVERS.of("Project.sweep")
async def sweep(call: Call, parent: ProjectNode, sweepName: str) -> SweepNode | None:
    """The sweep of that id, if it is in the project; where no project was named, wherever it is."""
    try:
        found = SweepNode(await sweeps.get_sweep(call.ctx, call.caller, sweepName))
    except Missing:
        return None
    is_here = (found.project.entity, found.project.name) == (parent.entity, parent.name)
    return found if is_here or not isinstance(parent, FoundProject) else None


@RESOLVERS.of("Project.sweeps")
async def list_sweeps(
    call: Call, parent: ProjectNode, filters: Any = None, after: str | None = None, first: int | None = None
) -> dict[str, Any]:
    """Its sweeps that match, the newest first."""
    found = await sweeps.list_sweeps(call.ctx, call.caller, parent.entity, parent.name, filter_text(filters))
    return page_of([SweepNode(sweep) for sweep in found.sweeps], first, after)


@RESOLVERS.of("Project.totalSweeps")
async def total_sweeps(call: Call, parent: ProjectNode) -> int:
    """Number of its sweeps."""
    return (await projects.get_project(call.ctx, call.caller, parent.entity, parent.name)).sweep_count


@RESOLVERS.of("Project.readOnly")
async def read_only(call: Call, parent: ProjectNode) -> bool:
    """Whether the caller may change nothing in it."""
    return await call.is_read_only(parent.entity)


RESOLVERS.plain(
    "Project",
    {
        "internalId": lambda project: project.id,
        "entityName": lambda project: project.entity,
        "entity": lambda project: Owner(project.entity),
        "createdAt": lambda project: write_time(project.created) if isinstance(project, FoundProject) else None,
        "access": lambda _project: "PRIVATE",
        "isBenchmark": lambda _project: False,
        "allViews": lambda _project: page_of([], None, None),
        "user": lambda project: Owner(project.entity),
    },
)


def _node(found: Project) -> FoundProject:
    return FoundProject(found.entity, found.name, found.created)

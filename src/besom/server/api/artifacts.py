"""REST: artifacts."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from besom.protocol import Artifact, ArtifactPage, ArtifactRuns, ArtifactUse, NewArtifact
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import artifact_changes, artifact_lists, artifacts

_PROJECT = "/api/v1/projects/{entity:str}/{project:str}"


@post(_PROJECT + "/artifacts", status_code=201, tags=["artifacts"])
async def create_artifact(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[NewArtifact]
) -> Artifact:
    """Makes a version of an artifact, unless one with the same files is there; moves the aliases to it."""
    return await artifacts.create_artifact(services.ctx, caller, entity, project, data)


@post(_PROJECT + "/runs/{run_id:str}/artifacts", status_code=201, tags=["artifacts"])
async def create_run_artifact(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    data: JSONBody[NewArtifact],
) -> Artifact:
    """The same of a version that a run has made, where its program does not say so itself."""
    return await artifacts.create_artifact(services.ctx, caller, entity, project, data, run_id)


@get(_PROJECT + "/artifacts", tags=["artifacts"])
async def list_artifacts(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    kind: Annotated[str | None, QueryParameter(name="type")] = None,
    name: FromQuery[str | None] = None,
    search: FromQuery[str | None] = None,
    newest: FromQuery[bool] = False,
    files: FromQuery[bool] = True,
) -> ArtifactPage:
    """Versions of a project's artifacts, the newest first; at most 1000.

    ``search``: a part of the name or the type; ``newest``: only the newest version of each name; ``files=false``:
    without files and references, which may be many.
    """
    wanted = artifact_lists.Wanted(kind, name, search, newest, files)
    return await artifact_lists.list_artifacts(services.ctx, caller, entity, project, wanted)


@get(_PROJECT + "/artifacts/{name:str}", tags=["artifacts"])
async def get_artifact(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], name: FromPath[str]
) -> Artifact:
    """One version: ``name:v3``, ``name:ALIAS``, or ``name`` for the newest."""
    return await artifact_lists.get_artifact(services.ctx, caller, entity, project, name)


@get(_PROJECT + "/runs/{run_id:str}/artifacts", tags=["artifacts"])
async def list_run_artifacts(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> ArtifactPage:
    """Versions that a run logged, the newest first; at most 1000."""
    return await artifact_lists.list_of_run(services.ctx, caller, entity, project, run_id)


@get(_PROJECT + "/runs/{run_id:str}/artifacts/used", tags=["artifacts"])
async def list_used_artifacts(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> ArtifactPage:
    """Versions that a run used, the newest first, without their files; at most 1000."""
    return await artifact_lists.list_used_by_run(services.ctx, caller, entity, project, run_id)


@post(_PROJECT + "/runs/{run_id:str}/artifacts/used", status_code=204, tags=["artifacts"])
async def use_artifact(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    data: JSONBody[ArtifactUse],
) -> None:
    """Notes that a run uses a version; again is harmless."""
    version, run = (data.entity, data.project, data.name), (entity, project, run_id)
    await artifact_changes.use_artifact(services.ctx, caller, version, run)


@get(_PROJECT + "/artifacts/{name:str}/runs", tags=["artifacts"])
async def list_artifact_runs(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], name: FromPath[str]
) -> ArtifactRuns:
    """The runs that logged a version, and those that used it."""
    return await artifact_lists.lineage_of(services.ctx, caller, entity, project, name)


HANDLERS = [
    create_artifact,
    create_run_artifact,
    list_artifacts,
    get_artifact,
    list_run_artifacts,
    list_used_artifacts,
    use_artifact,
    list_artifact_runs,
]

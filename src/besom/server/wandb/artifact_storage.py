"""Where the client puts the files and manifests of an artifact that it sends, and gets manifests."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, put
from litestar.params import FromPath

from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.file_answers import file_answer
from besom.server.api.files import length_of
from besom.server.services import artifact_lists, blobs, draft_files
from besom.server.services.blob_md5s import md5s_of
from besom.server.services.manifests import manifest_of
from besom.server.services.signing import STORAGE
from besom.server.wandb.artifact_nodes import ArtifactNode
from besom.server.wandb.storage import signer_of

AnyRequest = Request[Any, Any, Any]


@put(STORAGE + "/uploads/{entity:str}/{project:str}/{md5:str}", status_code=200, request_max_body_size=None)
async def put_file(
    request: AnyRequest, services: ServicesDep, entity: FromPath[str], project: FromPath[str], md5: FromPath[str]
) -> Response[None]:
    """Takes bytes, which must have that MD5. The client looks for it in the answer, as an object store gives it."""
    caller = await signer_of(request, services)
    body, length = request.stream(), length_of(request)
    await draft_files.put_file(services.ctx, services.blobs, caller, entity, project, md5, body, length)
    return Response(None, headers={"ETag": f'"{md5}"'})


@put(
    STORAGE + "/drafts/{entity:str}/{project:str}/{draft:int}/{manifest:int}",
    status_code=200,
    request_max_body_size=None,
)
async def put_manifest(
    request: AnyRequest,
    services: ServicesDep,
    entity: FromPath[str],
    project: FromPath[str],
    draft: FromPath[int],
    manifest: FromPath[int],
) -> None:
    """Takes a list of files."""
    caller = await signer_of(request, services)
    place, body, length = (entity, project, draft), request.stream(), length_of(request)
    await draft_files.put_manifest(services.ctx, services.blobs, caller, place, manifest, body, length)


@get(STORAGE + "/manifests/{entity:str}/{project:str}/{version:str}")
async def get_manifest(
    request: AnyRequest, services: ServicesDep, entity: FromPath[str], project: FromPath[str], version: FromPath[str]
) -> Response[bytes]:
    """The list of a version's files."""
    caller = await signer_of(request, services)
    artifact = await artifact_lists.get_artifact(services.ctx, caller, entity, project, version)
    digests = {file.digest for file in artifact.files}
    md5s = await md5s_of(services.ctx, services.blobs, caller, entity, project, digests)
    return Response(manifest_of(artifact, md5s, ArtifactNode(artifact).id), media_type="application/json")


@get("/artifactsV2/{region:str}/{entity:str}/{project:str}/{name:str}/{artifact:str}/{md5:str}/{file:path}")
async def get_by_md5(
    request: AnyRequest,
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    md5: FromPath[str],
    file: FromPath[str],
) -> Response[Any]:
    """Bytes by their MD5: where the client goes with its key when it has no signed address, or an old one."""
    digest = await blobs.digest_by_md5(services.ctx, caller, entity, project, md5)
    blob = await blobs.open_blob(services.ctx, services.blobs, caller, entity, project, digest)
    return file_answer(request, blob, digest, file)


HANDLERS = [put_file, put_manifest, get_manifest, get_by_md5]

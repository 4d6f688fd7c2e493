"""REST: files of runs, and the bytes of all files."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, Parameter

from besom.protocol import Blobs, FileEntry, FilePage, RunFile, UploadAddress
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.api.file_answers import file_answer, sent_away
from besom.server.services import blobs, direct_transfers, run_files
from besom.server.services.file_paths import check_path
from besom.server.services.refusals import Invalid

_BLOBS = "/api/v1/projects/{entity:str}/{project:str}/blobs"
_FILES = "/api/v1/projects/{entity:str}/{project:str}/runs/{run_id:str}/files"

AnyRequest = Request[Any, Any, Any]


@post(_BLOBS + "/missing", status_code=200, tags=["files"])
async def find_missing_blobs(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[Blobs]
) -> Blobs:
    """Which of these digests the project lacks."""
    return await blobs.missing_blobs(services.ctx, caller, entity, project, data)


@put(_BLOBS + "/{digest:str}", status_code=204, tags=["files"], request_max_body_size=None)
async def put_blob(
    request: AnyRequest,
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    digest: FromPath[str],
) -> None:
    """Takes the bytes of a file, which must have that SHA-256."""
    body, length = request.stream(), length_of(request)
    await blobs.take_blob(services.ctx, services.blobs, caller, entity, project, digest, body, length)


@get(_BLOBS + "/{digest:str}", tags=["files"], media_type="application/octet-stream")
async def get_blob(
    request: AnyRequest,
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    digest: FromPath[str],
    direct: Annotated[bool, Parameter(description="whether the client can be sent to the object store")] = False,
    name: Annotated[str | None, Parameter(description="as what a browser keeps it", max_length=1000)] = None,
) -> Response[Any]:
    """The bytes of a file, whole or (``Range``) in part; with ``direct`` perhaps an address at which they are (307)."""
    kept_as = digest if name is None else check_path(name)
    if direct:
        address = await direct_transfers.download_address(
            services.ctx, services.direct, caller, entity, project, digest, kept_as
        )
        if address is not None:
            return sent_away(address)
    blob = await blobs.open_blob(services.ctx, services.blobs, caller, entity, project, digest)
    return file_answer(request, blob, digest, kept_as)


@post(_BLOBS + "/{digest:str}/upload", status_code=200, tags=["files"])
async def get_upload_address(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    digest: FromPath[str],
    size: Annotated[int, Parameter(ge=0, description="bytes")],
) -> UploadAddress:
    """Where the bytes of a file can be sent past the server, if they can."""
    return await direct_transfers.upload_address(services.ctx, services.direct, caller, entity, project, digest, size)


@post(_BLOBS + "/{digest:str}/uploaded", status_code=204, tags=["files"])
async def take_uploaded(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], digest: FromPath[str]
) -> None:
    """Takes what was sent past the server among the project's bytes."""
    await direct_transfers.take_uploaded(services.ctx, services.blobs, services.direct, caller, entity, project, digest)


@get(_FILES, tags=["files"])
async def list_run_files(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], run_id: FromPath[str]
) -> FilePage:
    """A run's files, by path."""
    return await run_files.list_files(services.ctx, caller, entity, project, run_id)


@post(_FILES, status_code=200, tags=["files"])
async def name_run_file(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    data: JSONBody[FileEntry],
) -> RunFile:
    """Gives a run a file, from outside its program. Its bytes are a blob, sent before or after."""
    return await run_files.name_file(services.ctx, caller, entity, project, run_id, data)


@get(_FILES + "/{path:path}", tags=["files"], media_type="application/octet-stream")
async def get_run_file(
    request: AnyRequest,
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    path: FromPath[str],
) -> Response[Any]:
    """A file of a run, whole or (``Range``) in part. Only harmless types are shown by a browser, others are saved."""
    name = path.removeprefix("/")
    digest = await run_files.digest_of(services.ctx, caller, entity, project, run_id, name)
    blob = await blobs.open_blob(services.ctx, services.blobs, caller, entity, project, digest, in_part=True)
    return file_answer(request, blob, digest, name)


@delete(_FILES + "/{path:path}", tags=["files"])
async def delete_run_file(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    path: FromPath[str],
) -> None:
    """Deletes a file of a run."""
    await run_files.delete_file(services.ctx, caller, entity, project, run_id, path.removeprefix("/"))


HANDLERS = [
    find_missing_blobs,
    put_blob,
    get_blob,
    get_upload_address,
    take_uploaded,
    list_run_files,
    name_run_file,
    get_run_file,
    delete_run_file,
]


def length_of(request: AnyRequest) -> int | None:
    """How many bytes the body has, where that was said; raises Invalid."""
    header = request.headers.get("content-length")
    if header is None:
        return None
    if not header.isdigit():
        raise Invalid("bad_length", f"Content-Length {header!r} is no number.")
    return int(header)

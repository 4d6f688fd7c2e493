"""Where the client puts and gets the bytes of files. It sends no key there, so that the addresses are signed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, put
from litestar.params import FromPath

from besom.server.api.dependencies import ServicesDep
from besom.server.api.file_answers import file_answer, sent_away
from besom.server.api.files import length_of
from besom.server.services import blobs, run_files
from besom.server.services.direct_transfers import download_address
from besom.server.services.services import Services
from besom.server.services.signing import STORAGE, Method
from besom.server.services.users import Caller
from besom.server.wandb.call import Call

_RUN_FILE = STORAGE + "/runs/{entity:str}/{project:str}/{run_id:str}/{path:path}"
_BLOB = STORAGE + "/blobs/{entity:str}/{project:str}/{digest:str}/{path:path}"

AnyRequest = Request[Any, Any, Any]


async def address(call: Call, method: Method, *parts: str) -> str:
    """An address at which the client may do this without a key. ``parts`` follow ``/storage``."""
    return call.url + await call.services.signer.sign(call.caller, method, "/".join([STORAGE, *parts]))


@put(_RUN_FILE, status_code=200, request_max_body_size=None)
async def put_run_file(
    request: AnyRequest,
    services: ServicesDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    path: FromPath[str],
) -> None:
    """Takes a file of a run; the one before is replaced."""
    caller, name = await signer_of(request, services), path.removeprefix("/")
    body, length = request.stream(), length_of(request)
    await run_files.put_file(services.ctx, services.blobs, caller, (entity, project, run_id), name, body, length)


@get(_RUN_FILE)
async def get_run_file(
    request: AnyRequest,
    services: ServicesDep,
    entity: FromPath[str],
    project: FromPath[str],
    run_id: FromPath[str],
    path: FromPath[str],
) -> Response[Any]:
    """A file of a run as it is now, whole or (``Range``) in part."""
    caller, name = await signer_of(request, services), path.removeprefix("/")
    digest = await run_files.digest_of(services.ctx, caller, entity, project, run_id, name)
    blob = await blobs.open_blob(services.ctx, services.blobs, caller, entity, project, digest, in_part=True)
    return file_answer(request, blob, digest, name)


@get(_BLOB)
async def get_blob(
    request: AnyRequest,
    services: ServicesDep,
    entity: FromPath[str],
    project: FromPath[str],
    digest: FromPath[str],
    path: FromPath[str],
) -> Response[Any]:
    """Bytes by their SHA-256, whole or in part; their name says how a browser shows them."""
    caller = await signer_of(request, services)
    if "origin" not in request.headers:  # a page of another origin could not read what the object store answers
        address = await download_address(services.ctx, services.direct, caller, entity, project, digest, path)
        if address is not None:
            return sent_away(address)
    blob = await blobs.open_blob(services.ctx, services.blobs, caller, entity, project, digest)
    return file_answer(request, blob, digest, path)


async def signer_of(request: AnyRequest, services: Services) -> Caller:
    """On whose behalf the address was given; raises Forbidden."""
    return await services.signer.signer_of(request.method, request.scope["path"], request.query_params)


HANDLERS = [put_run_file, get_run_file, get_blob]

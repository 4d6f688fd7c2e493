"""REST: saved views and reports."""

from __future__ import annotations

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from besom.protocol import Document, DocumentChange, DocumentKind, DocumentPage, NewDocument
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import documents

_DOCUMENTS = "/api/v1/projects/{entity:str}/{project:str}/documents"
_DOCUMENT = _DOCUMENTS + "/{document_id:str}"
_LARGEST_BODY = 2 * documents.LARGEST_CONTENT


@get(_DOCUMENTS, tags=["documents"])
async def list_documents(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    kind: FromQuery[DocumentKind | None] = None,
) -> DocumentPage:
    """A project's saved views and reports without their contents, the latest changed first."""
    return await documents.list_documents(services.ctx, caller, entity, project, kind)


@post(_DOCUMENTS, status_code=201, tags=["documents"], request_max_body_size=_LARGEST_BODY)
async def create_document(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], data: JSONBody[NewDocument]
) -> Document:
    """Keeps a saved view or a report."""
    return await documents.create_document(services.ctx, caller, entity, project, data)


@get(_DOCUMENT, tags=["documents"])
async def get_document(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], document_id: FromPath[str]
) -> Document:
    """One saved view or report."""
    return await documents.get_document(services.ctx, caller, entity, project, document_id)


@put(_DOCUMENT, tags=["documents"], request_max_body_size=_LARGEST_BODY)
async def change_document(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    document_id: FromPath[str],
    data: JSONBody[DocumentChange],
) -> Document:
    """Replaces title and content; refused when somebody else was faster."""
    return await documents.change_document(services.ctx, caller, entity, project, document_id, data)


@delete(_DOCUMENT, tags=["documents"])
async def delete_document(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], document_id: FromPath[str]
) -> None:
    """Deletes a saved view or a report."""
    await documents.delete_document(services.ctx, caller, entity, project, document_id)


HANDLERS = [list_documents, create_document, get_document, change_document, delete_document]

"""Documents (saved views, reports, an arrangement for everybody): kept, changed, and never overwritten unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import Document, DocumentChange, DocumentHead, DocumentKind, DocumentPage, NewDocument
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.naming import new_id
from besom.server.services.projects import find_project, open_project
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.report_panels import sweeps_shown
from besom.server.services.rights import Right
from besom.server.services.users import Caller
from besom.server.store import document_links, documents

if TYPE_CHECKING:
    from sqlalchemy import Connection

LARGEST_CONTENT = 1 << 20
"""Bytes, as JSON."""
LONGEST_TITLE = 200
MOST_DOCUMENTS = 1000
"""Of one project."""


async def list_documents(
    ctx: Context, caller: Caller, entity: str, project: str, kind: DocumentKind | None
) -> DocumentPage:
    """A project's documents without their contents, the latest changed first."""

    def look(conn: Connection) -> list[Any]:
        return documents.listing(conn, find_project(conn, caller, entity, project).id, kind)

    return DocumentPage(documents=[DocumentHead(**_head(row)) for row in await ctx.read(look)])


async def get_document(ctx: Context, caller: Caller, entity: str, project: str, document_id: str) -> Document:
    """One document."""
    return _view(await ctx.read(lambda conn: find_document(conn, caller, entity, project, document_id)[1]))


async def create_document(ctx: Context, caller: Caller, entity: str, project: str, new: NewDocument) -> Document:
    """Keeps a document.

    Raises:
        Invalid: title or content break a rule.
        Conflict: the project has too many, or an arrangement already.
    """
    values = _checked(new.title, new.content)

    def create(unit: Unit) -> Any:
        home = open_project(unit, caller, entity, project)
        if documents.count(unit.conn, home.id) >= MOST_DOCUMENTS:
            raise Conflict(
                "too_many_documents",
                f"{entity}/{project} has {MOST_DOCUMENTS} saved views and reports, and can have no more.",
                "Delete some that nobody needs.",
            )
        if new.kind == "arrangement" and (there := documents.listing(unit.conn, home.id, "arrangement")):
            raise Conflict(
                "arrangement_exists",
                f"{entity}/{project} is arranged for everybody already, by {there[0].editor}.",
                "Load it and change it, or delete it first.",
                field="kind",
            )
        document_id = new_id(ctx.rng)
        while documents.exists(unit.conn, document_id):
            document_id = new_id(ctx.rng)
        unit.changed(home.id, "document", document_id)
        by = {"creator": caller.name, "created": unit.now, "editor": caller.name, "updated": unit.now}
        row = {"id": document_id, "project_id": home.id, "kind": new.kind, "version": 1, **values, **by}
        return documents.create(unit.conn, row)

    return _view(await ctx.write(create))


async def change_document(
    ctx: Context, caller: Caller, entity: str, project: str, document_id: str, change: DocumentChange
) -> Document:
    """Replaces title and content.

    Raises:
        Invalid: title or content break a rule.
        Conflict: it was changed since the version that the change is based on.
    """
    values = _checked(change.title, change.content)

    def replace(unit: Unit) -> Any:
        project_id, row = find_document(unit.conn, caller, entity, project, document_id, "write")
        if row.version != change.version:
            raise Conflict(
                "document_changed",
                f"{row.title} was changed by {row.editor} meanwhile: it has version {row.version}, "
                f"and yours is based on {change.version}.",
                "Load it again and repeat your change, or save yours under another title.",
                field="version",
            )
        unit.changed(project_id, "document", document_id)
        if row.kind == "report" and document_links.get(unit.conn, document_id) is not None:
            opened = sweeps_shown(change.content) - sweeps_shown(row.content)
            for sweep_id in sorted(document_links.sweeps_among(unit.conn, project_id, opened)):
                about = f"report {document_id}", f"also shows sweep {sweep_id}"
                note(unit, caller, "link.widened", *about, entity=entity, project=project)
        by = {"version": row.version + 1, "editor": caller.name, "updated": unit.now}
        return documents.change(unit.conn, document_id, {**values, **by})

    return _view(await ctx.write(replace))


async def delete_document(ctx: Context, caller: Caller, entity: str, project: str, document_id: str) -> None:
    """Deletes a document."""

    def delete(unit: Unit) -> None:
        project_id, row = find_document(unit.conn, caller, entity, project, document_id, "write")
        unit.changed(project_id, "document", document_id)
        documents.remove(unit.conn, row.id)
        note(unit, caller, f"{row.kind}.deleted", row.title, entity=entity, project=project)

    await ctx.write(delete)


def find_document(
    conn: Connection, caller: Caller, entity: str, project: str, document_id: str, right: Right = "read"
) -> tuple[int, Any]:
    """The project's key, and the document's row. Who came by a link finds the link's report alone."""
    shown = caller.bounds is not None and caller.bounds.document == document_id
    home = find_project(conn, caller, entity, project, right, in_part=shown)
    row = documents.get(conn, home.id, document_id)
    if row is None:
        raise Missing(
            "document_not_found",
            f"There is no saved view or report {document_id!r} in {entity}/{project}.",
            "It may have been deleted.",
            field="document",
        )
    return int(home.id), row


def _checked(title: str, content: dict[str, Any]) -> dict[str, Any]:
    """The columns of title and content."""
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Invalid(
            "bad_title",
            f"The title has {len(title)} characters.",
            f"A title has 1 to {LONGEST_TITLE} characters.",
            field="title",
        )
    size = len(msgspec.json.encode(content))
    if size > LARGEST_CONTENT:
        raise Invalid(
            "content_too_large",
            f"The content has {size:,} bytes as JSON.",
            f"At most {LARGEST_CONTENT:,} are kept.",
            field="content",
        )
    return {"title": title, "content": content}


def _head(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in DocumentHead.__struct_fields__}


def _view(row: Any) -> Document:
    return Document(**_head(row), content=row.content)

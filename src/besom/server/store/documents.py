"""Queries about documents: saved views and reports of projects."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from besom.server.store.tables import documents

_HEAD = [column for column in documents.c if column.name != "content"]


def listing(conn: Connection, project_id: int, kind: str | None) -> list[Row[Any]]:
    """A project's documents of that kind, or of all, without their contents; the latest changed first."""
    query = select(*_HEAD).where(documents.c.project_id == project_id)
    if kind is not None:
        query = query.where(documents.c.kind == kind)
    return list(conn.execute(query.order_by(documents.c.updated.desc(), documents.c.id)))


def count(conn: Connection, project_id: int) -> int:
    """How many documents a project has."""
    query = select(func.count()).where(documents.c.project_id == project_id)
    return int(conn.execute(query).scalar_one())


def get(conn: Connection, project_id: int, document_id: str) -> Row[Any] | None:
    """A document of the project."""
    here = (documents.c.project_id == project_id, documents.c.id == document_id)
    return conn.execute(select(documents).where(*here)).first()


def exists(conn: Connection, document_id: str) -> bool:
    """Whether the id is taken, in any project."""
    return conn.execute(select(documents.c.id).where(documents.c.id == document_id)).first() is not None


def create(conn: Connection, values: dict[str, Any]) -> Row[Any]:
    """Adds a document and returns it."""
    return conn.execute(insert(documents).values(values).returning(documents)).one()


def change(conn: Connection, document_id: str, values: dict[str, Any]) -> Row[Any]:
    """Sets columns of a document and returns it."""
    return conn.execute(
        update(documents).where(documents.c.id == document_id).values(values).returning(documents)
    ).one()


def remove(conn: Connection, document_id: str) -> None:
    """Deletes a document."""
    conn.execute(delete(documents).where(documents.c.id == document_id))

"""Queries about links that let anyone read one report."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from besom.server.store.tables import document_links, documents, projects, sweeps, users

_GET = (
    select(document_links, documents.c.project_id, documents.c.content)
    .add_columns(projects.c.entity, projects.c.name.label("project"))
    .add_columns(users.c.name.label("creator"), users.c.role, users.c.disabled)
    .join(documents, documents.c.id == document_links.c.document_id)
    .join(projects, projects.c.id == documents.c.project_id)
    .join(users, users.c.id == document_links.c.user_id)
)


def get(conn: Connection, document_id: str) -> Row[Any] | None:
    """A document's link with its ``project_id``, ``entity``, ``project`` and ``content``, and ``creator``, ``role`` and
    ``disabled`` of the user who switched it on."""
    return conn.execute(_GET.where(document_links.c.document_id == document_id)).first()


def add(conn: Connection, document_id: str, nonce: str, user_id: int, now: float) -> None:
    """Gives a document without a link one."""
    values = {"document_id": document_id, "nonce": nonce, "user_id": user_id, "created": now}
    conn.execute(insert(document_links).values(values))


def drop(conn: Connection, document_id: str) -> bool:
    """Takes a document's link away; whether it had one."""
    return conn.execute(delete(document_links).where(document_links.c.document_id == document_id)).rowcount > 0


def sweeps_among(conn: Connection, project_id: int, sweep_ids: Collection[str]) -> frozenset[str]:
    """Those of these sweeps that the project has."""
    here = (sweeps.c.project_id == project_id, sweeps.c.id.in_(sweep_ids))
    return frozenset(conn.scalars(select(sweeps.c.id).where(*here)))

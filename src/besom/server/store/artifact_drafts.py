"""Queries about versions of artifacts that are on their way, and the lists of files that were sent for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from besom.server.store.tables import artifact_drafts, draft_manifests


def create(conn: Connection, values: dict[str, Any]) -> Row[Any]:
    """Adds a draft and returns it."""
    return conn.execute(insert(artifact_drafts).values(values).returning(artifact_drafts)).one()


def get(conn: Connection, project_id: int, draft_id: int) -> Row[Any] | None:
    """A draft of a project."""
    query = select(artifact_drafts).where(artifact_drafts.c.project_id == project_id, artifact_drafts.c.id == draft_id)
    return conn.execute(query).first()


def of_client(conn: Connection, client_id: str) -> Row[Any] | None:
    """The newest draft for which a client drew this id."""
    query = select(artifact_drafts).where(artifact_drafts.c.client_id == client_id)
    return conn.execute(query.order_by(artifact_drafts.c.id.desc()).limit(1)).first()


def open_shared(conn: Connection, project_id: int, name: str, shared_id: str) -> Row[Any] | None:
    """The draft that several processes send together, while it is open."""
    query = select(artifact_drafts).filter_by(project_id=project_id, name=name, shared_id=shared_id, artifact_id=None)
    return conn.execute(query.limit(1)).first()


def commit(conn: Connection, draft_id: int, artifact_id: int) -> None:
    """Notes which version a draft became."""
    conn.execute(update(artifact_drafts).where(artifact_drafts.c.id == draft_id).values(artifact_id=artifact_id))


def drop_open(conn: Connection, before: float) -> int:
    """Forgets drafts that were announced before that time and never committed, with their manifests; how many."""
    unfinished = artifact_drafts.c.artifact_id.is_(None) & (artifact_drafts.c.created < before)
    return conn.execute(delete(artifact_drafts).where(unfinished)).rowcount


def manifest_of(conn: Connection, draft_id: int, sender: str) -> Row[Any] | None:
    """The manifest that a run sends for a draft."""
    return conn.execute(select(draft_manifests).filter_by(draft_id=draft_id, sender=sender)).first()


def add_manifest(conn: Connection, draft_id: int, sender: str, base_id: int | None) -> int:
    """Announces a manifest; returns its id."""
    values = {"draft_id": draft_id, "sender": sender, "base_id": base_id}
    return int(conn.execute(insert(draft_manifests).values(values).returning(draft_manifests.c.id)).scalar_one())


def get_manifest(conn: Connection, draft_id: int, manifest_id: int) -> Row[Any] | None:
    """A manifest of a draft."""
    return conn.execute(select(draft_manifests).filter_by(draft_id=draft_id, id=manifest_id)).first()


def manifests(conn: Connection, draft_id: int) -> list[Row[Any]]:
    """The manifests of a draft, in the order in which they were announced; those to come have no digest."""
    query = select(draft_manifests).where(draft_manifests.c.draft_id == draft_id)
    return list(conn.execute(query.order_by(draft_manifests.c.id)))


def keep_manifest(conn: Connection, manifest_id: int, digest: str) -> None:
    """Notes that a manifest has arrived; the one before is replaced."""
    conn.execute(update(draft_manifests).where(draft_manifests.c.id == manifest_id).values(digest=digest))

"""Queries about the log of who did what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select

from besom.server.store.tables import audit


def add(conn: Connection, entry: dict[str, Any]) -> None:
    """Writes an entry down."""
    conn.execute(insert(audit).values(entry))


def listing(conn: Connection, entity: str | None, before: int | None, since: float, limit: int) -> list[Row[Any]]:
    """Entries, of an entity if one is given, that are older than entry ``before`` and of the time ``since`` (Unix
    seconds) or later; the newest first."""
    query = select(audit).where(audit.c.time >= since).order_by(audit.c.id.desc()).limit(limit)
    if entity is not None:
        query = query.where(audit.c.entity == entity)
    if before is not None:
        query = query.where(audit.c.id < before)
    return list(conn.execute(query))

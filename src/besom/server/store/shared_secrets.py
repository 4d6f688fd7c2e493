"""Queries about the secrets that all servers of a database share."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from besom.server.store.tables import shared_secrets


def get_or_keep(conn: Connection, purpose: str, fresh: str, now: float) -> str:
    """The secret for a purpose; ``fresh`` becomes it when there is none yet."""
    known = conn.execute(
        select(shared_secrets.c.secret).where(shared_secrets.c.purpose == purpose)
    ).scalar_one_or_none()
    if known is not None:
        return str(known)
    conn.execute(insert(shared_secrets).values(purpose=purpose, secret=fresh, created=now))
    return fresh

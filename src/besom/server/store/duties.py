"""Queries about what any one of the servers of a database does for all of them."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from besom.server.store.tables import duties


def note(conn: Connection, name: str, now: float) -> float | None:
    """Notes that a duty is done now; returns when it was done before, None if never."""
    before = conn.scalar(select(duties.c.done).where(duties.c.name == name))
    if before is None:
        conn.execute(insert(duties).values(name=name, done=now))
    else:
        conn.execute(update(duties).where(duties.c.name == name).values(done=now))
    return before


def is_due(conn: Connection, name: str, now: float, every: float) -> bool:
    """Whether no server has taken a duty within the last ``every`` seconds; then the caller has taken it."""
    before = conn.scalar(select(duties.c.done).where(duties.c.name == name))
    if before is not None and 0 <= now - before < every:
        return False
    note(conn, name, now)
    return True

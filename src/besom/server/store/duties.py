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
    """Whether no server has done a duty within the last ``every`` seconds."""
    before = conn.scalar(select(duties.c.done).where(duties.c.name == name))
    return before is None or not 0 <= now - before < every


def take(conn: Connection, name: str, now: float, every: float) -> bool:
    """Takes a duty if it is due; whether it was."""
    due = is_due(conn, name, now, every)
    if due:
        note(conn, name, now)
    return due

"""Queries about what the servers of a database tell each other.

A notice is written in the transaction of which it tells. Writers take turns, so ids become visible in their order, and
who asks for those after the last one that he knows misses none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from besom.server.store.tables import notices

CHANNEL = "besom"
"""On which PostgreSQL rings for a new notice, as soon as it can be read."""

_ADD = insert(notices).returning(func.pg_notify(CHANNEL, ""))
_AFTER = select(notices).where(notices.c.id > bindparam("last")).order_by(notices.c.id).limit(1000)


def add(conn: Connection, sender: str, now: float, body: dict[str, Any]) -> None:
    """Writes a notice, and rings. On PostgreSQL only: where one server is alone, nobody reads it."""
    conn.execute(_ADD, {"sender": sender, "time": now, "body": body})


def after(conn: Connection, last: int) -> list[Row[Any]]:
    """The first 1000 notices after the one with that id."""
    return list(conn.execute(_AFTER, {"last": last}))


def newest(conn: Connection) -> int:
    """The id of the last notice; 0 where there is none."""
    return int(conn.scalar(select(func.coalesce(func.max(notices.c.id), 0))) or 0)


def drop_before(conn: Connection, time: float) -> None:
    """Forgets old ones."""
    conn.execute(delete(notices).where(notices.c.time < time))

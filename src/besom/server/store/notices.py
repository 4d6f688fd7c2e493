"""Queries about what the servers of a database tell each other.

A notice is written in the transaction of which it tells. Writers take turns, so ids become visible in their order, and
who asks for those after the last one that he knows misses none.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from besom.server.store.prepared import Prepared
from besom.server.store.tables import notices

CHANNEL = "besom"
"""On which PostgreSQL tells of a new notice, by NOTIFY, as soon as it can be read, and says whose it is."""

_ADD = Prepared(
    insert(notices).returning(func.pg_notify(CHANNEL, notices.c.sender).label("notified")), ["sender", "time", "body"]
)
_SINCE = select(notices).where(notices.c.id >= bindparam("last")).order_by(notices.c.id).limit(1000)
_NEWEST = select(func.coalesce(func.max(notices.c.id), 0))


def add(conn: Connection, sender: str, now: float, body: dict[str, Any]) -> None:
    """Writes a notice, and tells of it by NOTIFY. On PostgreSQL only: where one server is alone, nobody reads it."""
    _ADD.run(conn, {"sender": sender, "time": now, "body": body})


def probe(conn: Connection, word: str) -> None:
    """Sends a word by NOTIFY, for one who wants to know whether he listens at this database. On PostgreSQL only."""
    conn.execute(select(func.pg_notify(CHANNEL, word)))


def after(conn: Connection, last: int) -> list[Row[Any]] | None:
    """The first of the notices after the one with that id; None where the ids have gone back, as after the restore of a
    backup, or when a standby took over that had not heard all."""
    found = list(conn.execute(_SINCE, {"last": last}))
    return None if last and not found else [notice for notice in found if notice.id > last]


def newest(conn: Connection) -> int:
    """The id of the last notice; 0 where there is none."""
    return int(conn.scalar(_NEWEST) or 0)


def drop_before(conn: Connection, time: float) -> None:
    """Forgets old ones, but not the newest: it tells how far the ids have come."""
    conn.execute(delete(notices).where(notices.c.time < time, notices.c.id < _NEWEST.scalar_subquery()))

"""Figures about the whole database, for those who run the server."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, text

from besom.server.store import migrate
from besom.server.store.errors import StoreError
from besom.server.store.tables import agents, blobs, runs


def check_writable(conn: Connection) -> None:
    """In a writing transaction; raises StoreError for a database that takes no rows from this besom."""
    migrate.check(migrate.current(conn))
    if conn.dialect.name == "postgresql" and conn.scalar(text("SHOW transaction_read_only")) == "on":
        raise StoreError("The database only lets read: it is a standby, or was switched to that.")


def living_agents(conn: Connection) -> int:
    """Agents that count as alive, without controllers."""
    query = select(func.count()).select_from(agents).where(agents.c.state == "running", agents.c.slots > 0)
    return int(conn.scalar(query) or 0)


def living_runs(conn: Connection) -> dict[str, int]:
    """How many runs are in each state, of those that have not ended."""
    query = select(runs.c.state, func.count()).where(runs.c.deleted.is_(None), runs.c.ended.is_(None))
    return {str(state): int(count) for state, count in conn.execute(query.group_by(runs.c.state))}


def sizes(conn: Connection) -> dict[str, int]:
    """Bytes of the database, and number and bytes of the files that it names."""
    if conn.dialect.name == "postgresql":
        database: Any = conn.scalar(text("SELECT pg_database_size(current_database())"))
    else:
        pages: Any = conn.exec_driver_sql("PRAGMA page_count").scalar()
        database = pages * conn.exec_driver_sql("PRAGMA page_size").scalar()
    files, size = conn.execute(select(func.count(), func.coalesce(func.sum(blobs.c.size), 0))).one()
    return {"database_bytes": int(database), "files": int(files), "file_bytes": int(size)}

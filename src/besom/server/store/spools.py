"""Queries about spools: how many bytes of each a run has brought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from besom.server.store.tables import spools


def find(conn: Connection, run_key: int, spool_id: str) -> Row[Any] | None:
    """A spool of a run."""
    return conn.execute(select(spools).where(spools.c.run_key == run_key, spools.c.id == spool_id)).first()


def add(conn: Connection, run_key: int, part: int, spool_id: str) -> None:
    """A new process logs to a run; ``part`` counts them from 1."""
    conn.execute(insert(spools), {"run_key": run_key, "part": part, "id": spool_id})


def advance(conn: Connection, run_key: int, part: int, offset: int) -> None:
    """Notes that ``offset`` bytes of a spool are stored."""
    conn.execute(update(spools).where(spools.c.run_key == run_key, spools.c.part == part).values(offset=offset))

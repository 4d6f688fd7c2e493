"""Queries about what only the page of one run needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from besom.server.store.tables import run_details

# Statements of every report are made once: making one costs several times what it costs to run it.
_GET = select(run_details).where(run_details.c.run_key == bindparam("run"))
_ADD = insert(run_details)
_CHANGE = update(run_details).where(run_details.c.run_key == bindparam("run"))


def get(conn: Connection, run_key: int) -> Row[Any] | None:
    """About the program, defined metrics and the state of their aggregates; None when nothing was ever told."""
    return conn.execute(_GET, {"run": run_key}).first()


def put(conn: Connection, run_key: int, known: Row[Any] | None, values: dict[str, Any]) -> None:
    """Sets columns; ``known`` is the row as it was."""
    if known is None:
        empty: dict[str, Any] = {"about": {}, "metrics": {}, "aggregates": {}}
        conn.execute(_ADD, {"run_key": run_key, **empty, **values})
    else:
        conn.execute(_CHANGE, {"run": run_key, **values})

"""Queries about what only the page of one run needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.tables import run_details, runs

# Statements of every report are made once: making one costs several times what it costs to run it.
_GET = Prepared(select(run_details).where(run_details.c.run_key == bindparam("run")))
_ADD = PreparedSets(insert(run_details))
_CHANGE = PreparedSets(update(run_details).where(run_details.c.run_key == bindparam("run")))


def get(conn: Connection, run_key: int) -> Row[Any] | None:
    """About the program, defined metrics and the state of their aggregates; None when nothing was ever told."""
    return _GET.first(conn, {"run": run_key})


def clients(conn: Connection, project_id: int, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the programs' clients keep with these runs for themselves, by run id, of those that have it."""
    query = select(runs.c.id, run_details.c.client).join(runs, runs.c.key == run_details.c.run_key)
    query = query.where(runs.c.project_id == project_id, runs.c.id.in_(run_ids))
    return {run_id: client for run_id, client in conn.execute(query) if client is not None}


def put(conn: Connection, run_key: int, known: Row[Any] | None, values: dict[str, Any]) -> None:
    """Sets columns; ``known`` is the row as it was."""
    if known is None:
        row: dict[str, Any] = {"run_key": run_key, "about": {}, "metrics": {}, "aggregates": {}, **values}
        _ADD(row).run(conn, row)
    elif values:
        _CHANGE(values).run(conn, {"run": run_key, **values})

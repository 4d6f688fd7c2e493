"""Rows that tests of the store need."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from besom.protocol import HistoryRecord
from besom.server.store import Store, sweeps
from besom.server.store.tables import projects, runs, users

_numbers = itertools.count()


def project(conn: Connection) -> int:
    """A new project's id."""
    values = {"entity": "me", "name": f"p{next(_numbers)}", "created": 0.0, "last_activity": 0.0}
    return int(conn.execute(insert(projects).values(values).returning(projects.c.id)).scalar_one())


def run(conn: Connection, project_id: int | None = None, **values: Any) -> int:
    """A new run's key."""
    defaults = {
        "project_id": project(conn) if project_id is None else project_id,
        "id": f"r{next(_numbers)}",
        "name": "twig",
        "state": "running",
        "config": {},
        "summary": {},
        "created": 0.0,
        "version": 1,
        "tags": [],
    }
    return int(conn.execute(insert(runs).values(defaults | values).returning(runs.c.key)).scalar_one())


def sweep(conn: Connection, project_id: int, sweep_id: str) -> str:
    """A new sweep's id."""
    common = {"state": "RUNNING", "config": {}, "text": "", "seed": 0, "creator": "me", "created": 0.0}
    sweeps.create(conn, {"id": sweep_id, "project_id": project_id, "updated": 0.0, "version": 1, **common})
    return sweep_id


def end(conn: Connection, run_key: int) -> None:
    conn.execute(update(runs).where(runs.c.key == run_key).values(ended=1.0))


def user(conn: Connection, name: str) -> None:
    conn.execute(insert(users).values(name=name, role="member", created=0.0))


def user_names(conn: Connection) -> set[str]:
    return set(conn.scalars(select(users.c.name)))


def count(store: Store, table: Any) -> int:
    return int(store.read_sync(lambda conn: conn.scalar(select(func.count()).select_from(table))) or 0)


def record(step: int, **data: Any) -> HistoryRecord:
    return HistoryRecord(step=step, time=1.7e9 + step / 7, data=data)

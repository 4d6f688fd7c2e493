"""Queries about links that let anyone read one sweep."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from besom.server.store.tables import agents, projects, runs, sweep_links, sweeps, users

_GET = (
    select(sweep_links, sweeps.c.project_id, projects.c.entity, users.c.name.label("creator"))
    .add_columns(users.c.role, users.c.disabled)
    .join(sweeps, sweeps.c.id == sweep_links.c.sweep_id)
    .join(projects, projects.c.id == sweeps.c.project_id)
    .join(users, users.c.id == sweep_links.c.user_id)
    .where(sweep_links.c.sweep_id == bindparam("sweep"))
)


def get(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """A sweep's link with the sweep's ``project_id`` and ``entity``, and ``creator``, ``role`` and ``disabled`` of the
    user who switched it on."""
    return conn.execute(_GET, {"sweep": sweep_id}).first()


def add(conn: Connection, sweep_id: str, nonce: str, user_id: int, now: float) -> None:
    """Gives a sweep without a link one."""
    values = {"sweep_id": sweep_id, "nonce": nonce, "user_id": user_id, "created": now}
    conn.execute(insert(sweep_links).values(values))


def drop(conn: Connection, sweep_id: str) -> bool:
    """Takes a sweep's link away; whether it had one."""
    return conn.execute(delete(sweep_links).where(sweep_links.c.sweep_id == sweep_id)).rowcount > 0


def runs_among(conn: Connection, sweep_id: str, run_ids: Collection[str]) -> set[str]:
    """Those of these runs, deleted ones too, that are the sweep's."""
    return set(conn.scalars(select(runs.c.id).where(runs.c.sweep_id == sweep_id, runs.c.id.in_(run_ids))))


def agents_among(conn: Connection, sweep_id: str, agent_ids: Collection[str]) -> set[str]:
    """Those of these agents that are the sweep's."""
    return set(conn.scalars(select(agents.c.id).where(agents.c.sweep_id == sweep_id, agents.c.id.in_(agent_ids))))

"""Queries about agents that work for all sweeps of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select

from besom.server.store.tables import agents, departed, projects, runs, sweeps

_DEPARTED_SECONDS = 3600.0
"""How long it is known that one has left: longer than any request of its is held back."""
_AT_WORK = ("pending", "running", "preempting")
_MEMBERS = (
    select(agents, sweeps.c.state.label("sweep_state"), sweeps.c.project_id, projects.c.entity)
    .add_columns(projects.c.name.label("project"))
    .join(sweeps, sweeps.c.id == agents.c.sweep_id)
    .join(projects, projects.c.id == sweeps.c.project_id)
    .order_by(agents.c.created, agents.c.id)
)


def open_sweeps(conn: Connection, project_id: int) -> list[Row[Any]]:
    """The sweeps of a project that agents may be given runs of, with ``at_work``, their runs that agents have now."""
    at_work = (
        select(func.count())
        .where(runs.c.sweep_id == sweeps.c.id, runs.c.state.in_(_AT_WORK), runs.c.agent_id.is_not(None))
        .correlate(sweeps)
    )
    query = (
        select(sweeps, at_work.scalar_subquery().label("at_work"))
        .where(sweeps.c.project_id == project_id, sweeps.c.state.in_(("PENDING", "RUNNING")))
        .order_by(sweeps.c.created, sweeps.c.id)
    )
    return list(conn.execute(query))


def member(conn: Connection, pool: str, sweep_id: str) -> Any | None:
    """What such an agent is in one sweep."""
    query = select(agents.c.id, agents.c.state).where(agents.c.pool == pool, agents.c.sweep_id == sweep_id)
    return conn.execute(query).first()


def members(conn: Connection, pool: str, project_id: int, run_ids: Sequence[str] = ()) -> list[Row[Any]]:
    """What it is in the sweeps of a project where it is alive, or has one of these runs; with ``sweep_state``."""
    alive = agents.c.state == "running"
    if run_ids:
        has = select(runs.c.agent_id).where(runs.c.project_id == project_id, runs.c.id.in_(run_ids))
        alive = or_(alive, agents.c.id.in_(has))
    return list(conn.execute(_MEMBERS.where(agents.c.pool == pool, sweeps.c.project_id == project_id, alive)))


def depart(conn: Connection, project_id: int, pool: str, now: float) -> None:
    """Notes that such an agent of a project has left. Again is harmless."""
    old = (departed.c.time < now - _DEPARTED_SECONDS) | _is(project_id, pool)
    conn.execute(delete(departed).where(old))
    conn.execute(insert(departed).values(project_id=project_id, pool=pool, time=now))


def has_departed(conn: Connection, project_id: int, pool: str) -> bool:
    """Whether it has left a short while ago."""
    return conn.execute(select(departed.c.pool).where(_is(project_id, pool))).first() is not None


def _is(project_id: int, pool: str) -> ColumnElement[bool]:
    return and_(departed.c.project_id == project_id, departed.c.pool == pool)

"""Queries about agents that work for all sweeps of a project."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, insert, or_, select

from besom.server.store.tables import agents, departed, projects, runs, sweeps

_AT_WORK = ("pending", "running", "preempting")
_BROKEN = ("crashed", "failed")
_HOLDS = exists().where(
    runs.c.agent_id == agents.c.id,
    runs.c.state.in_((*_AT_WORK, "preempted", *_BROKEN)),
    or_(runs.c.state.not_in(_BROKEN), runs.c.retry_held),
)
_MEMBERS = (
    select(agents, sweeps.c.state.label("sweep_state"), sweeps.c.project_id, projects.c.entity)
    .add_columns(projects.c.name.label("project"), _HOLDS.label("holds"))
    .join(sweeps, sweeps.c.id == agents.c.sweep_id)
    .join(projects, projects.c.id == sweeps.c.project_id)
    .order_by(agents.c.created, agents.c.id)
)


def open_sweeps(conn: Connection, project_id: int, also: Collection[str]) -> list[Row[Any]]:
    """(id, priority, at_work) of a project's sweeps that agents may be given runs of, and of ``also``, oldest first.

    ``priority`` is as the configuration has it, None where it has none; ``at_work`` counts the runs that agents have.
    """
    at_work = (
        select(func.count())
        .where(runs.c.sweep_id == sweeps.c.id, runs.c.state.in_(_AT_WORK), runs.c.agent_id.is_not(None))
        .correlate(sweeps)
    )
    wanted = or_(sweeps.c.state.in_(("PENDING", "RUNNING")), sweeps.c.id.in_(also))
    query = (
        select(sweeps.c.id, sweeps.c.config["priority"].label("priority"), at_work.scalar_subquery().label("at_work"))
        .where(sweeps.c.project_id == project_id, wanted)
        .order_by(sweeps.c.created, sweeps.c.id)
    )
    return list(conn.execute(query))


def member(conn: Connection, pool: str, sweep_id: str) -> Row[Any] | None:
    """What such an agent is, or was, in one sweep, as in ``members``."""
    return conn.execute(_MEMBERS.where(agents.c.pool == pool, agents.c.sweep_id == sweep_id)).first()


def members(conn: Connection, pool: str, project_id: int, run_ids: Sequence[str] = ()) -> list[Row[Any]]:
    """What it is in the sweeps of a project where it is alive, or has one of these runs.

    The agents' rows with their projects, ``sweep_state``, and ``holds``: whether it has yet to say of a run there that
    its process is over.
    """
    alive = agents.c.state == "running"
    if run_ids:
        has = select(runs.c.agent_id).where(runs.c.project_id == project_id, runs.c.id.in_(run_ids))
        alive = or_(alive, agents.c.id.in_(has))
    return list(conn.execute(_MEMBERS.where(agents.c.pool == pool, sweeps.c.project_id == project_id, alive)))


def unclaimed(conn: Connection, pool: str) -> list[Row[str, str]]:
    """(id, sweep_id) of the runs that were handed to it and that no program has begun."""
    query = select(runs.c.id, runs.c.sweep_id).join(agents, agents.c.id == runs.c.agent_id)
    those = (agents.c.pool == pool, runs.c.state == "pending", ~runs.c.claimed, runs.c.deleted.is_(None))
    return list(conn.execute(query.where(*those)))


def depart(conn: Connection, project_id: int, pool: str, now: float) -> None:
    """Notes that such an agent of a project has left. Again is harmless."""
    conn.execute(delete(departed).where(_is(project_id, pool)))
    conn.execute(insert(departed).values(project_id=project_id, pool=pool, time=now))


def has_departed(conn: Connection, project_id: int, pool: str) -> bool:
    """Whether it has left a short while ago."""
    return conn.execute(select(departed.c.pool).where(_is(project_id, pool))).first() is not None


def forget_departed(conn: Connection, before: float) -> None:
    """Forgets who left before that time."""
    conn.execute(delete(departed).where(departed.c.time < before))


def _is(project_id: int, pool: str) -> ColumnElement[bool]:
    return and_(departed.c.project_id == project_id, departed.c.pool == pool)

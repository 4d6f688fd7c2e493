"""Queries about agents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.tables import agents, projects, runs, sweeps

_WITH_PROJECT = (
    select(agents, sweeps.c.project_id, projects.c.entity, projects.c.name.label("project"))
    .join(sweeps, sweeps.c.id == agents.c.sweep_id)
    .join(projects, projects.c.id == sweeps.c.project_id)
)
_GET = Prepared(_WITH_PROJECT.where(agents.c.id == bindparam("agent")))
_CHANGE = PreparedSets(update(agents).where(agents.c.id == bindparam("agent")))
_OTHERS = Prepared(
    select(agents.c.id)
    .where(agents.c.sweep_id == bindparam("sweep"), agents.c.id != bindparam("agent"), agents.c.slots > 0)
    .where(agents.c.state == "running", agents.c.quarantined.is_(None))
    .limit(1)
)


def get(conn: Connection, agent_id: str) -> Row[Any] | None:
    """An agent with its sweep's ``project_id``, ``entity`` and ``project``."""
    return _GET.first(conn, {"agent": agent_id})


def create(conn: Connection, values: dict[str, Any]) -> None:
    """Adds an agent."""
    conn.execute(insert(agents).values(values))


def change(conn: Connection, agent_id: str, values: dict[str, Any]) -> None:
    """Sets columns of an agent."""
    _CHANGE(values).run(conn, {"agent": agent_id, **values})


def of_sweep(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """A sweep's agents with ``run_count`` and ``failed_count``, the newest first."""
    mine = runs.c.agent_id == agents.c.id
    counted = select(func.count()).select_from(runs).where(mine).correlate(agents)
    query = (
        select(
            agents,
            counted.scalar_subquery().label("run_count"),
            counted.where(runs.c.state.in_(("failed", "crashed"))).scalar_subquery().label("failed_count"),
        )
        .where(agents.c.sweep_id == sweep_id)
        .order_by(agents.c.created.desc(), agents.c.id)
    )
    return list(conn.execute(query))


def holding(conn: Connection, sweep_id: str) -> dict[str, list[str]]:
    """The runs that each agent of a sweep works on, oldest first."""
    query = (
        select(runs.c.agent_id, runs.c.id)
        .where(runs.c.sweep_id == sweep_id, runs.c.agent_id.is_not(None), runs.c.deleted.is_(None))
        .where(runs.c.state.in_(("pending", "running", "preempting")))
        .order_by(runs.c.key)
    )
    held: dict[str, list[str]] = {}
    for agent_id, run_id in conn.execute(query):
        held.setdefault(agent_id, []).append(run_id)
    return held


def controller(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """The living agent of a sweep that chooses its runs."""
    query = select(agents).where(agents.c.sweep_id == sweep_id, agents.c.state == "running", agents.c.slots == 0)
    return conn.execute(query).first()


def has_others(conn: Connection, sweep_id: str, agent_id: str) -> bool:
    """Whether another agent works for the sweep that may be given runs."""
    return _OTHERS.first(conn, {"sweep": sweep_id, "agent": agent_id}) is not None


def silent_since(conn: Connection, time: float, polling: float, limit: int) -> list[Row[Any]]:
    """Some agents that count as alive and were last heard before ``time``; of those that poll, before ``polling``."""
    polls = agents.c.calls_functions.is_not(None)
    last = case((polls, polling), else_=time)
    silent = _WITH_PROJECT.where(agents.c.state == "running", agents.c.heartbeat < last)
    return list(conn.execute(silent.limit(limit)))

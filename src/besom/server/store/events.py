"""Queries about events: what happened, and why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from besom.server.store.prepared import PreparedSets
from besom.server.store.tables import events

_ADD = PreparedSets(insert(events))


def add(conn: Connection, values: dict[str, Any]) -> None:
    """Keeps an event."""
    _ADD(values).run(conn, values)


def take(conn: Connection, project_id: int, run_id: str, kind: str) -> str | None:
    """Removes a run's events of a kind; returns the last one's actor, None without any."""
    here = (events.c.project_id == project_id, events.c.run_id == run_id, events.c.kind == kind)
    actor: str | None = conn.scalar(select(events.c.actor).where(*here).order_by(events.c.id.desc()).limit(1))
    if actor is not None:
        conn.execute(delete(events).where(*here))
    return actor


def keep_newest(conn: Connection, project_id: int, run_id: str, kind: str, most: int) -> None:
    """Removes a run's events of a kind, but for the newest ones."""
    here = (events.c.project_id == project_id, events.c.run_id == run_id, events.c.kind == kind)
    last = conn.scalar(select(events.c.id).where(*here).order_by(events.c.id.desc()).offset(most).limit(1))
    if last is not None:
        conn.execute(delete(events).where(*here, events.c.id <= last))


def of_sweep(conn: Connection, sweep_id: str, limit: int) -> list[Row[Any]]:
    """A sweep's events, the newest first."""
    return list(
        conn.execute(select(events).where(events.c.sweep_id == sweep_id).order_by(events.c.id.desc()).limit(limit))
    )


def last_of_agent(conn: Connection, sweep_id: str, agent_id: str) -> str | None:
    """The kind of the last event of an agent of a sweep."""
    here = (events.c.sweep_id == sweep_id) & (events.c.agent_id == agent_id) & events.c.kind.like("agent.%")
    kind: str | None = conn.scalar(select(events.c.kind).where(here).order_by(events.c.id.desc()).limit(1))
    return kind


def of_run(conn: Connection, project_id: int, run_id: str, limit: int) -> list[Row[Any]]:
    """A run's events, the newest first."""
    query = select(events).where(events.c.project_id == project_id, events.c.run_id == run_id)
    return list(conn.execute(query.order_by(events.c.id.desc()).limit(limit)))


def move(conn: Connection, project_id: int, run_id: str, to_project: int) -> None:
    """What happened to a run goes with it to another project."""
    here = (events.c.project_id == project_id, events.c.run_id == run_id)
    conn.execute(update(events).where(*here).values(project_id=to_project))

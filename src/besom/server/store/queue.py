"""Queries about the queue of a sweep: runs that wait for an agent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, and_, bindparam, func, or_, select

from besom.server.store.prepared import Prepared
from besom.server.store.tables import runs


def waiting(sweep_id: str | BindParameter[str], state: str | BindParameter[str]) -> ColumnElement[bool]:
    """Condition: a run of the sweep's queue in that state."""
    return and_(
        runs.c.sweep_id == sweep_id,
        runs.c.state == state,
        runs.c.agent_id.is_(None),
        runs.c.deleted.is_(None),
        runs.c.why.is_not(None),
        ~runs.c.prior,
    )


_FIRST = Prepared(select(runs).where(waiting(bindparam("sweep"), bindparam("in_state"))).order_by(runs.c.key).limit(1))


def first_preempted(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """The oldest run whose machine was taken away and that nobody goes on with."""
    return _FIRST.first(conn, {"sweep": sweep_id, "in_state": "preempted"})


def next_preempted(conn: Connection, sweep_id: str, but: Collection[str]) -> Row[Any] | None:
    """The oldest of them that is none of these."""
    query = select(runs).where(waiting(sweep_id, "preempted"), runs.c.id.not_in(but)).order_by(runs.c.key).limit(1)
    return conn.execute(query).first()


def first_leaving(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """The oldest run whose machine is being taken away, and which will wait for an agent when its process is over."""
    has_process = or_(runs.c.state == "preempting", and_(runs.c.state == "preempted", runs.c.agent_id.is_not(None)))
    was_handed_out = and_(runs.c.why.is_not(None), ~runs.c.prior, runs.c.deleted.is_(None))
    query = select(runs).where(runs.c.sweep_id == sweep_id, has_process, was_handed_out)
    return conn.execute(query.order_by(runs.c.key).limit(1)).first()


def first_queued(conn: Connection, sweep_id: str) -> Row[Any] | None:
    """The run that was queued first and not handed out."""
    return _FIRST.first(conn, {"sweep": sweep_id, "in_state": "pending"})


def queued(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """The runs that were queued and not handed out, oldest first."""
    return list(conn.execute(select(runs).where(waiting(sweep_id, "pending")).order_by(runs.c.key)))


def has_any(conn: Connection, sweep_id: str) -> bool:
    """Whether a run waits for an agent."""
    return first_queued(conn, sweep_id) is not None or first_preempted(conn, sweep_id) is not None


def length(conn: Connection, sweep_id: str) -> int:
    """How many they are."""
    return int(conn.execute(select(func.count()).where(waiting(sweep_id, "pending"))).scalar_one())

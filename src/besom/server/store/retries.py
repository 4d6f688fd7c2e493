"""Queries about runs that broke and are tried again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, text

from besom.server.store.prepared import Prepared
from besom.server.store.queue import waiting
from besom.server.store.tables import runs

_IS_DUE = text("runs.retry_due")
"""In the very words of the index of such runs: of the column SQLAlchemy would make ``retry_due = 1``, and SQLite would
look through all runs of the sweep."""
_EVERY_DUE = (
    select(runs)
    .where(
        runs.c.sweep_id == bindparam("sweep"),
        _IS_DUE,
        runs.c.point_hash.is_not(None),  # an older server beside this one marks what has lost its point, too
        runs.c.deleted.is_(None),
    )
    .order_by(runs.c.key)
    .limit(1)
)
_EVERY_READY = _EVERY_DUE.where(~runs.c.retry_held)
_DUE, _READY = Prepared(_EVERY_DUE), Prepared(_EVERY_READY)
_READY_FOR = Prepared(_EVERY_READY.where(or_(runs.c.agent_id.is_(None), runs.c.agent_id != bindparam("agent"))))
_MAY_BREAK = Prepared(
    select(runs.c.key)
    .where(
        runs.c.sweep_id == bindparam("sweep"),
        or_(*(runs.c.state == state for state in ("pending", "running", "preempting", "preempted"))),
        runs.c.deleted.is_(None),
        runs.c.params.is_not(None),
        runs.c.point_hash.is_not(None),
        runs.c.stop_reason.is_(None),
        runs.c.retried_by.is_(None),
        runs.c.attempt <= bindparam("most"),
        ~runs.c.prior,
        ~waiting(bindparam("sweep"), "pending"),
    )
    .limit(1)
)


def first_due(conn: Connection, sweep_id: str, without: str | None = None) -> Row[Any] | None:
    """The oldest run of a sweep that can be tried again now; ``without``: not one that broke with this agent."""
    if without is None:
        return _READY.first(conn, {"sweep": sweep_id})
    return _READY_FOR.first(conn, {"sweep": sweep_id, "agent": without})


def any_due(conn: Connection, sweep_id: str) -> bool:
    """Whether a run of a sweep is to be tried again, now or once its process is over."""
    return _DUE.first(conn, {"sweep": sweep_id}) is not None


def held(conn: Connection, agent_id: str) -> list[Row[Any]]:
    """An agent's runs that are to be tried again once it has said that their processes are over."""
    return list(conn.execute(select(runs).where(runs.c.agent_id == agent_id, runs.c.retry_due, runs.c.retry_held)))


def held_before(conn: Connection, time: float, limit: int) -> list[Row[Any]]:
    """The same, of any agent, of some runs that were last heard before ``time``."""
    here = (_IS_DUE, runs.c.deleted.is_(None), runs.c.retry_held, runs.c.heartbeat < time)
    # In the order of the index, for that makes SQLite take it.
    return list(conn.execute(select(runs).where(*here).order_by(runs.c.sweep_id, runs.c.key).limit(limit)))


def broken_or_due(conn: Connection, sweep_id: str, states: Collection[str]) -> list[Row[Any]]:
    """A sweep's runs in these states, and those that are to be tried again, oldest first."""
    here = select(runs).where(runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None)).order_by(runs.c.key)
    # Each by its own index, which their order makes SQLite take; for both at once it would look at all of the sweep.
    found = {run.key: run for one in (runs.c.state.in_(states), _IS_DUE) for run in conn.execute(here.where(one))}
    return [found[key] for key in sorted(found)]


def may_break(conn: Connection, sweep_id: str, most: int) -> bool:
    """Whether a run is under way that would be tried again if it broke, with ``most`` tries after the first."""
    return _MAY_BREAK.first(conn, {"sweep": sweep_id, "most": most}) is not None

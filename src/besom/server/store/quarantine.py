"""Queries about how the runs of one agent end, compared with those of the others."""

from __future__ import annotations

import signal
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select

from besom.server.store.tables import runs
from besom.server.store.work_time import heard, worked_seconds

# A cluster's warning ends a program that does not look out for it, and says nothing about the machine.
_WARNED = runs.c.exit_code.in_((-signal.SIGUSR1, -signal.SIGUSR2))
_BROKE = and_(runs.c.state.in_(("failed", "crashed")), ~func.coalesce(_WARNED, False))
_LATEST = (
    select(runs.c.state, runs.c.created, worked_seconds.label("seconds"))
    .where(runs.c.agent_id == bindparam("agent"), heard > bindparam("since"), runs.c.deleted.is_(None))
    .where(or_(runs.c.state.in_(("finished", "killed")), _BROKE))
    .order_by(heard.desc(), runs.c.key.desc())
    .limit(bindparam("most"))
)
_OF_OTHERS = (
    runs.c.sweep_id == bindparam("sweep"),
    runs.c.agent_id.is_not(None),
    runs.c.agent_id != bindparam("agent"),
    runs.c.deleted.is_(None),
    ~runs.c.prior,
)
_STOPPED = and_(runs.c.state == "killed", runs.c.stopped.is_not(None))
_GOOD = or_(runs.c.state == "finished", _STOPPED)
_GOOD_SINCE = (
    select(runs.c.key)
    .where(*_OF_OTHERS)
    .where(
        or_(
            and_(_GOOD, heard >= bindparam("since")),
            and_(runs.c.state == "running", runs.c.steps > 0, worked_seconds >= bindparam("seconds")),
        )
    )
    .limit(1)
)
_COUNTS = select(
    func.count().filter(_GOOD).label("good"),
    func.count().filter(_BROKE).label("broken"),
).where(*_OF_OTHERS)


def latest(conn: Connection, agent_id: str, since: float, most: int) -> list[Row[Any]]:
    """(state, created, seconds of work) of up to ``most`` runs of an agent that ended after ``since``, newest first."""
    return list(conn.execute(_LATEST, {"agent": agent_id, "since": since, "most": most}))


def others_do_well(conn: Connection, sweep_id: str, agent_id: str, since: float, seconds: float) -> bool:
    """Whether a run of another agent has ended well since then, or has gone well for ``seconds`` until now."""
    values = {"sweep": sweep_id, "agent": agent_id, "since": since, "seconds": seconds}
    return conn.execute(_GOOD_SINCE, values).first() is not None


def of_others(conn: Connection, sweep_id: str, agent_id: str) -> tuple[int, int]:
    """How many runs of a sweep's other agents ended well, and how many broke."""
    found = conn.execute(_COUNTS, {"sweep": sweep_id, "agent": agent_id}).one()
    return int(found.good), int(found.broken)

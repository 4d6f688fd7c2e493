"""When agents and runs were heard last, and a clock that was wrong meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, case, func, or_, select, update

from besom.server.store.tables import agents, runs, sweeps

_OPEN = select(sweeps.c.id).where(sweeps.c.state.in_(("PENDING", "RUNNING", "PAUSED")))
# Ended runs of open sweeps are compared with those that are to come.
_RUNS = or_(runs.c.state.in_(("pending", "running", "preempting")), runs.c.sweep_id.in_(_OPEN))
_AGENTS = agents.c.state == "running"
_MOMENT = 1e-6


def newest(conn: Connection) -> float | None:
    """When somebody was heard last who still matters; None where nobody was."""
    heard = (select(func.max(table.c.heartbeat)).where(those) for table, those in ((runs, _RUNS), (agents, _AGENTS)))
    return max((time for query in heard if (time := conn.execute(query).scalar_one()) is not None), default=None)


def shift(conn: Connection, seconds: float) -> None:
    """All who still matter were heard that much later, in the same order, and worked for as long as they did."""
    moved = {"heartbeat": runs.c.heartbeat + seconds, "idle": runs.c.idle + seconds}
    conn.execute(update(runs).where(_RUNS, runs.c.heartbeat.is_not(None)).values(moved))
    conn.execute(update(agents).where(_AGENTS).values(heartbeat=agents.c.heartbeat + seconds))


def draw_back(conn: Connection, now: float) -> None:
    """Who was heard in what is the future, while the clock was there for a moment, was heard now, in the same order;
    nobody has worked in the time between."""
    last = newest(conn) or now
    created_ahead = case((runs.c.created > now, runs.c.created - now), else_=0.0)
    moved = {"heartbeat": now - (last - runs.c.heartbeat) * _MOMENT, "idle": runs.c.idle - created_ahead}
    conn.execute(update(runs).where(_RUNS, runs.c.heartbeat > now).values(moved))
    drawn = now - (last - agents.c.heartbeat) * _MOMENT
    conn.execute(update(agents).where(_AGENTS, agents.c.heartbeat > now).values(heartbeat=drawn))


def renew(conn: Connection, version: Callable[[int], int]) -> None:
    """Gives the runs whose times were changed a new version of their project: who remembers them looks again."""
    for project_id in conn.scalars(select(runs.c.project_id).where(_RUNS).distinct()).all():
        here = update(runs).where(_RUNS, runs.c.project_id == project_id)
        conn.execute(here.values(version=version(project_id)))

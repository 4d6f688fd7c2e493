"""When agents and runs were heard last."""

from __future__ import annotations

from sqlalchemy import Connection, update

from besom.server.store.tables import agents, runs


def no_later_than(conn: Connection, now: float) -> None:
    """Nobody that counts as alive was heard after ``now``."""
    living = runs.c.state.in_(("pending", "running", "preempting"))
    conn.execute(update(runs).where(living, runs.c.heartbeat > now).values(heartbeat=now))
    conn.execute(update(agents).where(agents.c.state == "running", agents.c.heartbeat > now).values(heartbeat=now))

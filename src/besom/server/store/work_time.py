"""How long processes worked on a run, by the server's clock: those of the machines may be wrong by days."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, func

from besom.server.store.tables import runs

heard = func.coalesce(runs.c.heartbeat, runs.c.created)
"""When a run was last heard of: of one that has ended, when its end was."""
worked_seconds = heard - runs.c.created - runs.c.idle
"""From the hand-out to then, without the time in which it waited."""


def lasted(begun: ColumnElement[Any], until: ColumnElement[Any]) -> ColumnElement[float]:
    """Seconds from when a program says that it began; 0 where its machine's clock is ahead. NULL where a time is
    missing."""
    return case((until > begun, until - begun), (until <= begun, 0.0))

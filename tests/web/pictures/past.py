"""Puts what was made within a second into the hours in which real agents would have made it."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

STEP = 12.0
PAUSE = 4.0
"""Seconds of a step, and from one run to the next."""


def put_into_the_past(data: Path, sweep: str, lanes: int, *, shuffled: bool = False) -> None:
    """Times of a sweep's runs, as ``lanes`` agents would have made them one after another until now.

    ``shuffled``: in another order than they were made.
    """
    with closing(sqlite3.connect(data / "besom.db", timeout=60)) as db, db:
        runs = db.execute("SELECT key, steps, ended FROM runs WHERE sweep_id = ? ORDER BY key", (sweep,)).fetchall()
        if shuffled:
            random.Random(0).shuffle(runs)
        free, times = [0.0] * lanes, []
        for key, steps, ended in runs:
            lane = free.index(min(free))
            begin, end = free[lane] + PAUSE, free[lane] + PAUSE + max(1, steps) * STEP
            free[lane] = end
            times.append((key, begin, end, ended is None))
        now = time.time()
        first = now - max(free, default=0.0)
        for key, begin, end, runs_on in times:
            db.execute(
                "UPDATE runs SET created = ?, started = ?, heartbeat = ?, ended = ? WHERE key = ?",
                (first + begin, first + begin + 1, now, None if runs_on else first + end, key),
            )
        db.execute("UPDATE sweeps SET created = ? WHERE id = ?", (first - 60, sweep))
        db.execute("UPDATE agents SET created = ? WHERE sweep_id = ?", (first - 20, sweep))
        _spread_events(db, sweep, first, now)


def _spread_events(db: sqlite3.Connection, sweep: str, first: float, last: float) -> None:
    """Evenly, in the order in which they happened."""
    events = db.execute("SELECT id FROM events WHERE sweep_id = ? ORDER BY id", (sweep,)).fetchall()
    for number, (event,) in enumerate(events):
        when = first + (last - first) * number / len(events)
        db.execute("UPDATE events SET time = ? WHERE id = ?", (when, event))

"""What the runs of a sweep have used up, kept in memory: only what changed is read again, for who asks for work waits.

Every change of a run gets a version of its project that is higher than all before. What a transaction has changed
itself may still be taken back, so that is read once more the next time, whatever its version is then.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besom.server.store import budgets, projects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_CAPACITY = 64
"""Sweeps that are remembered; one of 100,000 runs takes some 25 MB."""
_MICROSECONDS = 1_000_000
"""Sums are of whole ones, so that they are exact in any order."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the runs that have ended have used."""

    gpu_seconds: float
    whole_after: int
    """Whole runs that ended after the one that was asked for."""


class Consumption:
    """What the runs of all sweeps with a budget have used. May be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, _OfSweep] = {}

    def totals(self, conn: Connection, sweep: Any, after: tuple[float, int] | None, own: int | None) -> Totals:
        """Of one sweep.

        Args:
            conn: In any transaction.
            sweep: The sweep's row.
            after: When a run ended, and its key; None: before all.
            own: The version of the project that this transaction has made, if it has.
        """
        version = projects.version(conn, sweep.project_id) if own is None else own - 1
        with self._lock:
            known = self._of.get(sweep.id)
            if known is not None and known.version <= version:
                known.catch_up(conn, sweep, version, own)
                return known.totals(after)
        # Nobody else waits for the first look at all of them; nor for one whose database is older than what is known.
        fresh = _OfSweep(conn, sweep, version, own)
        totals = fresh.totals(after)
        with self._lock:
            if self._of.get(sweep.id) is known:
                if len(self._of) >= _CAPACITY:
                    self._of.clear()
                self._of[sweep.id] = fresh
        return totals


class _OfSweep:
    """What one sweep's runs have used."""

    def __init__(self, conn: Connection, sweep: Any, version: int, own: int | None) -> None:
        self.version = version
        """Of the project: all changes up to it are known."""
        self._unsure: set[int] = set()
        """Runs whose last change may be taken back."""
        self._used: dict[int, tuple[int, float | None]] = {}
        """By key: GPU time, and when a whole run ended."""
        self._gpu_time = 0
        self._whole: list[tuple[float, int]] = []
        """Sorted: when each whole run ended, and its key."""
        every = sorted(budgets.use_of(conn, sweep.id), key=lambda row: (row.whole_at or 0.0, row.key))
        self._take(every, own)  # each at the end of what is sorted

    def catch_up(self, conn: Connection, sweep: Any, version: int, own: int | None) -> None:
        """Reads what changed."""
        again, self._unsure = self._unsure, set()
        for key in again:  # it may be gone
            self._count(key, 0, None)
        self._take(budgets.use_of_some(conn, sweep.id, again), own)
        self._take(budgets.use_since(conn, sweep.id, sweep.project_id, self.version), own)
        self.version = version

    def totals(self, after: tuple[float, int] | None) -> Totals:
        """As ``Consumption.totals``."""
        earlier = 0 if after is None else bisect_right(self._whole, after)
        return Totals(self._gpu_time / _MICROSECONDS, len(self._whole) - earlier)

    def _take(self, rows: Iterable[Any], own: int | None) -> None:
        for row in rows:
            self._count(row.key, round(row.gpu_seconds * _MICROSECONDS), row.whole_at)
            if row.version == own:
                self._unsure.add(row.key)

    def _count(self, key: int, gpu_time: int, whole_at: float | None) -> None:
        time_before, whole_before = self._used.pop(key, (0, None))
        if whole_before is not None:
            del self._whole[bisect_left(self._whole, (whole_before, key))]
        if whole_at is not None:
            insort(self._whole, (whole_at, key))
        self._gpu_time += gpu_time - time_before
        if gpu_time or whole_at is not None:
            self._used[key] = gpu_time, whole_at

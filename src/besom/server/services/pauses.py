"""Times in which the server could hear nobody: silence then is no sign that somebody is lost."""

from __future__ import annotations

import math

from besom.server.services.context import Context, Unit
from besom.server.store import duties, heartbeats, sweeps

_LOOK = "look for pauses"
_SLEW = 1.0
"""Seconds by which the clock may go back unnoticed, as when it is drawn to the right time."""


class Attention:
    """Notices that the server was stopped, that its machine slept, or that its clock was set.

    In all of these the time of day has moved otherwise, from one look to the next, than the server waited.
    """

    def __init__(self, ctx: Context, interval: float) -> None:
        """``interval``: seconds from one look to the next, as they are planned."""
        self._ctx = ctx
        self._interval = interval
        self._longest = interval + ctx.lease_seconds / 2
        self._looked = math.inf  # before the server began its clock may have been set, too

    async def look(self) -> None:
        """After such a time everybody has a whole lease again to be heard; nobody was heard in the future.

        Where several servers share the database they share its clock, and one of them, whichever looks first, adjusts
        what all have written. What another one heard meanwhile was heard.
        """
        ctx, now = self._ctx, self._ctx.clock()
        if ctx.store.is_shared or not self._was_awake(now):
            now = await ctx.write(self._adjust)
        self._looked = now
        ctx.latest = now + self._longest

    def _was_awake(self, now: float) -> bool:
        return self._is_usual(now - self._looked) and not self._leapt(now)

    def _is_usual(self, passed: float) -> bool:
        """Whether it can have been that long, in seconds, from one look to the next."""
        return 0 <= passed <= self._longest

    def _leapt(self, now: float) -> bool:
        """Ahead and back again between two looks: a write has a time that is to come."""
        return self._ctx.newest > now + _SLEW

    def _adjust(self, unit: Unit) -> float:
        """Returns when it looked: at the time that the database told as this write began, which is right also after
        this machine slept, and in the order of the writes of all servers, however long one waited for its turn."""
        now = self._ctx.clock()
        passed, leapt = now - self._looked, self._leapt(now)
        if not self._was_awake(now):
            self._ctx.started = now
        if self._ctx.store.is_shared:  # what counts below is when any of the servers looked
            before = duties.note(unit.conn, _LOOK, now)
            heard = math.isfinite(passed) or (before is not None and -_SLEW <= now - before <= self._longest)
            passed = now - before if heard and before is not None else -math.inf
            if -_SLEW <= passed < 0:  # each server is told the time a little later than it was
                passed = 0.0
        if self._is_usual(passed) and not leapt:
            return now
        ahead = (heartbeats.newest(unit.conn) or now) - now if passed < 0 else 0.0
        self._ctx.newest = now
        if leapt and passed >= 0:
            heartbeats.draw_back(unit.conn, now)
            heartbeats.renew(unit.conn, unit.version)
        if ahead > 0:
            heartbeats.shift(unit.conn, -ahead)
            heartbeats.renew(unit.conn, unit.version)
        if self._is_usual(passed):
            missed = 0.0
        else:
            missed = passed - self._interval if math.isfinite(passed) else min(0.0, -ahead)
        if missed:  # no hours of a budget
            sweeps.shift_active(unit.conn, missed)
        return now

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
        self._looked = math.inf  # before the server began its clock may have been set, too

    async def look(self) -> None:
        """After such a time everybody has a whole lease again to be heard; nobody was heard in the future.

        Where several servers share the database they share its clock, and one of them, whichever looks first, adjusts
        what all have written. What another one heard meanwhile was heard.
        """
        ctx, now = self._ctx, self._ctx.clock()
        passed, longest = now - self._looked, self._interval + self._ctx.lease_seconds / 2
        leapt = ctx.newest > now + _SLEW  # ahead and back again between two looks: a write has a time that is to come
        was_awake = 0 <= passed <= longest and not leapt
        if not was_awake:
            ctx.started = now
        if ctx.store.is_shared or not was_awake:
            await ctx.write(lambda unit: self._adjust(unit, now, passed, longest, leapt=leapt))
        self._looked = now
        ctx.latest = now + longest

    def _adjust(self, unit: Unit, now: float, passed: float, longest: float, *, leapt: bool) -> None:
        """``passed``: seconds since this server looked; what counts below is when any of them did."""
        if self._ctx.store.is_shared:
            before = duties.note(unit.conn, _LOOK, now)
            heard = math.isfinite(passed) or (before is not None and 0 <= now - before <= longest)
            passed = now - before if heard and before is not None else -math.inf
        if 0 <= passed <= longest and not leapt:
            return
        ahead = (heartbeats.newest(unit.conn) or now) - now if passed < 0 else 0.0
        self._ctx.newest = now
        if leapt and passed >= 0:
            heartbeats.draw_back(unit.conn, now)
        if ahead > 0:
            heartbeats.shift(unit.conn, -ahead)
        if 0 <= passed <= longest:
            missed = 0.0
        else:
            missed = passed - self._interval if math.isfinite(passed) else min(0.0, -ahead)
        if missed:  # no hours of a budget
            sweeps.shift_active(unit.conn, missed)

"""Times in which the server could hear nobody: silence then is no sign that somebody is lost."""

from __future__ import annotations

import math

from besom.server.services.context import Context
from besom.server.store import heartbeats, sweeps


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
        """After such a time everybody has a whole lease again to be heard; nobody was heard in the future."""
        now = self._ctx.clock()
        passed, self._looked = now - self._looked, now
        if passed < 0:
            # Who was heard before the clock was set back was heard now, or would not be missed for as long.
            await self._ctx.write(lambda unit: heartbeats.no_later_than(unit.conn, unit.now))
        if not 0 <= passed <= self._interval + self._ctx.lease_seconds / 2:
            self._ctx.started = now
            if math.isfinite(passed):  # no hours of a budget
                missed = passed - self._interval
                await self._ctx.write(lambda unit: sweeps.shift_active(unit.conn, missed))

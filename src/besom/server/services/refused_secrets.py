"""Writes down that somebody came with a secret that nobody has, but not each time: nobody is to fill the disk."""

from __future__ import annotations

from besom.server.services.addresses import block_of
from besom.server.services.audit import write
from besom.server.services.context import Context

_EVERY = 60.0
"""Seconds: in that time one entry is written about an address, ..."""
_MOST = 100
"""... and so many altogether."""


class RefusedSecrets:
    """Remembers of whom it has told lately."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._told: set[str] = set()
        self._since = 0.0

    async def note(self, action: str, detail: str, address: str) -> None:
        """Puts a refusal into the audit log, where there is room for it.

        Args:
            action: e.g. ``session.refused``.
            detail: What was tried, for people.
            address: Of the client.
        """
        now, block = self._ctx.clock(), block_of(address)
        if not 0.0 <= now - self._since < _EVERY:
            self._told, self._since = set(), now
        if block in self._told or len(self._told) >= _MOST:
            return
        self._told.add(block)
        await self._ctx.write(lambda unit: write(unit, "?", action, detail=detail, address=address))

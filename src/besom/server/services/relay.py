"""Brings what other servers of the database change to those who wait at this one."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial

from besom.errors import BesomError
from besom.server.services.context import Context
from besom.server.services.live import Change
from besom.server.store import notices
from besom.server.store.store import urgently

logger = logging.getLogger("besom.server")

KEPT_SECONDS = 300.0
"""How long notices are kept. A server that was away for half of it looks at everything anew."""
LOOK_EVERY = 1.0
"""Seconds, after which it looks though nobody told it to: behind a pooler, or while a connection is cut, nobody can."""


class Relay:
    """Reads the notices of the others."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._news = asyncio.Event()
        self._last: int | None = None
        """Id of the last notice that is known; None when it is not known what was missed."""
        self._looked = time.monotonic()
        self._doubts = 0
        self._is_new = False

    def notify(self) -> None:
        """There is a new notice."""
        self._news.set()

    def notify_connected(self) -> None:
        """The database is heard, as it was not before: it may be one that has not kept all, of this server either."""
        self._is_new = True
        self._news.set()

    async def probe(self, word: str) -> None:
        """Sends a word to every server that listens at this database."""
        await self._ctx.write(lambda unit: notices.probe(unit.conn, word))

    async def run(self) -> None:
        """Looks whenever it is told of a notice, and once a second; goes on until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # whatever it was, the others are to be heard again
                self._last = None
                if isinstance(error, BesomError):
                    logger.info("cannot look for other servers' changes: %s", error)
                else:
                    logger.exception("cannot look for other servers' changes; it will be tried again")
                await asyncio.sleep(LOOK_EVERY)
            try:
                await asyncio.wait_for(self._news.wait(), LOOK_EVERY)
            except (TimeoutError, asyncio.TimeoutError):
                continue
            self._news.clear()

    async def look(self) -> None:
        """Tells of everything that is new. Agents wait for it, so it waits for no long reads.

        Raises:
            StoreError: the database cannot be read; the next look starts with telling everybody to look anew.
        """
        is_late = time.monotonic() - self._looked > KEPT_SECONDS / 2
        if is_late or self._is_new or self._doubts != self._ctx.doubts:
            self._last, self._is_new, self._doubts = None, False, self._ctx.doubts
        with urgently(True):
            if self._last is None:
                self._last = await self._ctx.read(notices.newest)
                self._ctx.live.reset()
            while found := await self._ctx.read(partial(notices.after, last=self._last)):
                for notice in found:
                    self._last = notice.id
                    if notice.sender != self._ctx.name:
                        self._tell(notice.body)
        if found is None:
            self._last = None
        self._looked = time.monotonic()

    def _tell(self, body: dict[str, list[list[object]]]) -> None:
        live = self._ctx.live
        live.wake(str(topic) for topic in body["topics"])
        for project_id, kind, identity, version in body["changes"]:
            live.publish(project_id, Change(kind, identity, version))  # type: ignore[arg-type]


async def forget_old(ctx: Context) -> None:
    """Drops notices that everybody has read."""
    await ctx.write(lambda unit: notices.drop_before(unit.conn, unit.now - KEPT_SECONDS))

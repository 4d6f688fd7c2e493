"""Whether the server can do its work: what a load balancer asks before it sends requests there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from besom.errors import BesomError
from besom.server.services.context import Context
from besom.server.store import figures
from besom.server.store.blob_store import BlobStore
from besom.server.store.errors import Outgrown

logger = logging.getLogger("besom.server")

_PATIENCE = 10.0
"""Seconds. With as many works as ever wait before it, a transaction takes some; one that takes longer is stuck."""
_FRESH = 2.0
"""Seconds for which a check stands: whoever asks all the time must not keep the server at work."""
OK = "ok"


class Readiness:
    """Tries what the server needs. Those who ask at the same time share one trial."""

    def __init__(self, ctx: Context, blobs: BlobStore) -> None:
        self._ctx = ctx
        self._blobs = blobs
        self._trial: asyncio.Task[dict[str, str]] | None = None
        self._tried = 0.0
        self._writing: asyncio.Task[None] | None = None

    async def check(self) -> dict[str, str]:
        """What is wrong with each thing that the server needs, or ``OK``. Names no address and no folder, for nobody is
        asked who he is; the log has the rest."""
        now = asyncio.get_running_loop().time()
        if self._trial is None or (self._trial.done() and now - self._tried > _FRESH):
            self._tried = now
            self._trial = asyncio.create_task(self._try())
        return await asyncio.shield(self._trial)

    async def _try(self) -> dict[str, str]:
        database, files = await asyncio.gather(
            _said(self._ctx.write(lambda unit: figures.check_writable(unit.conn)), "database", "cannot be written"),
            _said(self._write_file(), "files", "cannot be written"),
        )
        return {"database": database, "files": files}

    async def _write_file(self) -> None:
        """A store that does not answer keeps one thread, however often somebody asks meanwhile."""
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(asyncio.to_thread(self._blobs.check))
        await asyncio.shield(self._writing)


async def _said(trial: Awaitable[None], what: str, otherwise: str) -> str:
    try:
        await asyncio.wait_for(trial, _PATIENCE)
    except (TimeoutError, asyncio.TimeoutError):
        return f"no answer within {_PATIENCE:.0f} s"
    except Outgrown as error:
        logger.warning("not ready, %s: %s", what, error)
        return "has the schema of another version of besom"
    except BesomError as error:
        logger.warning("not ready, %s: %s", what, error)
        return otherwise
    return OK

"""Hears at once that another server of the database has written a notice, by PostgreSQL's LISTEN."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable

import psycopg
from sqlalchemy.engine import make_url

from besom.server.store.notices import CHANNEL
from besom.server.store.postgresql import is_pooled, patience

logger = logging.getLogger("besom.store")

_RETRY_SECONDS = 1.0
_PROBE_SECONDS = 10.0
"""Until a probe that was sent is heard."""


async def listen_for_notices(
    url: str,
    on_notice: Callable[[], None],
    probe: Callable[[str], Awaitable[object]] | None = None,
    own: str | None = None,
    on_connected: Callable[[], None] | None = None,
) -> None:
    """Tells of each notice, and when it begins to listen; goes on until it is cancelled.

    Behind a pooler it gives up: there a connection is nobody's own, so it hears nothing, or what is meant for others.

    Args:
        url: Of the database, by a connection that stays with one caller.
        on_notice: Called in the event loop's thread.
        probe: Sends that word to the channel of the database in which the notices are written. Where another one was
            named by mistake to be listened at, the word is not heard there; the log says so.
        own: The sender whose notices it does not tell of, since who listens has written them.
        on_connected: Called instead of ``on_notice`` when it begins to listen: what it did not hear before may be gone.
    """
    address = make_url(url).set(drivername="postgresql+psycopg")
    _, options = address.get_dialect()().create_connect_args(address)  # the store's way, also to one of several hosts
    is_told = False
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                autocommit=True, **options, **patience(address)
            ) as connection:
                (pid,) = await (await connection.execute("SELECT pg_backend_pid()")).fetchone() or (None,)
                if is_pooled(connection, pid):
                    logger.warning(
                        "The database is reached through a pooler: what other servers change is looked for each second "
                        "instead of being heard. --db-listen URL names the database itself."
                    )
                    return
                await connection.execute(f"LISTEN {CHANNEL}")
                if probe is not None:
                    await _expect_heard(connection, probe)
                is_told = False
                (on_connected or on_notice)()
                async for notice in connection.notifies():
                    if notice.payload != own:
                        on_notice()
        except Exception as error:  # whatever it was, the others are to be heard again
            logger.log(
                logging.INFO if is_told else logging.WARNING,
                "%s cannot be listened at, so what other servers change is looked for each second: %s",
                address.set(drivername="postgresql"),
                error,
            )
            is_told = True
        await asyncio.sleep(_RETRY_SECONDS)


async def _expect_heard(connection: psycopg.AsyncConnection, probe: Callable[[str], Awaitable[object]]) -> None:
    """Raises ConnectionError where another database is listened at than that in which the notices are written."""
    word = secrets.token_hex(8)
    await probe(word)
    async with contextlib.aclosing(connection.notifies(timeout=_PROBE_SECONDS)) as notices:
        async for notice in notices:
            if notice.payload == word:
                return
    raise ConnectionError("it is another database than that of --db")

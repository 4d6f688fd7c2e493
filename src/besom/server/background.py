"""What a server does all the while: looks for lost agents, compacts history, clears away what was deleted, notes which
keys are used, loads the search before it is wanted."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from besom.server.services.artifact_changes import delete_expired
from besom.server.services.artifact_drafts import collect_abandoned
from besom.server.services.blobs import collect_unnamed
from besom.server.services.deleted_runs import forget_some
from besom.server.services.deletion import clear_deleted, finish_deleted
from besom.server.services.pauses import Attention
from besom.server.services.pool_members import forget_departed
from besom.server.services.reaper import end_sweeps, reap
from besom.server.services.relay import Relay, forget_old
from besom.server.services.services import Services

logger = logging.getLogger("besom.server")

_LOOKS_PER_LEASE = 8
_COMPACT_EVERY = 5.0
_COMPACT_AT_ONCE = 8
_COLLECT_EVERY = 600.0
_CLEAR_AWAY_EVERY = 2.0
_FINISH_EVERY = 30.0
_NOTE_USES_EVERY = 60.0
_CLEAR_EVERY = 0.25
_WARM_UP_AFTER = 0.5


@contextlib.asynccontextmanager
async def background_work(services: Services, listen: str | None = None) -> AsyncIterator[None]:
    """The tasks run while the block does.

    Args:
        services: What they work on.
        listen: Where PostgreSQL itself is reached, if not at the store's address.
    """
    ctx = services.ctx

    async def compact() -> None:
        if not await ctx.takes_turn("compact", _COMPACT_EVERY):
            return
        from besom.server.store.compaction import compact_some  # loads NumPy, which the server does not need to start

        while await compact_some(ctx.store, _COMPACT_AT_ONCE):
            await asyncio.sleep(0)

    async def collect() -> None:
        if not await ctx.takes_turn("collect", _COLLECT_EVERY):
            return
        if ctx.store.is_shared:
            await forget_old(ctx)
        await collect_abandoned(ctx)
        while await delete_expired(ctx):
            await asyncio.sleep(0)
        await forget_departed(ctx)
        while await forget_some(ctx):
            await asyncio.sleep(0)
        while await collect_unnamed(ctx, services.blobs):
            await asyncio.sleep(0)

    async def clear_away() -> None:
        if await ctx.takes_turn("clear", _CLEAR_AWAY_EVERY):
            await clear_deleted(ctx)

    async def finish() -> None:
        if await ctx.takes_turn("finish", _FINISH_EVERY):
            await finish_deleted(ctx, services.blobs)

    looks = max(ctx.lease_seconds / _LOOKS_PER_LEASE, 0.1)
    attention = Attention(ctx, looks)

    async def look_for_lost() -> None:
        await attention.look()
        await reap(ctx, services.plans)
        await end_sweeps(ctx, services.plans)

    await _try(attention.look)  # before anything is heard: the clock may have been set meanwhile
    tasks = [
        asyncio.create_task(_again_and_again(look_for_lost, looks)),
        asyncio.create_task(_again_and_again(compact, _COMPACT_EVERY)),
        asyncio.create_task(_again_and_again(collect, _COLLECT_EVERY)),
        asyncio.create_task(_again_and_again(clear_away, _CLEAR_AWAY_EVERY)),
        asyncio.create_task(_again_and_again(finish, _FINISH_EVERY)),
        asyncio.create_task(_again_and_again(services.sessions.note_uses, _NOTE_USES_EVERY)),
        asyncio.create_task(_again_and_again(_clear_young, _CLEAR_EVERY)),
        asyncio.create_task(_again_and_again(_clear_all, _COLLECT_EVERY, ctx.rng.uniform(0.0, _COLLECT_EVERY))),
        asyncio.create_task(_load_search()),
    ]
    if ctx.store.is_shared:
        from besom.server.store.notice_listener import listen_for_notices  # loads what only PostgreSQL needs

        relay = Relay(ctx)
        address, probe = (ctx.store.address, None) if listen is None else (listen, relay.probe)
        listening = listen_for_notices(address, relay.notify, probe, own=ctx.name, on_connected=relay.notify_connected)
        tasks += [asyncio.create_task(relay.run()), asyncio.create_task(listening)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(work: Callable[[], Awaitable[None]], seconds: float, first: float = 0.0) -> None:
    """Waits longer before the first time by ``first``: not all workers of a server stand still at the same moment."""
    await asyncio.sleep(first)
    while True:
        await asyncio.sleep(seconds)
        await _try(work)


async def _try(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception:
        logger.exception("background work failed; it will be tried again")


async def _clear_young() -> None:
    """What requests leave behind, bit by bit: all at once it would hold everybody up for a tenth of a second, and
    once a second for some 40 ms at 560 requests a second."""
    gc.collect(0)


async def _clear_all() -> None:
    """What became garbage later than that."""
    gc.collect()


async def _load_search() -> None:
    """NumPy and the reader of configurations take a while to load: not at start, and not while the first user waits."""
    await asyncio.sleep(_WARM_UP_AFTER)
    for module in ("besom.config.load", "besom.search"):
        await asyncio.to_thread(importlib.import_module, module)
    gc.collect()  # what requests have left meanwhile is not to stay for good
    gc.freeze()  # what has been loaded is no garbage, and need not be looked through again

"""What is left of deleted projects and sweeps goes a little at a time, while others write.

Each step is a short transaction that any server may do, in whatever order: one that was killed is gone on with. A
project's own row says that there is something to be done, so it goes last, after the bytes of its files.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from besom.server.services.context import Context, Unit
from besom.server.store import deletion, points, runs
from besom.server.store.errors import StoreError

if TYPE_CHECKING:
    from besom.server.store.blob_store import BlobStore

logger = logging.getLogger("besom.server")

ROWS_AT_ONCE = 1_000
"""Of a transaction."""
_ROWS_PER_RUN = 4
_PAUSE = 0.02
"""Seconds between two of them: nobody is in a hurry for this."""


def clear(unit: Unit, project_id: int) -> bool:
    """Takes rows out of a deleted project, or lets runs of its sweeps go that stay. True when nothing was left."""
    gone = deletion.clear(unit.conn, project_id, ROWS_AT_ONCE)
    if gone < ROWS_AT_ONCE:
        gone += _let_go(unit, project_id, ROWS_AT_ONCE - gone)
    if gone < ROWS_AT_ONCE:
        gone += deletion.clear_sweeps(unit.conn, project_id, ROWS_AT_ONCE - gone)
    return gone < ROWS_AT_ONCE


async def clear_deleted(ctx: Context) -> None:
    """Takes out all rows of all deleted projects, other than their own and those of bytes."""
    for project_id in await ctx.read(deletion.given_up):
        if not await ctx.read(partial(deletion.is_empty, project_id=project_id)):
            while not await ctx.write(partial(clear, project_id=project_id)):
                await asyncio.sleep(_PAUSE)


async def finish_deleted(ctx: Context, blobs: BlobStore) -> None:
    """Deletes the bytes of all projects of which nothing else is left, and then what was left of these."""
    for project_id in await ctx.read(deletion.given_up):
        if await ctx.read(partial(deletion.is_empty, project_id=project_id)):
            await finish(ctx, blobs, project_id)


async def finish(ctx: Context, blobs: BlobStore, project_id: int) -> None:
    """The same of one. What cannot be deleted now is left for the next time. While a client may still put bytes
    straight into the object store, the project waits for them."""
    has, expects = await ctx.read(partial(deletion.bytes_of, project_id=project_id, now=ctx.clock()))
    if expects and not has:
        return
    try:
        await asyncio.to_thread(blobs.remove_project, project_id)
    except StoreError as error:
        logger.warning("The files of a deleted project stay for now: %s", error)
        return
    while await ctx.write(lambda unit: deletion.clear_bytes(unit.conn, project_id, ROWS_AT_ONCE)) >= ROWS_AT_ONCE:
        await asyncio.sleep(_PAUSE)
    if not expects:
        await ctx.write(lambda unit: deletion.drop(unit.conn, project_id))


def _let_go(unit: Unit, project_id: int, room: int) -> int:
    """Makes runs of deleted sweeps ordinary runs of their projects; they cost more than rows that go."""
    kept = deletion.kept_runs(unit.conn, project_id, 1 + room // _ROWS_PER_RUN)
    for home in {run.project_id for run in kept}:
        theirs = [run for run in kept if run.project_id == home]
        let_go(unit, home, {run.key: run.id for run in theirs})
    return len(kept) * _ROWS_PER_RUN


def let_go(unit: Unit, project_id: int, those: dict[int, str]) -> None:
    """Makes runs of a sweep, ids by their keys, ordinary runs of their project."""
    points.drop_brackets(unit.conn, *those)
    runs.release(unit.conn, list(those), {"version": unit.version(project_id)})
    for run_id in those.values():
        unit.changed(project_id, "run", run_id)

"""Bytes that are sent: written down piece by piece as they come, and then put among the blobs of a project."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from typing import TypeVar

from besom.server.services.context import Context, Unit
from besom.server.services.refusals import Missing, TooLarge
from besom.server.store import blobs, projects
from besom.server.store.blob_folder import BlobWriter
from besom.server.store.blob_store import BlobStore
from besom.server.store.errors import StoreError

Result = TypeVar("Result")

LARGEST_BLOB = 64 * 2**30
"""Bytes."""
DELETING_SECONDS = 600.0
"""Longer than any place of blobs takes to delete some, or to give up."""
_PIECE = 1 << 20
_LONGEST_SHOWN = 60


@contextlib.asynccontextmanager
async def received(
    folder: BlobStore, name: str, body: AsyncIterator[bytes], length: int | None
) -> AsyncIterator[BlobWriter]:
    """All the bytes of a body, written down beside the blobs; after the block they are gone, unless it kept them.

    Args:
        folder: Where the blobs lie.
        name: What the bytes are, for messages.
        body: The bytes.
        length: How many there are, where that was said.

    Raises:
        TooLarge: there are too many.
        StoreError: the disk is full.
    """
    if length is not None and length > LARGEST_BLOB:
        raise _too_large(name)
    writer = await asyncio.to_thread(folder.write)
    try:
        await _fill(writer, name, body)
        yield writer
    finally:
        writer.discard()


async def keep(
    ctx: Context, folder: BlobStore, project_id: int, writer: BlobWriter, name: Callable[[Unit], Result]
) -> Result:
    """Puts what was received among a project's blobs, and names it in the same transaction; the result is that of
    ``name``."""
    known = await ctx.write(lambda unit: present(unit, project_id, [writer.digest]))
    return await put(ctx, folder, project_id, writer, name, is_there=bool(known))


async def put(
    ctx: Context,
    folder: BlobStore,
    project_id: int,
    writer: BlobWriter,
    name: Callable[[Unit], Result],
    *,
    is_there: bool = False,
) -> Result:
    """``keep`` where the caller has asked whether these bytes are there.

    Raises:
        Missing: the project was deleted meanwhile; nothing is kept.
        StoreError: the disk is full or cannot be used.
    """
    if not is_there:
        await asyncio.to_thread(folder.keep, writer, project_id)

    def add_and_name(unit: Unit) -> Result:
        add(unit, project_id, writer.digest, writer.md5, writer.size)
        return name(unit)

    try:
        return await ctx.write(add_and_name)
    except Missing:
        if not await ctx.read(lambda conn: projects.is_there(conn, project_id)):  # nobody may look for its bytes again
            await asyncio.to_thread(folder.remove, [(project_id, writer.digest)])
        raise


def present(unit: Unit, project_id: int, digests: Collection[str]) -> set[str]:
    """Those of the digests that the project has, and keeps for a day at least; bytes of the others may be put there.

    Raises:
        StoreError: bytes of one of them are being deleted.
    """
    known = blobs.touch(unit.conn, project_id, digests, unit.now)
    if blobs.are_going(unit.conn, project_id, set(digests) - known, unit.now - DELETING_SECONDS, unit.now):
        raise StoreError(
            "The same bytes, which nothing named for a day, are being deleted here.",
            "Nothing was lost, clients send again.",
        )
    return known


def add(unit: Unit, project_id: int, digest: str, md5: str | None, size: int) -> None:
    """Notes that a project has these bytes.

    Raises:
        Missing: it was deleted meanwhile.
    """
    if not projects.is_there(unit.conn, project_id):
        raise Missing("project_not_found", "The project was deleted while its file was on the way.")
    blobs.add(unit.conn, project_id, digest, md5, size, unit.now)
    unit.count("file_bytes", size)


async def _fill(writer: BlobWriter, name: str, body: AsyncIterator[bytes]) -> None:
    waiting = bytearray()
    async for piece in body:
        waiting += piece
        if writer.size + len(waiting) > LARGEST_BLOB:
            raise _too_large(name)
        if len(waiting) >= _PIECE:
            await asyncio.to_thread(writer.append, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(writer.append, bytes(waiting))


def _too_large(name: str) -> TooLarge:
    shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:12]}…"
    return TooLarge(
        "too_large",
        f"The file {shown} is larger than {LARGEST_BLOB // 2**30} GiB, the most that this server takes.",
        "Split it, or store it elsewhere and log its address.",
    )

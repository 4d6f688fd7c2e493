"""Bytes of files, sent and fetched by their SHA-256, piece by piece. A blob belongs to a project."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING

from besom.protocol import Blobs
from besom.server.services.context import Context, Unit
from besom.server.services.projects import find_project
from besom.server.services.receiving import DELETING_SECONDS, present, put, received
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.users import Caller
from besom.server.store import artifacts, blobs, sweeps
from besom.server.store.blob_folder import is_digest
from besom.server.store.blob_store import BlobFile, BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

UNNAMED_SECONDS = 86400.0
"""How long a blob may wait for a file, an artifact or a sweep that names it."""
_PIECE = 1 << 20
_COLLECTED_AT_ONCE = 200
_FOUND_AT_ONCE = 10_000


async def missing_blobs(ctx: Context, caller: Caller, entity: str, project: str, asked: Blobs) -> Blobs:
    """Those of the digests that the project lacks. The others are kept for at least a day from now.

    Raises:
        Invalid: one of them is no digest.
    """
    for digest in asked.digests:
        check_digest(digest)

    def look(unit: Unit) -> set[str]:
        home = find_project(unit.conn, caller, entity, project, "work", in_part=True)
        return blobs.touch(unit.conn, home.id, set(asked.digests), unit.now)

    known = await ctx.write(look)
    return Blobs(digests=[digest for digest in dict.fromkeys(asked.digests) if digest not in known])


async def take_blob(
    ctx: Context,
    folder: BlobStore,
    caller: Caller,
    entity: str,
    project: str,
    digest: str,
    body: AsyncIterator[bytes],
    length: int | None,
) -> None:
    """Stores a blob. One that is there already is not written again.

    Raises:
        Invalid: the bytes are not those of the digest; nothing is kept.
        TooLarge: there are too many.
        Missing: the project is not there, or was deleted meanwhile; nothing is kept.
        StoreError: the disk is full, or the same bytes are being deleted; nothing is kept.
    """
    check_digest(digest)

    def is_there(unit: Unit) -> tuple[int, bool]:
        home = find_project(unit.conn, caller, entity, project, "work", in_part=True)
        return home.id, bool(present(unit, home.id, [digest]))

    project_id, known = await ctx.write(is_there)
    if known:
        async for _ in body:  # read to its end, so that the connection can be used again
            pass
        return
    async with received(folder, digest, body, length) as writer:
        if writer.digest != digest:
            raise Invalid(
                "wrong_digest",
                f"The bytes have the SHA-256 {writer.digest}, not {digest}: they arrived damaged, or the file has "
                "changed meanwhile.",
                "Send them again, under their own digest.",
                field="digest",
            )
        await put(ctx, folder, project_id, writer, lambda _: None)


async def open_blob(
    ctx: Context,
    folder: BlobStore,
    caller: Caller,
    entity: str,
    project: str,
    digest: str,
    *,
    in_part: bool = False,
) -> Blob:
    """A blob, to be read.

    Args:
        ctx: The services' context.
        folder: Where the bytes are.
        caller: Who asks.
        entity: Of the project.
        project: That has it.
        digest: Its SHA-256.
        in_part: Whether it is known to lie within the caller's bounds. A service key also gets its sweep's code; one
            that reads artifacts also their files.

    Raises:
        Missing: the project does not have it.
    """
    project_id, size = await find_blob(ctx, caller, entity, project, digest, in_part=in_part)
    opened = None if size is None else await asyncio.to_thread(folder.open, project_id, digest)
    if size is None or opened is None:
        raise Missing(
            "blob_not_found",
            f"The project {entity}/{project} does not have the bytes of {digest}.",
            "They may still be on their way; what a program could not send is sent by: besom sync",
            field="digest",
        )
    return Blob(opened, size)


async def find_blob(
    ctx: Context, caller: Caller, entity: str, project: str, digest: str, *, in_part: bool = False
) -> tuple[int, int | None]:
    """The project, and how many bytes the blob has that the caller may read; None when it is not there."""
    check_digest(digest)

    def look(conn: Connection) -> tuple[int, int | None]:
        is_open = in_part or _is_code(conn, caller, digest) or _is_of_artifact(conn, caller, digest)
        home = find_project(conn, caller, entity, project, in_part=is_open)
        row = blobs.get(conn, home.id, digest)
        return home.id, row.size if row is not None else None

    return await ctx.read(look)


def _is_code(conn: Connection, caller: Caller, digest: str) -> bool:
    """Whether it is a source file of the sweep that a service key is for."""
    if caller.bounds is None or not caller.bounds.may_work:
        return False
    found = [sweeps.get(conn, sweep_id) for sweep_id in caller.bounds.sweeps]
    return any(file["digest"] == digest for sweep in found if sweep and sweep.code for file in sweep.code["files"])


def _is_of_artifact(conn: Connection, caller: Caller, digest: str) -> bool:
    """Whether it is a file of an artifact that a service key may read."""
    return (
        caller.bounds is not None
        and caller.bounds.reads_artifacts
        and artifacts.has_file(conn, caller.bounds.project_id, digest)
    )


async def digest_by_md5(ctx: Context, caller: Caller, entity: str, project: str, md5: str) -> str:
    """The SHA-256 of bytes that a client knows by their MD5 (hexadecimal); raises Missing."""

    def look(conn: Connection) -> str | None:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        found = blobs.by_md5(conn, home.id, [md5]).get(md5)
        return None if found is None else str(found.digest)

    digest = await ctx.read(look)
    if digest is None:
        raise Missing("blob_not_found", f"The project {entity}/{project} has no file with the MD5 {md5[:80]}.")
    return digest


class Blob:
    """The bytes of a file, open for reading. To be read once; reading to the end, or ``close``, closes it."""

    def __init__(self, file: BlobFile, size: int) -> None:
        self._file = file
        self.size = size

    async def pieces(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``."""
        try:
            await asyncio.to_thread(self._file.seek, start)
            while start < end and (piece := await asyncio.to_thread(self._file.read, min(_PIECE, end - start))):
                start += len(piece)
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Gives the file back; may be called again."""
        self._file.close()


async def collect_unnamed(ctx: Context, folder: BlobStore) -> int:
    """Deletes some of the blobs that nothing has named for a day; returns how many.

    First they are forgotten, then their bytes go, for which no other writer waits. Meanwhile nobody puts the same bytes
    there (``receiving.present``). What could not be deleted is tried again, not before ``DELETING_SECONDS``.

    Raises:
        StoreError: the bytes could not be deleted.
    """

    before = ctx.clock() - UNNAMED_SECONDS
    found = await ctx.read(lambda conn: blobs.unnamed(conn, before, _FOUND_AT_ONCE))

    def take_remaining(unit: Unit) -> list[tuple[int, str]]:
        return blobs.take_remaining(unit.conn, unit.now - DELETING_SECONDS, _COLLECTED_AT_ONCE, unit.now)

    def take(some: list[tuple[int, str]], unit: Unit) -> list[tuple[int, str]]:
        return blobs.take_unnamed(unit.conn, some, before, unit.now)  # one may have been named since it was found

    count = await _collect(ctx, folder, take_remaining)
    for start in range(0, len(found), _COLLECTED_AT_ONCE):
        count += await _collect(ctx, folder, partial(take, found[start : start + _COLLECTED_AT_ONCE]))
    return count


async def _collect(ctx: Context, folder: BlobStore, take: Callable[[Unit], list[tuple[int, str]]]) -> int:
    """Deletes the bytes of the blobs that ``take`` forgets."""
    taken, since = await ctx.write(lambda unit: (take(unit), unit.now))
    if taken:
        await asyncio.to_thread(folder.remove, taken)
        await ctx.write(lambda unit: blobs.forget_removed(unit.conn, taken, since))
    return len(taken)


def check_digest(digest: str) -> str:
    """``digest``, when it is one.

    Raises:
        Invalid: it is not.
    """
    if not is_digest(digest):
        raise Invalid(
            "bad_digest",
            f"{digest[:80]!r} is no digest.",
            "A digest is a SHA-256 as 64 hexadecimal digits in lower case.",
            field="digest",
        )
    return digest

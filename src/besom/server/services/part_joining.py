"""Files that are sent in parts: each part comes as bytes of its own, and in the end they are made one file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from besom.server.services.blobs import UNNAMED_SECONDS, Blob
from besom.server.services.context import Context, Unit
from besom.server.services.draft_files import known_md5s
from besom.server.services.projects import find_project
from besom.server.services.receiving import keep, received
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.users import Caller
from besom.server.store import blobs
from besom.server.store.blob_store import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_PARTS = 10_000
"""Of one file; as many as S3 takes, for which W&B's client cuts its files."""
_KEPT_SECONDS = 3600.0
"""How long parts stay after they were joined, for a client that asks again."""


_Work: TypeAlias = tuple[int, str, tuple[str, ...]]
"""Project, MD5 of the whole, those of the parts: whoever names other parts waits for another work."""


class PartJoiner:
    """Joins parts. A large file takes a while, in which its client asks again: that waits for the same work."""

    def __init__(self, ctx: Context, folder: BlobStore) -> None:
        self._ctx = ctx
        self._folder = folder
        self._running: dict[_Work, asyncio.Task[None]] = {}

    async def join(self, caller: Caller, entity: str, project: str, md5: str, parts: Sequence[str]) -> None:
        """Makes the file with an MD5 of its parts, by theirs, in their order. Again is harmless.

        Raises:
            Conflict: a part has not arrived.
            Invalid: together they have another MD5, or they are more than ``MOST_PARTS``.
        """
        if len(parts) > MOST_PARTS:
            raise Invalid(
                "too_many_parts", f"A file may have {MOST_PARTS} parts, not {len(parts)}.", "Make larger parts."
            )
        if await known_md5s(self._ctx, caller, entity, project, [md5]):
            return

        def look(conn: Connection) -> tuple[int, dict[str, tuple[str, int]]]:
            home = find_project(conn, caller, entity, project, "work", in_part=True)
            found = blobs.by_md5(conn, home.id, set(parts))
            return home.id, {known: (str(row.digest), int(row.size)) for known, row in found.items()}

        project_id, found = await self._ctx.read(look)
        lacking = [number for number, part in enumerate(parts, 1) if part not in found]
        if lacking:
            raise Conflict(
                "parts_lacking", f"{len(lacking)} of {len(parts)} parts have not arrived, e.g. part {lacking[0]}."
            )
        work = project_id, md5, tuple(parts)
        if work not in self._running:
            task = self._running[work] = asyncio.create_task(
                self._join(project_id, md5, [found[part] for part in parts])
            )
            task.add_done_callback(lambda _: self._running.pop(work))
        await asyncio.shield(self._running[work])

    async def _join(self, project_id: int, md5: str, parts: list[tuple[str, int]]) -> None:
        async with received(self._folder, md5, self._bytes(project_id, parts), None) as writer:
            if writer.md5 != md5:
                raise Invalid("wrong_digest", f"The parts together have the MD5 {writer.md5}, not {md5}.")
            joined = {digest for digest, _ in parts} - {writer.digest}

            def let_go(unit: Unit) -> None:
                blobs.touch(unit.conn, project_id, joined, unit.now - UNNAMED_SECONDS + _KEPT_SECONDS)

            await keep(self._ctx, self._folder, project_id, writer, let_go)

    async def _bytes(self, project_id: int, parts: list[tuple[str, int]]) -> AsyncIterator[bytes]:
        for digest, size in parts:
            opened = await asyncio.to_thread(self._folder.open, project_id, digest)
            if opened is None:
                raise Conflict("parts_lacking", "A part is gone.", "Log the artifact again.")
            async for piece in Blob(opened, size).pieces(0, size):
                yield piece

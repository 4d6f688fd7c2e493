"""The MD5 of blobs, by which some clients know bytes. It is computed as bytes arrive; here, for those that came before
that."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING

from besom.server.services.context import Context
from besom.server.services.projects import find_project
from besom.server.services.users import Caller
from besom.server.store import blobs
from besom.server.store.blob_store import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PIECE = 1 << 20


async def md5s_of(
    ctx: Context, folder: BlobStore, caller: Caller, entity: str, project: str, digests: Collection[str]
) -> dict[str, str]:
    """The MD5, in hexadecimal, of those of the blobs that the project has, by their digest."""

    def look(conn: Connection) -> tuple[int, dict[str, str | None]]:
        home = find_project(conn, caller, entity, project, in_part=True)
        return home.id, blobs.md5s(conn, home.id, digests)

    project_id, known = await ctx.read(look)
    lacking = [digest for digest, md5 in known.items() if md5 is None]
    computed = await asyncio.to_thread(_compute, folder, project_id, lacking) if lacking else {}
    if computed:
        await ctx.write(lambda unit: blobs.note_md5s(unit.conn, project_id, computed))
    return {digest: md5 for digest, md5 in {**known, **computed}.items() if md5 is not None}


def _compute(folder: BlobStore, project_id: int, digests: Collection[str]) -> dict[str, str]:
    computed: dict[str, str] = {}
    for digest in digests:
        if (file := folder.open(project_id, digest)) is not None:
            with file:
                checksum = hashlib.md5(usedforsecurity=False)
                while piece := file.read(_PIECE):
                    checksum.update(piece)
            computed[digest] = checksum.hexdigest()
    return computed

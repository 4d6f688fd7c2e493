"""Bytes that clients send and fetch past the server, straight to and from the object store.

Before an upload the rights are asked and the bytes are noted as expected; afterwards the client tells of them, and the
server looks whether they are there. That they are the right ones the store has checked (``DirectStore.checks``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from besom.protocol import UploadAddress
from besom.server.services.blobs import UNNAMED_SECONDS, check_digest, find_blob
from besom.server.services.context import Context, Unit
from besom.server.services.file_paths import saved_as
from besom.server.services.projects import find_project
from besom.server.services.receiving import add, present
from besom.server.services.refusals import Conflict
from besom.server.services.users import Caller
from besom.server.store import blobs
from besom.server.store.blob_store import BlobStore, DirectStore
from besom.server.store.errors import StoreError

logger = logging.getLogger("besom.server")
Asked = ParamSpec("Asked")
Signed = TypeVar("Signed")

LEAST = 1 << 20
"""Bytes from which on a file is worth the way."""
MOST = 5 << 30
"""As many as S3 takes with one request. Larger files go through the server, which sends them in parts."""


async def upload_address(
    ctx: Context, direct: DirectStore | None, caller: Caller, entity: str, project: str, digest: str, size: int
) -> UploadAddress:
    """Where a client may send bytes of that size.

    Raises:
        Invalid: the digest is none.
        StoreError: the same bytes are being deleted.
    """
    is_direct = direct is not None and direct.checks and LEAST <= size <= MOST
    project_id, known = await _look(ctx, caller, entity, project, digest, expect=is_direct)
    if known or direct is None or not is_direct:
        return UploadAddress(present=known)
    return await _signed(direct.put, project_id, digest) or UploadAddress()


async def take_uploaded(
    ctx: Context,
    folder: BlobStore,
    direct: DirectStore | None,
    caller: Caller,
    entity: str,
    project: str,
    digest: str,
) -> None:
    """The client has sent a blob past the server: it is the project's from now on. Again is harmless.

    Raises:
        Conflict: it is not there, or nobody checks what is there.
        StoreError: the same bytes are being deleted.
    """
    is_direct = direct is not None and direct.checks
    project_id, known = await _look(ctx, caller, entity, project, digest, expect=is_direct)
    if not is_direct:
        raise Conflict("not_direct", "Files are sent to this server, not past it.")
    if known:
        return
    size = await asyncio.to_thread(folder.size, project_id, digest)
    if size is None:
        raise Conflict("not_arrived", f"The bytes of {digest} are not in the object store.", "Send them again.")

    await ctx.write(lambda unit: add(unit, project_id, digest, None, size))


async def download_address(
    ctx: Context, direct: DirectStore | None, caller: Caller, entity: str, project: str, digest: str, path: str
) -> str | None:
    """Where the caller may fetch a blob past the server, which a browser saves under the name of ``path``; None: not at
    all, or it is not worth the way."""
    if direct is None:
        return None
    project_id, size = await find_blob(ctx, caller, entity, project, digest)
    if size is None or size < LEAST:
        return None
    return await _signed(direct.get, project_id, digest, saved_as(path))


async def _signed(sign: Callable[Asked, Signed], *asked: Asked.args, **more: Asked.kwargs) -> Signed | None:
    """None where nothing can be signed just now: then the bytes go through the server."""
    try:
        return await asyncio.to_thread(sign, *asked, **more)
    except StoreError as error:
        logger.warning("A file goes through the server: %s", error)
        return None


async def _look(
    ctx: Context, caller: Caller, entity: str, project: str, digest: str, *, expect: bool
) -> tuple[int, bool]:
    """The project, and whether it has the blob, which is then kept for a day; else it may be expected for a day, in
    which nobody removes it."""
    check_digest(digest)

    def look(unit: Unit) -> tuple[int, bool]:
        home = find_project(unit.conn, caller, entity, project, "work", in_part=True)
        known = bool(present(unit, home.id, [digest]))
        if expect and not known:
            blobs.expect(unit.conn, home.id, digest, unit.now + UNNAMED_SECONDS)
        return home.id, known

    return await ctx.write(look)

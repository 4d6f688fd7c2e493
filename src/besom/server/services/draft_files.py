"""What a client sends for a version of an artifact: bytes by their MD5, and lists of files that name them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.protocol import FileEntry, NewArtifact, Reference
from besom.server.services.artifact_checks import checked
from besom.server.services.artifact_drafts import Draft, DraftPlace, find, view
from besom.server.services.artifacts import add_version
from besom.server.services.context import Context, Unit
from besom.server.services.manifests import LARGEST_MANIFEST, Entry, read_manifest, to_hexadecimal
from besom.server.services.projects import find_project
from besom.server.services.receiving import keep, received
from besom.server.services.refusals import Conflict, Invalid, Missing, TooLarge
from besom.server.services.users import Caller
from besom.server.store import artifact_drafts, artifacts, blobs, runs
from besom.server.store.blob_folder import BlobWriter
from besom.server.store.blob_store import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

Lists = list[tuple[int | None, dict[str, Entry]]]
"""Of each manifest: the version whose files it adds to, and its entries."""


async def known_md5s(ctx: Context, caller: Caller, entity: str, project: str, asked: Collection[str]) -> set[str]:
    """Those of the MD5s (hexadecimal) whose bytes the project has; they are kept for at least a day from now."""

    def work(unit: Unit) -> set[str]:
        home = find_project(unit.conn, caller, entity, project, "work", in_part=True)
        known = blobs.by_md5(unit.conn, home.id, asked)
        blobs.touch(unit.conn, home.id, {row.digest for row in known.values()}, unit.now)
        return set(known)

    return await ctx.write(work)


async def put_file(
    ctx: Context,
    folder: BlobStore,
    caller: Caller,
    entity: str,
    project: str,
    md5: str,
    body: AsyncIterator[bytes],
    length: int | None,
) -> None:
    """Takes the bytes of a file by their MD5, for a manifest to name them.

    Raises:
        Invalid: they have another MD5.
    """
    home = await ctx.read(lambda conn: find_project(conn, caller, entity, project, "work", in_part=True))
    async with received(folder, md5, body, length) as writer:
        if writer.md5 != md5:
            raise Invalid("wrong_digest", f"The bytes have the MD5 {writer.md5}, not {md5}.", field="md5")
        await keep(ctx, folder, home.id, writer, lambda _: None)


async def put_manifest(
    ctx: Context,
    folder: BlobStore,
    caller: Caller,
    place: DraftPlace,
    manifest_id: int,
    body: AsyncIterator[bytes],
    length: int | None,
) -> None:
    """Takes a list of files; it is read when the draft is committed.

    Raises:
        Missing: it was not announced.
        TooLarge: it is no list that could be used.
    """
    draft = await ctx.read(lambda conn: find(conn, caller, place, "work"))

    def name(writer: BlobWriter, unit: Unit) -> None:
        if artifact_drafts.get_manifest(unit.conn, draft.id, manifest_id) is None:
            raise Missing("manifest_not_found", "There is no such manifest.")
        artifact_drafts.keep_manifest(unit.conn, manifest_id, writer.digest)

    async with received(folder, "manifest", body, length) as writer:
        if writer.size > LARGEST_MANIFEST:
            raise TooLarge("too_large", f"The manifest is larger than {LARGEST_MANIFEST // 2**20} MiB.")
        await keep(ctx, folder, draft.project_id, writer, partial(name, writer))


async def commit(ctx: Context, folder: BlobStore, caller: Caller, place: DraftPlace) -> Draft:
    """Makes a draft a version; one that is one already stays what it is.

    Raises:
        Conflict: not all lists of its files have arrived, or not all files.
        Invalid: the list cannot be used.
    """
    entity, project, _ = place

    def look(conn: Connection) -> tuple[Any, list[Any]]:
        draft = find(conn, caller, place)
        return draft, [manifest for manifest in artifact_drafts.manifests(conn, draft.id) if manifest.digest]

    draft, arrived = await ctx.read(look)
    lists = await asyncio.to_thread(_read_all, folder, draft.project_id, arrived)

    def work(unit: Unit) -> Draft:
        row = find(unit.conn, caller, place, "work")
        if row.artifact_id is None:
            _check_whole(unit.conn, row, arrived)
            _commit(unit, row, lists)
            unit.changed(row.project_id, "project", project)
            row = find(unit.conn, caller, place)
        return view(unit.conn, row, entity, project)

    return await ctx.write(work)


def _read_all(folder: BlobStore, project_id: int, manifests: list[Any]) -> Lists:
    lists: Lists = []
    for manifest in manifests:
        file = folder.open(project_id, manifest.digest)
        if file is None:
            raise Conflict("manifest_lost", "The list of the artifact's files is gone.", "Log it again.")
        with file:
            lists.append((manifest.base_id, read_manifest(file.read())))
    return lists


def _check_whole(conn: Connection, draft: Any, read: list[Any]) -> None:
    """Every manifest that was announced must have been read, as it is now."""
    for manifest in artifact_drafts.manifests(conn, draft.id):
        if manifest not in read:
            sender = f"run {manifest.sender}" if manifest.sender else "its sender"
            raise Conflict(
                "manifest_lacking",
                f"The list of the files of {draft.name} that {sender} announced has not arrived.",
                "Finish the artifact when all that log it have done so.",
            )


def _commit(unit: Unit, draft: Any, lists: Lists) -> None:
    if not lists:
        raise Conflict("no_manifest", f"No list of the files of {draft.name} has arrived.", "Log it again.")
    entries: dict[str, FileEntry | Reference] = {}
    for base_id, listed in lists:
        if base_id is not None:
            entries |= _entries_of_base(unit, draft, base_id)
        entries |= _resolved(unit, draft, listed)
    new = NewArtifact(
        name=draft.name,
        type=draft.type,
        description=draft.description,
        metadata=draft.metadata,
        aliases=draft.aliases,
        tags=draft.tags,
        files=[entry for entry in entries.values() if isinstance(entry, FileEntry)],
        references=[entry for entry in entries.values() if isinstance(entry, Reference)],
    )
    row = add_version(
        unit,
        draft.project_id,
        checked(new),
        run_key=draft.run_key,
        client_digest=draft.digest,
        history_step=draft.history_step,
        ttl=draft.ttl,
    )
    artifact_drafts.commit(unit.conn, draft.id, row.id)
    if draft.run_key is not None:
        run = runs.by_key(unit.conn, draft.run_key)
        unit.run_event(run, "artifact.logged", "run", f"{row.name}:v{row.version}")
        unit.changed(run.project_id, "run", run.id)


def _entries_of_base(unit: Unit, draft: Any, artifact_id: int) -> dict[str, FileEntry | Reference]:
    if artifacts.find(unit.conn, artifact_id) is None:
        raise Conflict(
            "base_gone",
            f"The version that {draft.name} adds its files to has been deleted meanwhile.",
            "Log the artifact again, with all its files.",
        )
    files = artifacts.files_of(unit.conn, [artifact_id]).get(artifact_id, [])
    references = artifacts.references_of(unit.conn, [artifact_id]).get(artifact_id, [])
    return {
        **{row.path: FileEntry(path=row.path, digest=row.digest, size=row.size) for row in files},
        **{
            row.path: Reference(path=row.path, uri=row.uri, digest=row.digest, size=row.size, extra=row.extra)
            for row in references
        },
    }


def _resolved(unit: Unit, draft: Any, listed: dict[str, Entry]) -> dict[str, FileEntry | Reference]:
    """The entries of a manifest, with files by their SHA-256."""
    md5s = {path: to_hexadecimal(entry.digest) for path, entry in listed.items() if entry.ref is None}
    known = blobs.by_md5(unit.conn, draft.project_id, set(md5s.values()))
    lacking = [path for path, md5 in md5s.items() if md5 not in known]
    if lacking:
        raise Conflict(
            "files_lacking",
            f"{len(lacking)} files of {draft.name} have not arrived, e.g. {lacking[0]!r}.",
            "Log the artifact again.",
        )
    resolved: dict[str, FileEntry | Reference] = {}
    for path, entry in listed.items():
        if entry.ref is None:
            blob = known[md5s[path]]
            resolved[path] = FileEntry(path=path, digest=blob.digest, size=blob.size)
        else:
            resolved[path] = Reference(
                path=path, uri=entry.ref, digest=entry.digest, size=entry.size, extra=entry.extra
            )
    return resolved
